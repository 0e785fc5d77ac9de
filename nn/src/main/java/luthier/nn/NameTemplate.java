package luthier.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name with holes, {@code {}LayerNorm.gamma} or {@code h.{n}.attn.{}}: {@code {}} stands for any text, also none, {@code {n}} for a number.
 * What the holes of one template took fills those of another.
 *
 * @param pieces the texts between the holes, one more than these
 * @param numbers whether each hole is a number
 */
record NameTemplate(List<String> pieces, List<Boolean> numbers) {
    private static final Pattern HOLE = Pattern.compile("\\{(n?)}");

    /** Reads a template. */
    static NameTemplate of(String text) {
        List<String> pieces = new ArrayList<>();
        List<Boolean> numbers = new ArrayList<>();
        int from = 0;
        for (Matcher hole = HOLE.matcher(text); hole.find(); from = hole.end()) {
            pieces.add(text.substring(from, hole.start()));
            numbers.add(!hole.group(1).isEmpty());
        }
        pieces.add(text.substring(from));
        return new NameTemplate(List.copyOf(pieces), List.copyOf(numbers));
    }

    /**
     * Returns what the holes stand for in a name; empty if it does not fit. A run of pieces without a hole for any text between them is
     * taken where it first stands, so the time grows with the name's length alone.
     */
    Optional<List<String>> match(String name) {
        if (!name.startsWith(pieces.getFirst()) || !name.endsWith(pieces.getLast())) {
            return Optional.empty();
        }
        List<String> taken = new ArrayList<>();
        int end = run(name, 0, 0, taken);
        int hole = nextAny(0);
        while (hole < numbers.size()) {
            if (end < 0) {
                return Optional.empty();
            }
            int begin = end;
            int slot = taken.size();
            int next = nextAny(hole + 1);
            end = -1;
            for (int at = begin; at <= name.length() && end < 0; at++) {
                taken.subList(slot, taken.size()).clear();
                taken.add(name.substring(begin, begin));
                end = run(name, hole + 1, at, taken);
                boolean fits = end >= 0 && (next < numbers.size() || end == name.length());
                end = fits ? end : -1;
                if (fits) {
                    taken.set(slot, name.substring(begin, at));
                }
            }
            hole = next;
        }
        return end == name.length() ? Optional.of(taken) : Optional.empty();
    }

    /** Returns the first hole for any text from this one on, or their number. */
    private int nextAny(int hole) {
        int next = hole;
        while (next < numbers.size() && numbers.get(next)) {
            next++;
        }
        return next;
    }

    /** Matches pieces and numbers from a piece on, up to the next hole for any text; returns the end in the name, or -1. */
    private int run(String name, int piece, int at, List<String> taken) {
        int end = at;
        for (int i = piece; ; i++) {
            if (!name.startsWith(pieces.get(i), end)) {
                return -1;
            }
            end += pieces.get(i).length();
            if (i == numbers.size() || !numbers.get(i)) {
                return end;
            }
            int digits = end;
            while (digits < name.length() && name.charAt(digits) >= '0' && name.charAt(digits) <= '9') {
                digits++;
            }
            if (digits == end) {
                return -1;
            }
            taken.add(name.substring(end, digits));
            end = digits;
        }
    }

    boolean fits(String name) {
        return match(name).isPresent();
    }

    /** Returns the name with the holes filled. */
    String fill(List<String> taken) {
        StringBuilder name = new StringBuilder(pieces.getFirst());
        for (int i = 0; i < taken.size(); i++) {
            name.append(taken.get(i)).append(pieces.get(i + 1));
        }
        return name.toString();
    }

    /** Checks that this template and others have the same holes. */
    NameTemplate requireHolesOf(NameTemplate... others) {
        if (!Arrays.stream(others).allMatch(other -> other.numbers().equals(numbers))) {
            throw new IllegalArgumentException(
                    "names: templates that stand for each other must have the same holes in the same order; got " + this
                            + " and " + Arrays.toString(others));
        }
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(pieces.getFirst());
        for (int i = 0; i < numbers.size(); i++) {
            text.append(numbers.get(i) ? "{n}" : "{}").append(pieces.get(i + 1));
        }
        return text.toString();
    }
}
