package luthier.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A name with holes, {@code {}LayerNorm.gamma} or {@code h.{}.attn.{}}: a hole stands for any text, also none. What the holes of one template
 * took fills those of another.
 */
record NameTemplate(List<String> pieces) {
    private static final String HOLE = "{}";

    /** Reads a template. */
    static NameTemplate of(String text) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int hole = text.indexOf(HOLE); hole >= 0; hole = text.indexOf(HOLE, from)) {
            pieces.add(text.substring(from, hole));
            from = hole + HOLE.length();
        }
        pieces.add(text.substring(from));
        return new NameTemplate(List.copyOf(pieces));
    }

    int holes() {
        return pieces.size() - 1;
    }

    /** Returns what the holes stand for in a name; empty if it does not fit. Each piece is taken where it first stands: linear time. */
    Optional<List<String>> match(String name) {
        String first = pieces.getFirst();
        if (holes() == 0) {
            return name.equals(first) ? Optional.of(List.of()) : Optional.empty();
        }
        String last = pieces.getLast();
        int end = name.length() - last.length();
        if (!name.startsWith(first) || !name.endsWith(last) || end < first.length()) {
            return Optional.empty();
        }
        List<String> taken = new ArrayList<>();
        int from = first.length();
        for (String piece : pieces.subList(1, holes())) {
            int at = name.indexOf(piece, from);
            if (at < 0 || at + piece.length() > end) {
                return Optional.empty();
            }
            taken.add(name.substring(from, at));
            from = at + piece.length();
        }
        taken.add(name.substring(from, end));
        return Optional.of(taken);
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
        if (!Arrays.stream(others).allMatch(other -> other.holes() == holes())) {
            throw new IllegalArgumentException(
                    "names: templates that stand for each other must have the same number of {}; got " + this + " and "
                            + Arrays.toString(others));
        }
        return this;
    }

    @Override
    public String toString() {
        return String.join(HOLE, pieces);
    }
}
