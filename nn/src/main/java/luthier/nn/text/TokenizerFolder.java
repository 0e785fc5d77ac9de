package luthier.nn.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import luthier.nn.text.TokenizerParts.Roles;
import luthier.tensor.io.Json;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.SentencePieceFile;

/** The tokenizer files of a model's folder, the most telling one first. */
final class TokenizerFolder {
    private static final long MAX_BYTES = 1 << 27;

    private final Path folder;

    TokenizerFolder(Path folder) {
        this.folder = folder;
    }

    TokenizerParts read() throws IOException {
        SpecialTokens special = SpecialTokens.of(folder);
        Path file = folder.resolve("tokenizer.json");
        if (Files.exists(file)) {
            TokenizerParts parts = new TokenizerFile(Json.read(file), file.toString()).read();
            return parts.with(roles(special, parts));
        }
        Path words = folder.resolve("vocab.txt");
        if (Files.exists(words)) {
            TokenizerParts parts = VocabularyText.read(words, special);
            return parts.with(roles(special, parts));
        }
        Path vocabulary = folder.resolve("vocab.json");
        Path merges = folder.resolve("merges.txt");
        if (Files.exists(vocabulary) && Files.exists(merges)) {
            TokenizerParts parts = new MergesText(vocabulary, merges, special).read();
            return parts.with(roles(special, parts));
        }
        for (String name : List.of("tokenizer.model", "spiece.model")) {
            if (Files.exists(folder.resolve(name))) {
                return sentencePiece(folder.resolve(name), special);
            }
        }
        throw new ModelFormatException(
                folder.toString(),
                "text needs tokenizer.json, vocab.txt, vocab.json with merges.txt or tokenizer.model; got " + present()
                        + "; give token ids instead");
    }

    /** Llama's class begins texts, T5's ends them; another is refused by its name, since it may count ids anew. */
    private static TokenizerParts sentencePiece(Path file, SpecialTokens special) throws IOException {
        SentencePieceFile model = SentencePieceFile.parse(read(file), file.toString());
        String name = special.text("tokenizer_class").orElse("");
        boolean ends = name.startsWith("T5Tokenizer");
        if (!ends && !name.isEmpty() && !name.startsWith("LlamaTokenizer") && !name.startsWith("GemmaTokenizer")) {
            throw new ModelFormatException(
                    file.resolveSibling("tokenizer_config.json").toString(),
                    "tokenizer_class must be one whose tokenizer.model is known; got "
                            + ModelFormatException.escape(name) + "; give a tokenizer.json");
        }
        List<Integer> first =
                special.flag("add_bos_token").orElse(!ends && !name.isEmpty()) ? List.of(model.bos()) : List.of();
        List<Integer> last = special.flag("add_eos_token").orElse(ends) ? List.of(model.eos()) : List.of();
        List<Integer> between = new ArrayList<>(last);
        between.addAll(first);
        TokenizerParts parts = new SentencePieceTokenizer(model, file.toString())
                .parts(Frame.single(first, last), Frame.pair(first, between, last, ends ? 0 : 1));
        Roles named = roles(special, parts);
        Roles own = parts.roles();
        return parts.with(new Roles(
                named.bos().isPresent() ? named.bos() : own.bos(),
                named.eos().isPresent() ? named.eos() : own.eos(),
                named.pad().isPresent() ? named.pad() : own.pad()));
    }

    private static byte[] read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelFormatException(
                    file.toString(),
                    0,
                    "a vocabulary must have at most " + MAX_BYTES + " bytes; got " + Files.size(file));
        }
        return Files.readAllBytes(file);
    }

    private String present() {
        List<String> found = Stream.of("vocab.json", "merges.txt", "sentencepiece.bpe.model", "tokenizer.tiktoken")
                .filter(name -> Files.exists(folder.resolve(name)))
                .toList();
        return found.isEmpty() ? "none of them" : String.join(", ", found);
    }

    /** The tokens with a role, by what the folder's settings call them. */
    private static Roles roles(SpecialTokens special, TokenizerParts parts) {
        ToIntFunction<String> id = token -> parts.added().stream()
                .filter(added -> added.content().equals(token))
                .mapToInt(AddedToken::id)
                .findFirst()
                .orElseGet(() -> parts.model().vocabulary().id(token));
        return new Roles(special.id("bos_token", id), special.id("eos_token", id), special.id("pad_token", id));
    }

    /** Returns the lines of a text file, which end with LF or CRLF alone: a token may be any other character, U+2028 and U+0085 too. */
    static List<String> lines(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelFormatException(
                    file.toString(),
                    0,
                    "a vocabulary must have at most " + MAX_BYTES + " bytes; got " + Files.size(file));
        }
        List<String> lines = new ArrayList<>();
        try {
            for (String line : Files.readString(file).split("\n", -1)) {
                lines.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
            }
        } catch (CharacterCodingException malformed) {
            throw new ModelFormatException(file.toString(), 0, "a vocabulary must be UTF-8");
        }
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        return lines;
    }
}
