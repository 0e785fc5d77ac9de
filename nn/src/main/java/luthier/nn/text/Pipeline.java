package luthier.nn.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import luthier.nn.text.AddedTokenMatcher.Found;
import org.jspecify.annotations.Nullable;

/**
 * The one tokenizer: text, added tokens as given, normalizer, added tokens in normalized text, pieces, tokens, frame. Every kind of
 * tokenizer is a choice of parts. Immutable, safe for use by several threads.
 */
final class Pipeline implements Tokenizer {
    private static final List<String> PADS = List.of("[PAD]", "<pad>");

    private final TokenizerParts parts;
    private final Vocabulary vocabulary;
    private final AddedTokenMatcher asGiven;
    private final AddedTokenMatcher afterNormalization;
    private final Map<String, Integer> addedIds = new HashMap<>();
    private final Map<Integer, String> addedTokens = new HashMap<>();
    private final Map<Integer, String> normalizedTokens = new HashMap<>();
    private final Set<Integer> special = new HashSet<>();
    private final int size;

    Pipeline(TokenizerParts parts) {
        this.parts = parts;
        vocabulary = parts.model().vocabulary();
        asGiven = new AddedTokenMatcher(
                parts.added().stream().filter(token -> !token.normalized()).toList());
        // What is looked for in normalized text must itself be normalized, and is shown so.
        List<AddedToken> normalized = parts.added().stream()
                .filter(AddedToken::normalized)
                .map(token -> token.withContent(parts.normalizer()
                        .normalize(AlignedText.of(token.content()))
                        .text()))
                .toList();
        afterNormalization = new AddedTokenMatcher(normalized);
        normalized.forEach(token -> normalizedTokens.put(token.id(), token.content()));
        int beyond = 0;
        for (AddedToken token : parts.added()) {
            addedIds.put(token.content(), token.id());
            beyond += vocabulary.token(token.id()) == null && addedTokens.get(token.id()) == null ? 1 : 0;
            addedTokens.put(token.id(), token.content());
            if (token.special()) {
                special.add(token.id());
            }
        }
        size = vocabulary.size() + beyond;
    }

    // ---- text to tokens
    // -------------------------------------------------------------------------------------------------

    @Override
    public Encoding encode(List<String> texts, int maxLength) {
        return encode(texts, EncodingOptions.USUAL.truncated(Truncation.at(maxLength)));
    }

    @Override
    public Encoding encode(List<String> texts, EncodingOptions options) {
        Frame frame = frame(texts.size(), options);
        return frame.around(windows(options, frame).first(contents(texts, options)));
    }

    @Override
    public List<Encoding> windows(List<String> texts, EncodingOptions options) {
        if (options.truncation().isEmpty()) {
            throw new IllegalArgumentException("windows: the options must say how long one is; got no truncation");
        }
        Frame frame = frame(texts.size(), options);
        return windows(options, frame).all(contents(texts, options)).stream()
                .map(frame::around)
                .toList();
    }

    @Override
    public Encoding encodeWords(List<String> words, int maxLength) {
        TokenList tokens = new TokenList();
        for (int i = 0; i < words.size(); i++) {
            int first = tokens.count();
            new Reader(words.get(i), EncodingOptions.USUAL, tokens, i).read();
            tokens.countCodePoints(words.get(i), first);
        }
        trim(tokens);
        return parts.frame()
                .around(new Windows(Truncation.at(maxLength), parts.frame().specials()).first(List.of(tokens)));
    }

    private static Windows windows(EncodingOptions options, Frame frame) {
        Truncation most = options.truncation().orElseGet(() -> Truncation.at(Integer.MAX_VALUE));
        return new Windows(most, frame.specials());
    }

    private Frame frame(int texts, EncodingOptions options) {
        if (texts < 1 || texts > 2) {
            throw new IllegalArgumentException("encode: one text or two are framed; got " + texts);
        }
        Frame frame = texts == 1 ? parts.frame() : parts.pairFrame();
        if (frame.equals(Frame.NONE)) {
            throw new IllegalArgumentException(
                    "encode: the tokenizer's file must have a template for pairs; got an empty one; join the texts yourself");
        }
        return options.framed() ? frame : frame.bare();
    }

    private List<TokenList> contents(List<String> texts, EncodingOptions options) {
        List<TokenList> result = new ArrayList<>();
        for (String text : texts) {
            TokenList tokens = new TokenList();
            EncodingOptions own = result.isEmpty() ? options : options.literal(List.of());
            new Reader(text, own, tokens, Reader.PIECES).read();
            tokens.countCodePoints(text, 0);
            trim(tokens);
            result.add(tokens);
        }
        return result;
    }

    private void trim(TokenList tokens) {
        if (parts.trim().on()) {
            tokens.trim(this::token, parts.trim().added());
        }
    }

    /** One text on its way. */
    private final class Reader {
        /** Each piece is a word of its own. */
        private static final int PIECES = -1;

        private final String text;
        private final Predicate<Found> wanted;
        private final TokenList tokens;
        private final int word;
        private int pieces;

        private Reader(String text, EncodingOptions options, TokenList tokens, int word) {
            this.text = text;
            this.tokens = tokens;
            this.word = word;
            wanted = options.specialAsText()
                    ? found -> !found.token().special()
                    : options.literal().isEmpty() ? _ -> true : new Outside(text, options.literal());
        }

        private void read() {
            requirePairs(text);
            asGiven.split(AlignedText.of(text), wanted, this::normalize, this::add);
        }

        private void add(Found found) {
            AlignedText place = found.text();
            tokens.addFound(
                    found.token().id(),
                    place.start(0),
                    place.end(place.length() - 1),
                    word == PIECES ? pieces : word,
                    place.text());
            pieces++;
        }

        private void normalize(AlignedText stretch) {
            afterNormalization.split(
                    parts.normalizer().normalize(stretch),
                    wanted,
                    normalized -> parts.preTokenizer().cut(normalized, this::encode),
                    this::add);
        }

        private void encode(AlignedText piece) {
            if (piece.isEmpty()) {
                return;
            }
            int own = word == PIECES ? pieces : word;
            pieces++;
            parts.model()
                    .encode(piece.text(), (id, from, to) -> tokens.add(id, piece.start(from), piece.end(to - 1), own));
        }
    }

    private static void requirePairs(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("encode: surrogates must come in pairs; got one alone at place " + i
                        + "; decode the text's bytes as what they are");
            }
            i += Character.charCount(c);
        }
    }

    /** Special tokens count outside stretches of the text as given. */
    private static final class Outside implements Predicate<Found> {
        private final int[] starts;
        private final int[] ends;

        private Outside(String text, List<Span> literal) {
            starts = new int[literal.size()];
            ends = new int[literal.size()];
            int units = 0;
            int points = 0;
            for (int i = 0; i < starts.length; i++) {
                Span span = literal.get(i);
                if (span.start() < points || span.end() - points > text.codePointCount(units, text.length())) {
                    throw new IllegalArgumentException("encode: literal stretches must lie in the text, in order; got "
                            + span.start() + " to " + span.end());
                }
                starts[i] = text.offsetByCodePoints(units, span.start() - points);
                ends[i] = text.offsetByCodePoints(starts[i], span.end() - span.start());
                units = ends[i];
                points = span.end();
            }
        }

        @Override
        public boolean test(Found found) {
            int from = found.text().start(0);
            int to = found.text().end(found.text().length() - 1);
            int low = 0;
            int high = starts.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (ends[middle] <= from) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return !found.token().special() || low == starts.length || starts[low] >= to;
        }
    }

    // ---- tokens to text
    // -------------------------------------------------------------------------------------------------

    @Override
    public String decode(int[] ids, boolean withSpecial) {
        TextStream stream = new TextStream(parts.decoder(), id -> shown(id, withSpecial), false);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(stream.accept(id));
        }
        return text.append(stream.finish()).toString();
    }

    @Override
    public TextStream stream(boolean withSpecial) {
        return new TextStream(parts.decoder(), id -> shown(id, withSpecial), true);
    }

    private @Nullable String shown(int id, boolean withSpecial) {
        String token = normalizedTokens.getOrDefault(id, token(id));
        return withSpecial || !special.contains(id) ? token : null;
    }

    // ---- vocabulary
    // -----------------------------------------------------------------------------------------------------

    @Override
    public OptionalInt id(String token) {
        int id = addedIds.getOrDefault(token, vocabulary.id(token));
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public String token(int id) {
        String added = addedTokens.get(id);
        String token = added != null ? added : vocabulary.token(id);
        if (token == null) {
            throw new IllegalArgumentException(
                    "token: the id must be in the vocabulary of " + vocabularySize() + " tokens; got " + id);
        }
        return token;
    }

    @Override
    public boolean isSpecial(int id) {
        return special.contains(id);
    }

    @Override
    public int vocabularySize() {
        return size;
    }

    @Override
    public int padId() {
        return parts.roles()
                .pad()
                .orElseGet(() -> parts.padding()
                        .map(Padding::padId)
                        .orElseGet(() -> PADS.stream()
                                .map(this::id)
                                .flatMapToInt(OptionalInt::stream)
                                .findFirst()
                                .orElse(0)));
    }

    @Override
    public OptionalInt bosId() {
        return parts.roles().bos();
    }

    @Override
    public OptionalInt eosId() {
        return parts.roles().eos();
    }

    @Override
    public boolean lowercases() {
        return parts.normalizer().normalize(AlignedText.of("A")).text().endsWith("a");
    }

    @Override
    public Optional<Truncation> fileTruncation() {
        return parts.truncation();
    }

    @Override
    public Optional<Padding> filePadding() {
        return parts.padding();
    }
}
