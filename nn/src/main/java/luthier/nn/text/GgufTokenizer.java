package luthier.nn.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import luthier.nn.text.TokenizerParts.Roles;
import luthier.nn.text.TokenizerParts.Trim;
import luthier.tensor.io.ModelFormatException;

/** Makes the pipeline of a {@link GgufVocabulary}; what is not known is refused by its key. Ids are those of llama.cpp. */
final class GgufTokenizer {
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final String LETTERS_AND_CASE = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+%1$s|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*%1$s|\\p{N}%2$s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final Map<String, Cut> CUTS = cuts();

    private final GgufVocabulary file;
    private final String source;
    private final Vocabulary vocabulary;

    GgufTokenizer(GgufVocabulary file, String source) {
        this.file = file;
        this.source = source;
        requireCount("tokenizer.ggml.token_type", file.types().length);
        requireCount("tokenizer.ggml.scores", file.scores().length);
        requireToken("tokenizer.ggml.bos_token_id", file.bos());
        requireToken("tokenizer.ggml.eos_token_id", file.eos());
        requireToken("tokenizer.ggml.unknown_token_id", file.unknown());
        requireToken("tokenizer.ggml.padding_token_id", file.padding());
        vocabulary = Vocabulary.of(file.tokens());
    }

    /** How a named pre-tokenizer cuts, and what else its name says. */
    private record Cut(List<TextPattern> patterns, boolean ignoreMerges, boolean addBos) {}

    private static Map<String, Cut> cuts() {
        Map<String, Cut> cuts = new java.util.HashMap<>();
        TextPattern gpt2 = PublishedPatterns.GPT2;
        TextPattern digit = new TextPattern.Each(Characters::isNumber);
        Cut plain = new Cut(List.of(gpt2), false, false);
        for (String name : List.of("gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "roberta-bpe")) {
            cuts.put(name, plain);
        }
        Cut digits = new Cut(List.of(digit, gpt2), false, false);
        for (String name : List.of("starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b")) {
            cuts.put(name, digits);
        }
        TextPattern three = new PublishedPattern.Gpt4(3);
        for (String name : List.of("llama3", "llama-v3", "llama-bpe", "falcon3", "pixtral")) {
            cuts.put(name, new Cut(List.of(three), true, true));
        }
        for (String name : List.of("dbrx", "smaug-bpe", "chatglm-bpe")) {
            cuts.put(name, new Cut(List.of(three), false, false));
        }
        for (String name : List.of("qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez")) {
            cuts.put(name, new Cut(List.of(new PublishedPattern.Gpt4(1)), false, false));
        }
        TextPattern four = TextPattern.regex(String.format(LETTERS_AND_CASE, "(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "{1,3}"));
        cuts.put("gpt-4o", new Cut(List.of(four), false, false));
        cuts.put("llama4", new Cut(List.of(four), false, false));
        cuts.put("tekken", new Cut(List.of(TextPattern.regex(String.format(LETTERS_AND_CASE, "", ""))), true, true));
        TextPattern hundreds = TextPattern.regex("[0-9][0-9][0-9]");
        cuts.put(
                "falcon",
                new Cut(List.of(TextPattern.regex("[\\p{P}\\$\\+<=>\\^~\\|`]+"), gpt2, hundreds), false, false));
        cuts.put(
                "default",
                new Cut(
                        List.of(
                                TextPattern.regex("[\\p{P}\\$\\+<=>\\^~\\|]+"),
                                gpt2,
                                TextPattern.regex("\\p{N}+"),
                                hundreds),
                        false,
                        false));
        return Map.copyOf(cuts);
    }

    private ModelFormatException error(String key, String rule) {
        return new ModelFormatException(source, 0, key + ": " + rule);
    }

    private void requireCount(String key, int count) {
        if (count != 0 && count != file.tokens().size()) {
            throw error(key, "must have one for each of the " + file.tokens().size() + " tokens; got " + count);
        }
    }

    private void requireToken(String key, OptionalInt id) {
        if (id.isPresent()
                && (id.getAsInt() < 0 || id.getAsInt() >= file.tokens().size())) {
            throw error(
                    key,
                    "must be one of the " + file.tokens().size() + " tokens of the vocabulary; got " + id.getAsInt());
        }
    }

    private int type(int id) {
        return file.types().length == 0 ? NORMAL : file.types()[id];
    }

    TokenizerParts parts() {
        return switch (file.model()) {
            case "gpt2" -> byteLevel();
            case "llama" -> sentencePiece();
            default ->
                throw error(
                        "tokenizer.ggml.model",
                        "must be gpt2 or llama; got " + ModelFormatException.escape(file.model()));
        };
    }

    /** Special tokens and user-defined ones are found in the text; the latter are text in any case. */
    private List<AddedToken> added() {
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < file.tokens().size(); id++) {
            int type = type(id);
            if (type == CONTROL || type == UNKNOWN || type == USER_DEFINED) {
                added.add(new AddedToken(id, file.tokens().get(id), false, false, false, false, type != USER_DEFINED));
            }
        }
        return added;
    }

    private Frame frame(boolean pair, OptionalInt bos, OptionalInt eos, boolean usualBos) {
        List<Integer> first =
                wanted("tokenizer.ggml.add_bos_token", file.addBos().orElse(usualBos), bos);
        List<Integer> last =
                wanted("tokenizer.ggml.add_eos_token", file.addEos().orElse(false), eos);
        List<Integer> between = new ArrayList<>(last);
        between.addAll(first);
        return pair ? Frame.pair(first, between, last, 1) : Frame.single(first, last);
    }

    private List<Integer> wanted(String key, boolean wanted, OptionalInt id) {
        if (wanted && id.isEmpty()) {
            throw error(key, "the token that is added must have an id; got none");
        }
        return wanted ? List.of(id.getAsInt()) : List.of();
    }

    // ---- gpt2
    // -----------------------------------------------------------------------------------------------------------

    private TokenizerParts byteLevel() {
        String pre = file.pre()
                .orElseThrow(() -> error(
                        "tokenizer.ggml.pre",
                        "a gpt2 tokenizer must say how it cuts texts; got nothing; convert the model again"));
        Cut cut = CUTS.get(pre);
        if (cut == null) {
            throw error("tokenizer.ggml.pre", "must be one that is known; got " + ModelFormatException.escape(pre));
        }
        MergeTable merges = new MergeTable(vocabulary, "");
        for (int i = 0; i < file.merges().size(); i++) {
            String merge = file.merges().get(i);
            int space = merge.indexOf(' ', 1);
            String wrong = space < 0
                    ? "a merge must be of two tokens; got " + ModelFormatException.escape(merge)
                    : merges.add(merge.substring(0, space), merge.substring(space + 1));
            if (wrong != null) {
                throw error("tokenizer.ggml.merges", "number " + i + ": " + wrong);
            }
        }
        List<PreTokenizer> cutters = cut.patterns().stream()
                .<PreTokenizer>map(pattern -> new PreTokenizer.Split(pattern, SplitBehavior.ISOLATED, false))
                .toList();
        BytePair.Options options = new BytePair.Options(null, false, false, cut.ignoreMerges(), "", "");
        boolean bos = cut.addBos() && file.bos().isPresent();
        return new TokenizerParts(
                Normalizer.NONE,
                new ByteLevel(file.addSpacePrefix().orElse(false), new PreTokenizer.Sequence(cutters)),
                new BytePair(vocabulary, merges.table(), options),
                added(),
                frame(false, file.bos(), file.eos(), bos),
                frame(true, file.bos(), file.eos(), bos),
                Trim.NONE,
                new ByteDecoder.Level(),
                new Roles(file.bos(), file.eos(), file.padding()),
                Optional.empty(),
                Optional.empty());
    }

    // ---- llama
    // ----------------------------------------------------------------------------------------------------------

    private TokenizerParts sentencePiece() {
        if (file.scores().length == 0) {
            throw error("tokenizer.ggml.scores", "a llama tokenizer must have scores; got none");
        }
        boolean spaced = file.addSpacePrefix().orElse(true);
        OptionalInt bos = usual(file.bos(), 1);
        OptionalInt eos = usual(file.eos(), 2);
        OptionalInt unknown = usual(file.unknown(), 0);
        int[] ranks = ranks(file.scores());
        PairTable merges =
                RankedMerges.of(vocabulary, id -> type(id) == NORMAL || type(id) == USER_DEFINED, id -> ranks[id]);
        String unknownToken = unknown.isPresent() ? file.tokens().get(unknown.getAsInt()) : null;
        List<Normalizer> marks = new ArrayList<>();
        if (spaced) {
            marks.add(new Normalizer.Prepend(Metaspace.USUAL));
        }
        marks.add(new Normalizer.Replace(new TextPattern.Literal(" "), Metaspace.USUAL));
        List<Decoder> decoders = new ArrayList<>(List.of(
                new Decoder.Replace(new TextPattern.Literal(Metaspace.USUAL), " "),
                new ByteDecoder.Fallback(),
                new Decoder.Fuse()));
        if (spaced) {
            decoders.add(new StripDecoder(" ", 1, 0));
        }
        return new TokenizerParts(
                new Normalizer.Sequence(marks),
                PreTokenizer.NONE,
                new BytePair(vocabulary, merges, new BytePair.Options(unknownToken, false, true, false, "", "")),
                added(),
                frame(false, bos, eos, true),
                frame(true, bos, eos, true),
                Trim.NONE,
                new Decoder.Sequence(decoders),
                new Roles(bos, eos, file.padding()),
                Optional.empty(),
                Optional.empty());
    }

    private OptionalInt usual(OptionalInt given, int otherwise) {
        return given.isPresent() || otherwise >= file.tokens().size() ? given : OptionalInt.of(otherwise);
    }

    /** Returns for each score its rank among all, the highest first; equal scores have one rank. */
    static int[] ranks(float[] scores) {
        float[] sorted = scores.clone();
        Arrays.sort(sorted);
        int[] ranks = new int[scores.length];
        for (int i = 0; i < ranks.length; i++) {
            int at = Arrays.binarySearch(sorted, scores[i]);
            while (at + 1 < sorted.length && sorted[at + 1] == sorted[at]) {
                at++;
            }
            ranks[i] = sorted.length - at;
        }
        return ranks;
    }
}
