package luthier.nn.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import luthier.nn.text.TokenizerParts.Roles;
import luthier.nn.text.TokenizerParts.Trim;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/**
 * GPT-2's own {@code vocab.json} and {@code merges.txt}, a merge a line. What they leave open follows from the folder's {@code
 * tokenizer_class}: GPT-2's, RoBERTa's and BART's, CLIP's or Qwen 2's way; another is refused by its name.
 */
final class MergesText {
    private static final String CLIP_PATTERN =
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
    private static final String QWEN_PATTERN = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private final Path vocabularyFile;
    private final Path mergesFile;
    private final SpecialTokens settings;

    MergesText(Path vocabularyFile, Path mergesFile, SpecialTokens settings) {
        this.vocabularyFile = vocabularyFile;
        this.mergesFile = mergesFile;
        this.settings = settings;
    }

    /** What the tokenizers of these files differ in. */
    private enum Kind {
        GPT2,
        ROBERTA,
        CLIP,
        QWEN2;

        static Kind of(String name, Path file) {
            return switch (name) {
                case "", "GPT2Tokenizer", "PreTrainedTokenizer", "PreTrainedTokenizerFast", "CodeGenTokenizer" -> GPT2;
                case "RobertaTokenizer", "BartTokenizer", "LongformerTokenizer", "LEDTokenizer" -> ROBERTA;
                case "CLIPTokenizer" -> CLIP;
                case "Qwen2Tokenizer" -> QWEN2;
                default ->
                    throw new ModelFormatException(
                            file.toString(),
                            "tokenizer_class must be one whose vocab.json is known; got "
                                    + ModelFormatException.escape(name) + "; give a tokenizer.json");
            };
        }
    }

    TokenizerParts read() throws IOException {
        String name = settings.text("tokenizer_class").orElse("");
        Kind kind = Kind.of(
                name.endsWith("Fast") && !name.startsWith("PreTrained") ? name.substring(0, name.length() - 4) : name,
                vocabularyFile.resolveSibling("tokenizer_config.json"));
        Vocabulary vocabulary = vocabulary();
        BytePair model = new BytePair(vocabulary, merges(vocabulary), options(kind));
        List<AddedToken> added = settings.added(vocabulary::id, vocabulary.largest() + 1);
        boolean spaced = settings.flag("add_prefix_space").orElse(false);
        return new TokenizerParts(
                normalizer(kind),
                preTokenizer(kind, spaced),
                model,
                added,
                frame(kind, vocabulary, false),
                frame(kind, vocabulary, true),
                new Trim(kind == Kind.ROBERTA, spaced),
                new ByteDecoder.Level(),
                Roles.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private Vocabulary vocabulary() throws IOException {
        JsonObject fields = Json.of(Map.of("vocab", Json.read(vocabularyFile))).asObject();
        return new ModelReader(fields, vocabularyFile.toString()).vocabulary();
    }

    /** The first line may name a version; a later one that begins with {@code #} is a merge. */
    private PairTable merges(Vocabulary vocabulary) throws IOException {
        MergeTable merges = new MergeTable(vocabulary, "");
        List<String> lines = TokenizerFolder.lines(mergesFile);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty() || i == 0 && line.startsWith("#version")) {
                continue;
            }
            String[] both = line.split(" ", -1);
            String wrong = both.length == 2
                    ? merges.add(both[0], both[1])
                    : "a merge must be of two tokens; got " + both.length;
            if (wrong != null) {
                throw new ModelFormatException(mergesFile.toString(), "line " + (i + 1) + ": " + wrong);
            }
        }
        return merges.table();
    }

    private BytePair.Options options(Kind kind) {
        return kind == Kind.CLIP
                ? new BytePair.Options(
                        settings.token("unk_token").orElse("<|endoftext|>"), false, false, false, "", "</w>")
                : BytePair.Options.PLAIN;
    }

    private static Normalizer normalizer(Kind kind) {
        return switch (kind) {
            case GPT2, ROBERTA -> Normalizer.NONE;
            case QWEN2 -> UnicodeForm.NFC;
            case CLIP ->
                new Normalizer.Sequence(List.of(
                        UnicodeForm.NFC,
                        new Normalizer.Replace(TextPattern.regex("\\s+"), " "),
                        new Normalizer.Lowercase()));
        };
    }

    private static PreTokenizer preTokenizer(Kind kind, boolean spaced) {
        return switch (kind) {
            case GPT2, ROBERTA -> new ByteLevel(spaced, ByteLevel.GPT2);
            case QWEN2 ->
                new ByteLevel(
                        spaced, new PreTokenizer.Split(TextPattern.regex(QWEN_PATTERN), SplitBehavior.ISOLATED, false));
            case CLIP ->
                new PreTokenizer.Sequence(List.of(
                        new PreTokenizer.Split(TextPattern.regex(CLIP_PATTERN), SplitBehavior.REMOVED, true),
                        new ByteLevel(false, ByteLevel.GPT2)));
        };
    }

    private Frame frame(Kind kind, Vocabulary vocabulary, boolean pair) {
        if (kind == Kind.GPT2 || kind == Kind.QWEN2) {
            List<Integer> first = settings.flag("add_bos_token").orElse(false)
                    ? List.of(required("bos_token", "", vocabulary))
                    : List.of();
            return pair ? Frame.pair(first, first, List.of(), 1) : Frame.single(first, List.of());
        }
        int first = required(
                kind == Kind.CLIP ? "bos_token" : "cls_token",
                kind == Kind.CLIP ? "<|startoftext|>" : "<s>",
                vocabulary);
        int last = required(
                kind == Kind.CLIP ? "eos_token" : "sep_token",
                kind == Kind.CLIP ? "<|endoftext|>" : "</s>",
                vocabulary);
        return pair
                ? Frame.pair(List.of(first), List.of(last, last), List.of(last), 0)
                : Frame.single(List.of(first), List.of(last));
    }

    private int required(String role, String usual, Vocabulary vocabulary) {
        OptionalInt named = settings.id(role, vocabulary::id);
        int id = named.isPresent() ? named.getAsInt() : vocabulary.id(usual);
        if (id < 0) {
            throw new ModelFormatException(
                    vocabularyFile.toString(), "the vocabulary must hold the " + role + "; got none");
        }
        return id;
    }
}
