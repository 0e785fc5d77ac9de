package luthier.nn.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;

/** The tokenizer files of a model's folder: {@code tokenizer.json}, or BERT's own {@code vocab.txt}, a token a line. */
final class TokenizerFolder {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String VOCABULARY = "vocab.txt";
    private static final long MAX_BYTES = 1 << 27;
    /** Files of tokenizers of other types, and the type that each stands for. */
    private static final Map<String, String> OTHERS = Map.of(
            "merges.txt", "BPE",
            "vocab.json", "BPE",
            "tokenizer.model", "SentencePiece",
            "sentencepiece.bpe.model", "SentencePiece",
            "spiece.model", "SentencePiece");

    private final Path folder;

    TokenizerFolder(Path folder) {
        this.folder = folder;
    }

    WordPieceTokenizer read() throws IOException {
        Path file = folder.resolve(TOKENIZER);
        if (Files.exists(file)) {
            JsonValue root = Json.read(file);
            requireWordPiece(root.asObject(), file);
            return WordPieceTokenizer.fromJson(root, file.toString());
        }
        Path vocabulary = folder.resolve(VOCABULARY);
        if (Files.exists(vocabulary)) {
            return read(vocabulary);
        }
        List<String> others = OTHERS.keySet().stream()
                .filter(name -> Files.exists(folder.resolve(name)))
                .sorted()
                .toList();
        throw new ModelFormatException(
                folder.toString(),
                0,
                "text needs a WordPiece tokenizer, " + TOKENIZER + " or " + VOCABULARY + "; got "
                        + (others.isEmpty()
                                ? "neither"
                                : OTHERS.get(others.getFirst()) + " (" + String.join(", ", others) + ")")
                        + "; give token ids instead");
    }

    /** A tokenizer of another type is named by its type, before its parts are looked at. */
    private static void requireWordPiece(JsonObject root, Path file) {
        JsonObject model = root.get("model").asObject();
        Optional<String> type = model.find("type")
                .map(JsonValue::asString)
                .or(() -> model.find("merges").map(merges -> "BPE"));
        if (type.isPresent() && !type.get().equals("WordPiece")) {
            throw new ModelFormatException(
                    file.toString(),
                    model.place().offset(),
                    "text needs a WordPiece tokenizer; got " + ModelFormatException.escape(type.get())
                            + "; give token ids instead");
        }
    }

    // ---- vocab.txt
    // ------------------------------------------------------------------------------------------------------

    private WordPieceTokenizer read(Path file) throws IOException {
        Map<String, Integer> vocabulary = vocabulary(file);
        JsonObject options = options();
        boolean lowercase = flag(options, "do_lower_case").orElse(true);
        BertNormalizer normalizer = new BertNormalizer(
                true,
                flag(options, "tokenize_chinese_chars").orElse(true),
                flag(options, "strip_accents").orElse(lowercase),
                lowercase);
        String unknown = token(options, "unk_token", "[UNK]");
        String first = token(options, "cls_token", "[CLS]");
        String last = token(options, "sep_token", "[SEP]");
        Set<String> special = new LinkedHashSet<>(List.of(
                token(options, "pad_token", "[PAD]"), unknown, first, last, token(options, "mask_token", "[MASK]")));
        for (String needed : List.of(unknown, first, last)) {
            if (!vocabulary.containsKey(needed)) {
                throw new ModelFormatException(
                        file.toString(),
                        0,
                        "the vocabulary must hold the special tokens; got none called "
                                + ModelFormatException.escape(needed));
            }
        }
        List<AddedToken> added = special.stream()
                .filter(vocabulary::containsKey)
                .map(token -> new AddedToken(id(vocabulary, token), token, false, false, false, false, true))
                .toList();
        List<Integer> cls = List.of(id(vocabulary, first));
        List<Integer> sep = List.of(id(vocabulary, last));
        return new WordPieceTokenizer(
                normalizer,
                new WordPiece(vocabulary, unknown, WordPiece.CONTINUES, WordPiece.LONGEST),
                added,
                Frame.single(cls, sep),
                Frame.pair(cls, sep, sep, 1),
                true);
    }

    private static int id(Map<String, Integer> vocabulary, String token) {
        return vocabulary.getOrDefault(token, -1);
    }

    private static Map<String, Integer> vocabulary(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelFormatException(
                    file.toString(),
                    0,
                    "a vocabulary must have at most " + MAX_BYTES + " bytes; got " + Files.size(file));
        }
        List<String> lines = new ArrayList<>();
        try {
            // Lines end with LF or CRLF alone: a token may be any other character, U+2028 and U+0085 too.
            String content = Files.readString(file);
            lines.addAll(List.of(content.split("\n", -1)));
        } catch (CharacterCodingException malformed) {
            throw new ModelFormatException(file.toString(), 0, "a vocabulary must be UTF-8");
        }
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (String line : lines) {
            String token = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            Integer before = vocabulary.putIfAbsent(token, vocabulary.size());
            if (before != null) {
                throw new ModelFormatException(
                        file.toString(),
                        0,
                        "a vocabulary must hold every token once; got " + ModelFormatException.escape(token)
                                + " on lines " + (before + 1) + " and " + (vocabulary.size() + 1));
            }
        }
        return vocabulary;
    }

    private JsonObject options() throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
        return (Files.exists(file) ? Json.read(file) : Json.of(Map.of())).asObject();
    }

    private static Optional<Boolean> flag(JsonObject options, String name) {
        return options.find(name).map(JsonValue::asBoolean);
    }

    /** A special token is a text, or an object with the text as its content. */
    private static String token(JsonObject options, String name, String otherwise) {
        return options.find(name)
                .map(value -> value instanceof JsonString
                        ? value.asString()
                        : value.asObject().get("content").asString())
                .orElse(otherwise);
    }
}
