package luthier.nn;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of the attached adaptations a pass uses: all, none, some by name, or one choice per row of the batch. Whatever the order of
 * the names, adaptations lie around each other as they were attached. Immutable.
 *
 * <p>A pass says it with {@link Context#ACTIVE}; one that does not uses what {@link Layer#use} has set, at first all.
 */
public final class Active {
    private static final Active ALL = new Active(null, List.of());
    private static final Active NONE = new Active(Set.of(), List.of());

    private final @Nullable Set<String> names;
    private final List<Active> rows;

    private Active(@Nullable Set<String> names, List<Active> rows) {
        this.names = names;
        this.rows = rows;
    }

    /** Returns the choice of everything that is attached. */
    public static Active all() {
        return ALL;
    }

    /** Returns the choice of nothing: the model as it was loaded. */
    public static Active none() {
        return NONE;
    }

    /** Returns the choice of these, which must be attached when a pass begins. */
    public static Active of(String... names) {
        return names.length == 0 ? NONE : new Active(new LinkedHashSet<>(List.of(names)), List.of());
    }

    /**
     * Returns a choice for each row of the batch. The rows of one choice run together, as a batch of their own.
     *
     * @throws IllegalArgumentException if there are no rows or a row's choice is itself one by rows
     */
    public static Active rows(List<Active> perRow) {
        if (perRow.isEmpty() || perRow.stream().anyMatch(Active::isByRows)) {
            throw new IllegalArgumentException("active: every row needs one choice for the whole row; got " + perRow
                    + "; use all, none or of(..)");
        }
        return new Active(null, List.copyOf(perRow));
    }

    boolean isByRows() {
        return !rows.isEmpty();
    }

    List<Active> rows() {
        return rows;
    }

    /** Returns this choice once an adaptation is gone. */
    Active without(String as) {
        Set<String> chosen = names;
        if (chosen == null || !chosen.contains(as)) {
            return this;
        }
        Set<String> rest = new LinkedHashSet<>(chosen);
        rest.remove(as);
        return rest.isEmpty() ? NONE : new Active(rest, List.of());
    }

    /** Returns the names of those chosen among what is attached, in the order of attaching. */
    List<String> among(Set<String> attached) {
        Set<String> wanted = names;
        if (isByRows()) {
            throw new IllegalArgumentException(
                    "active: a choice by rows belongs to the forward of a batch; got " + this + "; ask for one choice");
        }
        if (wanted == null) {
            return List.copyOf(attached);
        }
        if (!attached.containsAll(wanted)) {
            throw new IllegalStateException("active: names must be those of attached adaptations; got " + wanted
                    + " where " + (attached.isEmpty() ? "none is attached" : "attached are " + attached));
        }
        List<String> chosen = new ArrayList<>(attached);
        chosen.retainAll(wanted);
        return chosen;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Active that && Objects.equals(names, that.names) && rows.equals(that.rows);
    }

    @Override
    public int hashCode() {
        return Objects.hash(names, rows);
    }

    @Override
    public String toString() {
        if (isByRows()) {
            return "rows" + rows;
        }
        Set<String> chosen = names;
        return chosen == null ? "all" : chosen.isEmpty() ? "none" : String.join("+", chosen);
    }
}
