package luthier.nn.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.ModelFormatException;

/**
 * The tokenizer of the BERT family, read from a Hugging Face {@code tokenizer.json}: text -> added tokens -> normalizer ->
 * words -> WordPieces -> ids between the special tokens that frame a sequence ({@code [CLS] ... [SEP]}).
 *
 * <p>The file's own settings for truncation and padding are ignored: {@link #encode(String)} returns every token, whatever
 * the text's length, and {@link #encode(String, int)} cuts only where it is asked to. Padding is the business of
 * {@link luthier.nn.data.TokenBatch}.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class WordPieceTokenizer implements Tokenizer {
    /** Tokens that {@code decode} joins to the text before them, as the file's {@code cleanup} asks for. */
    private static final Set<String> CLOSING = Set.of(".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re");

    private final BertNormalizer normalizer;
    private final WordPiece model;
    private final AddedTokenMatcher asGiven;
    private final AddedTokenMatcher afterNormalization;
    private final Frame single;
    private final Frame pair;
    private final boolean cleanup;
    private final Map<String, Integer> ids;
    private final Map<Integer, String> tokens;
    private final Set<Integer> special;

    /** The frames lie around one text and around a pair. */
    WordPieceTokenizer(
            BertNormalizer normalizer,
            WordPiece model,
            List<AddedToken> added,
            Frame single,
            Frame pair,
            boolean cleanup) {
        this.normalizer = normalizer;
        this.model = model;
        this.single = single;
        this.pair = pair;
        this.cleanup = cleanup;
        asGiven = new AddedTokenMatcher(
                added.stream().filter(token -> !token.normalized()).toList());
        // What is looked for in normalized text must itself be normalized.
        afterNormalization = new AddedTokenMatcher(added.stream()
                .filter(AddedToken::normalized)
                .map(token -> token.withContent(normalizer.normalize(token.content())))
                .toList());
        Map<String, Integer> allIds = new HashMap<>(model.vocabulary());
        added.forEach(token -> allIds.put(token.content(), token.id()));
        ids = Map.copyOf(allIds);
        tokens = ids.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
        special =
                added.stream().filter(AddedToken::special).map(AddedToken::id).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @param source the name of the file in error messages
     * @throws ModelFormatException if the content is not JSON, lacks a setting, or asks for a model, normalizer,
     *     pre-tokenizer, post-processor or decoder that is not of the BERT family; the message names it
     */
    public static WordPieceTokenizer fromJson(byte[] content, String source) {
        return fromJson(Json.parse(content, source), source);
    }

    /** As {@link #fromJson(byte[], String)}, from JSON that is already parsed. */
    public static WordPieceTokenizer fromJson(JsonValue root, String source) {
        return new TokenizerFile(root, source).read();
    }

    /**
     * Reads the tokenizer of a model's folder: {@code tokenizer.json}, or else {@code vocab.txt} with the options of {@code
     * tokenizer_config.json}, lowercasing where that does not say.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if there is neither, or a file does not fit; a tokenizer of another type is named
     */
    public static WordPieceTokenizer open(Path folder) throws IOException {
        return new TokenizerFolder(folder).read();
    }

    /** Returns whether texts are lowercased before they are split. */
    public boolean lowercases() {
        return normalizer.lowercase();
    }

    /** Returns the ids of a text between the special tokens that frame a sequence. */
    public int[] encode(String text) {
        return encode(text, Integer.MAX_VALUE);
    }

    /**
     * Returns the ids of a text, at most {@code maxLength} of them: the last pieces of the text are cut off, the special tokens
     * that frame it stay.
     *
     * @throws IllegalArgumentException if {@code maxLength} leaves no room for the special tokens
     */
    public int[] encode(String text, int maxLength) {
        return encode(List.of(text), maxLength).ids();
    }

    @Override
    public Encoding encode(List<String> texts, int maxLength) {
        if (texts.isEmpty() || texts.size() > 2) {
            throw new IllegalArgumentException("encode: one text or two are framed; got " + texts.size());
        }
        Frame frame = texts.size() == 1 ? single : pair;
        if (frame.equals(Frame.NONE)) {
            throw new IllegalArgumentException(
                    "encode: the tokenizer's file must have a template for pairs; got an empty one; join the texts yourself");
        }
        return frame.around(
                texts.stream()
                        .map(this::contentIds)
                        .map(ids -> new Frame.Content(ids, new int[ids.length]))
                        .toList(),
                maxLength);
    }

    @Override
    public Encoding encodeWords(List<String> words, int maxLength) {
        IntStream.Builder ids = IntStream.builder();
        IntStream.Builder owners = IntStream.builder();
        for (int i = 0; i < words.size(); i++) {
            int word = i;
            for (int id : contentIds(words.get(i))) {
                ids.add(id);
                owners.add(word);
            }
        }
        Frame.Content content =
                new Frame.Content(ids.build().toArray(), owners.build().toArray());
        return single.around(List.of(content), maxLength);
    }

    /** Returns the id of {@code [PAD]}, or 0 where the vocabulary has none. */
    @Override
    public int padId() {
        return id("[PAD]").orElse(0);
    }

    /** Returns the tokens of a text, without the special tokens that frame it: {@code unaffable -> [una, ##ffa, ##ble]}. */
    public List<String> tokens(String text) {
        return Arrays.stream(contentIds(text)).mapToObj(this::token).toList();
    }

    /**
     * Returns readable text for ids: special tokens are left out, continuing pieces join the piece before them, other tokens
     * are separated by a space, and, if the file's decoder says {@code cleanup}, none stands before closing punctuation.
     *
     * @throws IllegalArgumentException if an id is not in the vocabulary
     */
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            String token = token(id);
            if (special.contains(id)) {
                continue;
            }
            boolean first = text.isEmpty();
            boolean continues = !first && token.startsWith(model.continuingPrefix());
            if (!first && !continues && !(cleanup && CLOSING.contains(token))) {
                text.append(' ');
            }
            text.append(continues ? token.substring(model.continuingPrefix().length()) : token);
        }
        return text.toString();
    }

    /** Returns the number of different tokens, added ones included. */
    @Override
    public int vocabularySize() {
        return ids.size();
    }

    /** Returns the id of a token as it is written in the vocabulary, or empty if it is not there. */
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /**
     * Returns the token of an id.
     *
     * @throws IllegalArgumentException if the id is not in the vocabulary
     */
    @Override
    public String token(int id) {
        String token = tokens.get(id);
        if (token == null) {
            throw new IllegalArgumentException(
                    "token: the id must be in the vocabulary of " + vocabularySize() + " tokens; got " + id);
        }
        return token;
    }

    private int[] contentIds(String text) {
        IntStream.Builder result = IntStream.builder();
        asGiven.split(text, stretch -> encodeStretch(normalizer.normalize(stretch), result), result);
        return result.build().toArray();
    }

    private void encodeStretch(String normalized, IntConsumer result) {
        afterNormalization.split(
                normalized,
                stretch -> BertPreTokenizer.words(stretch).forEach(word -> model.encode(word, result)),
                result);
    }
}
