package luthier.nn.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import luthier.tensor.io.ModelFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The BPE model: a piece is cut into characters, whose neighbours merge by rank. A character that the vocabulary lacks is written as its
 * bytes, {@code <0xC3><0xA9>}, where the options and the vocabulary have them, or else as the unknown token, or, without one, left out.
 */
final class BytePair implements Model {
    private static final int CACHED = 1 << 14;
    private static final int LONGEST_CACHED = 128;

    /**
     * How a file's model deviates from the plain one.
     *
     * @param unknown the token of a character that the vocabulary lacks
     * @param fuseUnknown whether several in a row are one token
     * @param byteFallback whether such a character is written as its bytes
     * @param ignoreMerges whether a piece that is a token is that token, whatever the merges say
     * @param continuingPrefix what stands before every character but a piece's first
     * @param endSuffix what stands after a piece's last character
     */
    record Options(
            @Nullable String unknown,
            boolean fuseUnknown,
            boolean byteFallback,
            boolean ignoreMerges,
            String continuingPrefix,
            String endSuffix) {
        static final Options PLAIN = new Options(null, false, false, false, "", "");
    }

    private final Vocabulary vocabulary;
    private final Merges merges;
    private final Options options;
    private final int unknownId;
    private final int[] byteIds;
    private final int[] charIds;
    private final Map<Integer, Integer> farIds;
    /** Written by any thread; an entry is complete or absent. */
    private final @Nullable Entry[] cache = new Entry[CACHED];

    /** The tokens of a piece that was met before. */
    @SuppressWarnings("ArrayRecordComponent") // never changed
    private record Entry(String piece, int[] ids, int[] starts, int[] ends) {}

    /** The unknown token, if there is one, is in the vocabulary. */
    BytePair(Vocabulary vocabulary, PairTable merges, Options options) {
        this.vocabulary = vocabulary;
        this.merges = new Merges(merges);
        this.options = options;
        unknownId = options.unknown() == null ? -1 : vocabulary.id(options.unknown());
        byteIds = options.byteFallback() ? vocabulary.byteIds() : new int[0];
        charIds = new int[1 << 16];
        Arrays.fill(charIds, -1);
        farIds = new HashMap<>();
        vocabulary.ids().forEach((token, id) -> {
            if (token.length() == 1) {
                charIds[token.charAt(0)] = id;
            } else if (token.length() == 2 && token.codePointCount(0, 2) == 1) {
                farIds.put(token.codePointAt(0), id);
            }
        });
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void encode(String piece, Tokens tokens) {
        if (piece.length() > LONGEST_CACHED) {
            pass(tokenized(piece), tokens);
            return;
        }
        int slot = (piece.hashCode() ^ piece.hashCode() >>> 15) & CACHED - 1;
        Entry known = cache[slot];
        if (known == null || !known.piece().equals(piece)) {
            known = tokenized(piece);
            cache[slot] = known;
        }
        pass(known, tokens);
    }

    private static void pass(Entry entry, Tokens tokens) {
        int[] ids = entry.ids();
        for (int i = 0; i < ids.length; i++) {
            tokens.add(ids[i], entry.starts()[i], entry.ends()[i]);
        }
    }

    private Entry tokenized(String piece) {
        if (options.ignoreMerges()) {
            int whole = vocabulary.id(piece);
            if (whole >= 0) {
                return new Entry(piece, new int[] {whole}, new int[] {0}, new int[] {piece.length()});
            }
        }
        Symbols symbols = new Symbols(piece);
        symbols.read();
        int count = merges.merge(symbols.ids, symbols.starts, symbols.ends, symbols.count);
        return new Entry(
                piece,
                Arrays.copyOf(symbols.ids, count),
                Arrays.copyOf(symbols.starts, count),
                Arrays.copyOf(symbols.ends, count));
    }

    private int id(String piece, int from, int next) {
        int c = piece.codePointAt(from);
        boolean prefixed = from > 0 && !options.continuingPrefix().isEmpty();
        boolean suffixed = next == piece.length() && !options.endSuffix().isEmpty();
        if (!prefixed && !suffixed) {
            return c < charIds.length ? charIds[c] : farIds.getOrDefault(c, -1);
        }
        return vocabulary.id((prefixed ? options.continuingPrefix() : "")
                + piece.substring(from, next)
                + (suffixed ? options.endSuffix() : ""));
    }

    /** The characters of a piece as tokens, before any merges. */
    private final class Symbols {
        private final String piece;
        private int[] ids;
        private int[] starts;
        private int[] ends;
        private int count;
        /** Where the characters that no token stands for began, or -1. */
        private int unknownFrom = -1;

        private int unknownTo;

        private Symbols(String piece) {
            this.piece = piece;
            ids = new int[piece.length()];
            starts = new int[piece.length()];
            ends = new int[piece.length()];
        }

        private void add(int id, int start, int end) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
                starts = Arrays.copyOf(starts, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            ids[count] = id;
            starts[count] = start;
            ends[count++] = end;
        }

        private void read() {
            for (int from = 0; from < piece.length(); ) {
                int next = from + Character.charCount(piece.codePointAt(from));
                int id = id(piece, from, next);
                if (id >= 0) {
                    endUnknown();
                    add(id, from, next);
                } else if (!addBytes(from, next)) {
                    addUnknown(from, next);
                }
                from = next;
            }
            endUnknown();
        }

        private void addUnknown(int from, int next) {
            if (options.unknown() == null) {
                return;
            }
            if (unknownId < 0) {
                throw new IllegalArgumentException("encode: the unknown token must be in the vocabulary; got "
                        + ModelFormatException.escape(options.unknown()) + " for "
                        + ModelFormatException.escape(piece.substring(from, next)));
            }
            if (!options.fuseUnknown()) {
                endUnknown();
            }
            unknownFrom = unknownFrom < 0 ? from : unknownFrom;
            unknownTo = next;
        }

        /** As the format's library does it: characters written as bytes come before unknown ones that wait for more of them. */
        private void endUnknown() {
            if (unknownFrom >= 0) {
                add(unknownId, unknownFrom, unknownTo);
                unknownFrom = -1;
            }
        }

        private boolean addBytes(int from, int next) {
            if (byteIds.length == 0) {
                return false;
            }
            byte[] bytes = piece.substring(from, next).getBytes(StandardCharsets.UTF_8);
            for (byte b : bytes) {
                if (byteIds[b & 255] < 0) {
                    return false;
                }
            }
            for (byte b : bytes) {
                add(byteIds[b & 255], from, next);
            }
            return true;
        }
    }
}
