package luthier.finetune;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Chooses paths by patterns, the way PEFT chooses target modules, but loudly: a pattern that matches nothing is an error with
 * the nearest names.
 *
 * <p>A pattern matches a path if it equals the path, if the path ends with a dot and the pattern, or if it matches the whole
 * path as a regular expression.
 */
public final class Targets {
    private Targets() {}

    /**
     * Returns the paths that at least one pattern matches, in the paths' order.
     *
     * @param what what is being chosen, for the error: {@code target}, {@code freeze}
     * @throws TargetException if a pattern matches nothing or is no regular expression
     */
    public static Set<String> match(String what, List<String> patterns, Collection<String> paths) {
        if (patterns.isEmpty()) {
            throw new TargetException(what + ": at least one pattern is needed; got none");
        }
        Set<String> chosen = new LinkedHashSet<>();
        for (String pattern : patterns) {
            Set<String> hits = hits(what, pattern, paths);
            if (hits.isEmpty()) {
                throw new TargetException(
                        what + ": every pattern must match; got \"" + pattern + "\", which matches none of "
                                + paths.size() + " names; nearest: " + String.join(", ", nearest(pattern, paths)));
            }
            chosen.addAll(hits);
        }
        return paths.stream().filter(chosen::contains).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> hits(String what, String pattern, Collection<String> paths) {
        Pattern regex;
        try {
            regex = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new TargetException(what + ": must be a name or a regular expression; got \"" + pattern + "\" ("
                    + e.getDescription() + ")");
        }
        return paths.stream()
                .filter(path -> !path.isEmpty())
                .filter(path -> path.equals(pattern)
                        || path.endsWith("." + pattern)
                        || regex.matcher(path).matches())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Returns up to three last path parts that differ least from the pattern's last part. */
    private static List<String> nearest(String pattern, Collection<String> paths) {
        String wanted = lastPart(pattern);
        Set<String> names = paths.stream()
                .map(Targets::lastPart)
                .filter(name -> !name.isEmpty() && !name.chars().allMatch(Character::isDigit))
                .collect(Collectors.toCollection(TreeSet::new));
        return names.stream()
                .sorted((a, b) -> Integer.compare(distance(wanted, a), distance(wanted, b)))
                .limit(3)
                .toList();
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The Levenshtein distance: the fewest insertions, deletions and replacements that make one text the other. */
    static int distance(String a, String b) {
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
