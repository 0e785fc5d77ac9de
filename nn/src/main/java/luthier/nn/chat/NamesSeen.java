package luthier.nn.chat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names that a template was seen to use while it is read. A filter or a test that Jinja does not know makes the whole template
 * wrong, but not within a condition: there it does when it is reached.
 */
final class NamesSeen {
    private record Unknown(String rule, int line, boolean certain) {}

    private final List<Unknown> unknown = new ArrayList<>();
    private Set<String> used = new HashSet<>();

    void filter(String name, int line) {
        if (!Filters.isKnown(name)) {
            unknown.add(new Unknown(Filters.unknown(name), line, false));
        }
    }

    void test(String name, int line) {
        if (!Tests.isKnown(name)) {
            unknown.add(new Unknown(Tests.unknown(name), line, false));
        }
    }

    void used(String name) {
        used.add(name);
    }

    /** Starts a set of used names of its own and returns the one before. */
    Set<String> begin() {
        Set<String> outer = used;
        used = new HashSet<>();
        return outer;
    }

    /** Returns the names used since {@link #begin} and goes on with the outer set, which uses them too. */
    Set<String> end(Set<String> outer) {
        Set<String> inner = used;
        outer.addAll(inner);
        used = outer;
        return inner;
    }

    int mark() {
        return unknown.size();
    }

    /** What was seen since the mark stands within a condition. */
    void whenReached(int mark) {
        unknown.subList(mark, unknown.size()).removeIf(seen -> !seen.certain);
    }

    /** What was seen since the mark stands within a block of its own. */
    void certain(int mark) {
        unknown.subList(mark, unknown.size()).replaceAll(seen -> new Unknown(seen.rule, seen.line, true));
    }

    /** Refuses the first that is certain to be wrong. */
    void check() {
        if (!unknown.isEmpty()) {
            throw TemplateException.syntax(unknown.getFirst().rule, unknown.getFirst().line);
        }
    }
}
