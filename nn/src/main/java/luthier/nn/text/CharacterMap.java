package luthier.nn.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.nn.text.AlignedText.Rewriter;
import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's compiled table of what characters become: a double-array trie over UTF-8, whose values are places among texts that end
 * with a zero byte.
 *
 * <p>Source: Yata et al. 2007, "A compact static double-array keeping character codes", as in darts-clone.
 */
final class CharacterMap {
    private static final Pattern CLUSTER = Pattern.compile("\\X");
    /** A cluster of this many bytes is looked up character by character, as the format's library does it. */
    private static final int LONG_CLUSTER = 6;

    private final int[] units;
    private final byte[] texts;

    private CharacterMap(int[] units, byte[] texts) {
        this.units = units;
        this.texts = texts;
    }

    /**
     * Reads a table: the size of the trie in bytes, the trie, the texts.
     *
     * @throws IllegalArgumentException if the size does not fit
     */
    static CharacterMap read(byte[] table) {
        ByteBuffer buffer = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        int size = table.length < 4 ? -1 : buffer.getInt();
        if (size < 4 || size % 4 != 0 || size > table.length - 4) {
            throw new IllegalArgumentException(
                    "the character map's trie must lie within its " + table.length + " bytes; got a size of " + size);
        }
        int[] units = new int[size / 4];
        buffer.asIntBuffer().get(units);
        byte[] texts = new byte[table.length - 4 - size];
        buffer.position(4 + size);
        buffer.get(texts);
        return new CharacterMap(units, texts);
    }

    /** What the beginning of some bytes becomes. */
    record Match(int length, String text) {}

    /** Returns what the shortest or the longest entry that the bytes begin with becomes, or null if there is none. */
    @Nullable
    Match find(byte[] key, int from, int to, boolean longest) {
        int node = offset(units[0]);
        int value = -1;
        int length = 0;
        for (int at = from; at < to && key[at] != 0; at++) {
            node ^= key[at] & 255;
            if (node >= units.length || node < 0 || (units[node] & 0x800000ff) != (key[at] & 255)) {
                break;
            }
            int unit = units[node];
            node ^= offset(unit);
            if ((unit >>> 8 & 1) == 1 && node >= 0 && node < units.length) {
                value = units[node] & 0x7fffffff;
                length = at + 1 - from;
                if (!longest) {
                    break;
                }
            }
        }
        return length == 0 ? null : new Match(length, text(value));
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 0x200) >>> 6);
    }

    private String text(int from) {
        int start = Math.min(from, texts.length);
        int to = start;
        while (to < texts.length && texts[to] != 0) {
            to++;
        }
        return new String(texts, start, to - start, StandardCharsets.UTF_8);
    }

    /** The table as the format's library applies it: to every short cluster that begins with an entry, else to every such character. */
    record Precompiled(CharacterMap map) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            Rewriter result = new Rewriter(text);
            String given = text.text();
            Matcher clusters = CLUSTER.matcher(given);
            while (clusters.find()) {
                if (clusters.end() - clusters.start() < LONG_CLUSTER
                        && put(result, given, clusters.start(), clusters.end(), LONG_CLUSTER)) {
                    continue;
                }
                for (int i = clusters.start(); i < clusters.end(); ) {
                    int next = i + Character.charCount(given.codePointAt(i));
                    if (!put(result, given, i, next, Integer.MAX_VALUE)) {
                        result.keep(i, next);
                    }
                    i = next;
                }
            }
            return result.done();
        }

        /** Writes what a stretch becomes, if anything. */
        private boolean put(Rewriter result, String given, int from, int to, int below) {
            byte[] key = given.substring(from, to).getBytes(StandardCharsets.UTF_8);
            Match match = key.length < below ? map.find(key, 0, key.length, false) : null;
            if (match == null) {
                return false;
            }
            int place = from;
            int last = from;
            for (int i = 0; i < match.text().length(); ) {
                int c = match.text().codePointAt(i);
                if (place < to) {
                    last = place;
                    place += Character.charCount(given.codePointAt(place));
                }
                result.put(c, last, place);
                i += Character.charCount(c);
            }
            return true;
        }
    }
}
