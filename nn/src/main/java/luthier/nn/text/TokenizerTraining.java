package luthier.nn.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Learns tokenizers from texts and writes them as {@code tokenizer.json}. The same texts and settings give the same file on every machine
 * and any number of threads: words are counted, and of equally frequent pairs the one with the smaller ids comes first.
 *
 * {@snippet :
 * TokenizerTraining.Settings settings = TokenizerTraining.Settings.of(258).special("<|endoftext|>");
 * JsonValue file = TokenizerTraining.byteLevel(List.of("low lower lowest"), settings);
 * Tokenizer tokenizer = Tokenizer.fromJson(file, "tokenizer.json");
 * tokenizer.vocabularySize(); // 258
 * Arrays.toString(tokenizer.encode("low")); // [257, 87]
 * }
 */
public final class TokenizerTraining {
    private static final List<String> BERT = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private TokenizerTraining() {}

    /**
     * What is learned.
     *
     * @param vocabularySize the most tokens; special ones and single characters stay even beyond it
     * @param minFrequency how often a pair must occur to become a token
     * @param special special tokens, which get the first ids
     */
    public record Settings(int vocabularySize, long minFrequency, List<String> special) {
        /**
         * Checks the size.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Settings {
            special = List.copyOf(special);
            if (vocabularySize < 1) {
                throw new IllegalArgumentException("train: vocabularySize must be positive; got " + vocabularySize);
            }
        }

        /** So many tokens, of pairs that occur at all, without special ones. */
        public static Settings of(int vocabularySize) {
            return new Settings(vocabularySize, 1, List.of());
        }

        /** With special tokens. */
        public Settings special(String... tokens) {
            return new Settings(vocabularySize, minFrequency, List.of(tokens));
        }

        /** Of pairs that occur so often. */
        public Settings minFrequency(long least) {
            return new Settings(vocabularySize, least, special);
        }
    }

    /** Learns byte-level BPE, GPT-2's way: special tokens, the 256 bytes, then what merges. */
    public static JsonValue byteLevel(Iterable<String> texts, Settings settings) {
        ByteLevel cutter = new ByteLevel(false, ByteLevel.GPT2);
        char[] alphabet = ByteLevel.alphabet();
        Arrays.sort(alphabet);
        List<String> first = new ArrayList<>(settings.special());
        for (char c : alphabet) {
            first.add(String.valueOf(c));
        }
        PairMerging learning = new PairMerging(distinct(first), "");
        counted(texts, Normalizer.NONE, cutter).forEach((word, count) -> learning.add(characters(word, ""), count));
        learning.learn(settings.vocabularySize(), settings.minFrequency());
        Map<String, @Nullable Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("dropout", null);
        model.put("unk_token", null);
        model.put("continuing_subword_prefix", null);
        model.put("end_of_word_suffix", null);
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", false);
        model.put("vocab", vocabulary(learning.tokens()));
        model.put("merges", learning.merges());
        Map<String, Object> bytes = new LinkedHashMap<>();
        bytes.put("type", "ByteLevel");
        bytes.put("add_prefix_space", false);
        bytes.put("trim_offsets", true);
        bytes.put("use_regex", true);
        return file(distinct(settings.special()), null, bytes, null, bytes, model);
    }

    /**
     * Learns WordPiece, BERT's way: its five special tokens and others, the characters, those that continue a word, then what merges.
     *
     * @param lowercase whether texts are lowercased and accents dropped
     */
    public static JsonValue wordPiece(Iterable<String> texts, Settings settings, boolean lowercase) {
        BertNormalizer normalizer = new BertNormalizer(true, true, lowercase, lowercase);
        Map<String, Long> words = counted(texts, normalizer, PreTokenizer.BERT);
        TreeSet<Integer> alphabet = new TreeSet<>();
        TreeSet<Integer> continuing = new TreeSet<>();
        words.keySet().forEach(word -> {
            word.codePoints().forEach(alphabet::add);
            word.codePoints().skip(1).forEach(continuing::add);
        });
        List<String> special = new ArrayList<>(BERT);
        special.addAll(settings.special());
        List<String> first = new ArrayList<>(special);
        alphabet.forEach(c -> first.add(Character.toString(c)));
        continuing.forEach(c -> first.add(WordPiece.CONTINUES + Character.toString(c)));
        PairMerging learning = new PairMerging(distinct(first), WordPiece.CONTINUES);
        words.forEach((word, count) -> learning.add(characters(word, WordPiece.CONTINUES), count));
        learning.learn(settings.vocabularySize(), settings.minFrequency());
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "WordPiece");
        model.put("unk_token", "[UNK]");
        model.put("continuing_subword_prefix", WordPiece.CONTINUES);
        model.put("max_input_chars_per_word", WordPiece.LONGEST);
        model.put("vocab", vocabulary(learning.tokens()));
        Map<String, @Nullable Object> normalized = new LinkedHashMap<>();
        normalized.put("type", "BertNormalizer");
        normalized.put("clean_text", true);
        normalized.put("handle_chinese_chars", true);
        normalized.put("strip_accents", null);
        normalized.put("lowercase", lowercase);
        return file(
                distinct(special),
                normalized,
                Map.of("type", "BertPreTokenizer"),
                bertFrame(),
                Map.of("type", "WordPiece", "prefix", WordPiece.CONTINUES, "cleanup", true),
                model);
    }

    private static Map<String, Object> bertFrame() {
        Map<String, Object> frame = new LinkedHashMap<>();
        frame.put("type", "TemplateProcessing");
        frame.put("single", List.of(special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)));
        frame.put(
                "pair",
                List.of(
                        special("[CLS]", 0),
                        sequence("A", 0),
                        special("[SEP]", 0),
                        sequence("B", 1),
                        special("[SEP]", 1)));
        Map<String, Object> tokens = new LinkedHashMap<>();
        for (String token : List.of("[CLS]", "[SEP]")) {
            tokens.put(token, Map.of("id", token, "ids", List.of(BERT.indexOf(token)), "tokens", List.of(token)));
        }
        frame.put("special_tokens", tokens);
        return frame;
    }

    private static Map<String, Object> special(String token, int type) {
        return Map.of("SpecialToken", Map.of("id", token, "type_id", type));
    }

    private static Map<String, Object> sequence(String name, int type) {
        return Map.of("Sequence", Map.of("id", name, "type_id", type));
    }

    private static List<String> distinct(List<String> tokens) {
        return tokens.stream().distinct().toList();
    }

    /** Counts words, in the order of their characters. */
    private static Map<String, Long> counted(Iterable<String> texts, Normalizer normalizer, PreTokenizer cutter) {
        Map<String, Long> words = new TreeMap<>();
        for (String text : texts) {
            AlignedText normalized = normalizer.normalize(AlignedText.of(text));
            if (!normalized.isEmpty()) {
                cutter.cut(normalized, word -> words.merge(word.text(), 1L, Long::sum));
            }
        }
        return words;
    }

    private static List<String> characters(String word, String continuingPrefix) {
        List<String> parts = new ArrayList<>();
        word.codePoints().forEach(c -> parts.add((parts.isEmpty() ? "" : continuingPrefix) + Character.toString(c)));
        return parts;
    }

    private static Map<String, Object> vocabulary(List<String> tokens) {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (String token : tokens) {
            vocabulary.put(token, vocabulary.size());
        }
        return vocabulary;
    }

    private static JsonValue file(
            List<String> special,
            @Nullable Object normalizer,
            Object preTokenizer,
            @Nullable Object postProcessor,
            Object decoder,
            Object model) {
        List<Object> added = new ArrayList<>();
        for (String token : special) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", added.size());
            fields.put("content", token);
            for (String off : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                fields.put(off, false);
            }
            fields.put("special", true);
            added.add(fields);
        }
        Map<String, @Nullable Object> file = new LinkedHashMap<>();
        file.put("version", "1.0");
        file.put("truncation", null);
        file.put("padding", null);
        file.put("added_tokens", added);
        file.put("normalizer", normalizer);
        file.put("pre_tokenizer", preTokenizer);
        file.put("post_processor", postProcessor);
        file.put("decoder", decoder);
        file.put("model", model);
        return Json.of(file);
    }
}
