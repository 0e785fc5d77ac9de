package luthier.finetune.task;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How entities are read out of the tags of a row: {@code B-PER I-PER O}. A tag is {@code O} or one of the prefixes B, I, E, L, S, U,
 * alone or with a type after a hyphen. Rows never run into one another.
 */
public enum TagReading {
    /**
     * As conlleval and seqeval's default read: an I or E that nothing began begins an entity, and one that nothing ends goes as far as
     * its type does. U and L are no more than parts there, so two units of one type side by side are one: read BILOU strictly.
     */
    FORGIVING("BIELSU", "", "", "", ""),
    /** B I*. Anything else is no entity; E, L, S, U are refused. */
    IOB2("BI", "B", "I", "", ""),
    /** I* E. */
    IOE2("IE", "I", "I", "E", "E"),
    /** B I* E, or S. */
    IOBES("BIES", "B", "I", "E", "S"),
    /** B I* L, or U. */
    BILOU("BILU", "B", "I", "L", "U");

    private static final char OUTSIDE = 'O';

    private final String prefixes;
    private final String begin;
    private final String inside;
    private final String end;
    private final String single;

    TagReading(String prefixes, String begin, String inside, String end, String single) {
        this.prefixes = prefixes;
        this.begin = begin;
        this.inside = inside;
        this.end = end;
        this.single = single;
    }

    /** Some tokens in a row, of one type. */
    record Entity(String type, int first, int last) {}

    /** A tag in its parts; the type of a tag without one is {@code _}. */
    private record Tag(char prefix, String type) {
        private boolean is(String prefixes) {
            return prefixes.indexOf(prefix) >= 0;
        }
    }

    /** Returns whether what is not well formed is no entity. */
    public boolean isStrict() {
        return this != FORGIVING;
    }

    /** Returns {@code forgiving}, or {@code strict IOB2}. */
    @Override
    public String toString() {
        return isStrict() ? "strict " + name() : name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the strict reading that the tags of a data set follow by their prefixes: IOBES with an S or E beside a B, BILOU with a U or L,
     * IOE2 with an E but no B, else IOB2. Empty if a tag is none of these, or prefixes of several are mixed.
     */
    public static Optional<TagReading> strict(Collection<String> tags) {
        StringBuilder found = new StringBuilder();
        for (String tag : tags) {
            if (!wellFormed(tag)) {
                return Optional.empty();
            }
            if (tag.charAt(0) != OUTSIDE) {
                found.append(tag.charAt(0));
            }
        }
        boolean begins = found.indexOf("B") >= 0;
        for (TagReading reading : new TagReading[] {IOB2, IOE2, IOBES, BILOU}) {
            boolean fits = found.chars().allMatch(prefix -> reading.prefixes.indexOf(prefix) >= 0);
            if (fits && (reading != IOE2 || !begins)) {
                return Optional.of(reading);
            }
        }
        return Optional.empty();
    }

    private static boolean wellFormed(String tag) {
        if (tag.equals("O")) {
            return true;
        }
        return !tag.isEmpty()
                && FORGIVING.prefixes.indexOf(tag.charAt(0)) >= 0
                && (tag.length() == 1 || (tag.charAt(1) == '-' && tag.length() > 2));
    }

    /**
     * Returns the entities of a row.
     *
     * @param row for the error, from 0
     * @throws IllegalArgumentException if a tag is not one of this reading, naming row and token
     */
    List<Entity> entities(List<String> tags, int row) {
        List<Tag> parts = new ArrayList<>();
        for (int token = 0; token < tags.size(); token++) {
            parts.add(parsed(tags.get(token), row, token));
        }
        return isStrict() ? strict(parts) : forgiving(parts);
    }

    private Tag parsed(String tag, int row, int token) {
        if (!wellFormed(tag) || (tag.charAt(0) != OUTSIDE && prefixes.indexOf(tag.charAt(0)) < 0)) {
            throw new IllegalArgumentException("entities: a tag read as " + this + " must be O or one of "
                    + String.join(", ", prefixes.split("")) + ", with -TYPE or alone; got \"" + tag + "\" in row "
                    + (row + 1) + ", token " + (token + 1));
        }
        return new Tag(tag.charAt(0), tag.length() < 2 ? "_" : tag.substring(2));
    }

    private List<Entity> strict(List<Tag> tags) {
        List<Entity> entities = new ArrayList<>();
        int at = 0;
        while (at < tags.size()) {
            Tag tag = tags.get(at);
            int next = at + 1;
            if (tag.is(single)) {
                entities.add(new Entity(tag.type, at, at));
            } else if (tag.is(begin)) {
                while (continues(tags, next, tag.type, inside)) {
                    next++;
                }
                boolean ended = continues(tags, next, tag.type, end);
                next += ended ? 1 : 0;
                if (ended || end.isEmpty()) {
                    entities.add(new Entity(tag.type, at, next - 1));
                }
            }
            at = next;
        }
        return entities;
    }

    private static boolean continues(List<Tag> tags, int at, String type, String prefixes) {
        return at < tags.size()
                && tags.get(at).is(prefixes)
                && tags.get(at).type.equals(type);
    }

    private static List<Entity> forgiving(List<Tag> tags) {
        List<Entity> entities = new ArrayList<>();
        Tag before = new Tag(OUTSIDE, "");
        int first = 0;
        for (int at = 0; at <= tags.size(); at++) {
            Tag tag = at < tags.size() ? tags.get(at) : new Tag(OUTSIDE, "_");
            if (ends(before, tag)) {
                entities.add(new Entity(before.type, first, at - 1));
            }
            if (begins(before, tag)) {
                first = at;
            }
            before = tag;
        }
        return entities;
    }

    /** conlleval's end of a chunk: after E and S, before O, B and S if B or I came before, and where the type changes. */
    private static boolean ends(Tag before, Tag tag) {
        return before.is("ES")
                || (before.is("BI") && tag.is("BSO"))
                || (before.prefix != OUTSIDE && !before.type.equals(tag.type));
    }

    /** conlleval's start of a chunk: at B and S, at E and I after E, S or O, and where the type changes. */
    private static boolean begins(Tag before, Tag tag) {
        return tag.is("BS")
                || (before.is("ESO") && tag.is("EI"))
                || (tag.prefix != OUTSIDE && !before.type.equals(tag.type));
    }
}
