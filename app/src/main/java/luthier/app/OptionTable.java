package luthier.app;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The options of a command by their long names: those that every method shares, and those of each method.
 *
 * @param shared options that always apply; among them {@code method} if there are methods
 * @param ofMethods options that apply to a method alone, by its name
 * @param usualMethod the method of a run that names none
 */
record OptionTable(Map<String, Rule> shared, Map<String, Map<String, Rule>> ofMethods, String usualMethod) {
    static final String METHOD = "method";

    /**
     * What an option takes.
     *
     * @param kind how its text is read
     * @param ok what a value must fulfil besides
     * @param condition the same in words, {@code must be at least 1}
     */
    record Rule(OptionKind kind, Predicate<Object> ok, String condition) {
        /** Returns the rule of an option that takes anything of its kind. */
        static Rule of(OptionKind kind) {
            return new Rule(kind, value -> true, "");
        }
    }

    /** Returns the name that a key stands for: an underscore is a hyphen. */
    static String name(String key) {
        return key.replace('_', '-');
    }

    /**
     * Returns the rule of an option under a method.
     *
     * @param place where the key stands, for the error
     * @throws UsageException if there is no such option, with the nearest name, or it belongs to other methods
     */
    Rule rule(String place, String key, String method) {
        String name = name(key);
        Rule rule = shared.get(name);
        if (rule == null) {
            rule = ofMethod(method).get(name);
        }
        if (rule != null) {
            return rule;
        }
        List<String> owners = ofMethods.entrySet().stream()
                .filter(entry -> entry.getValue().containsKey(name))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (!owners.isEmpty()) {
            throw new UsageException(place + ": " + name + " is an option of " + String.join(", ", owners)
                    + "; got method " + method + "; leave it away or choose another method");
        }
        Set<String> names = new LinkedHashSet<>(shared.keySet());
        names.addAll(ofMethod(method).keySet());
        throw new UsageException(place + ": must be the name of an option; got " + SettingsFile.shown(key)
                + "; nearest: " + nearest(name, names));
    }

    /** Returns the options of a method alone. */
    private Map<String, Rule> ofMethod(String method) {
        return ofMethods.getOrDefault(method, Map.of());
    }

    /**
     * Checks the name of a method.
     *
     * @throws UsageException if there is none of this name, with the nearest
     */
    void requireMethod(String place, String method) {
        if (!ofMethods.containsKey(method)) {
            throw new UsageException(place + ": method must be one of " + String.join(", ", ofMethods.keySet())
                    + "; got " + SettingsFile.shown(method) + "; nearest: " + nearest(method, ofMethods.keySet()));
        }
    }

    /** Returns the up to three names that differ least, by insertions, deletions and replacements of letters. */
    static String nearest(String wanted, Collection<String> names) {
        List<String> sorted = new ArrayList<>(names);
        sorted.sort(Comparator.comparingInt(name -> distance(wanted, name)));
        return String.join(", ", sorted.subList(0, Math.min(3, sorted.size())));
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
