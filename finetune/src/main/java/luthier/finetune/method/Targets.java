package luthier.finetune.method;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import luthier.nn.Layer;
import luthier.nn.Projection;
import luthier.nn.Role;

/**
 * Chooses places of a model by patterns, the way PEFT chooses target modules, but loudly: a pattern that matches nothing is an
 * error with the nearest names.
 *
 * <p>A pattern is a {@link Role}, {@code @query}; {@code all-linear}, every fitting layer but heads; or it matches a path if it equals
 * the path, if the path ends with a dot and the pattern, or if it matches the whole path as a regular expression.
 */
public final class Targets {
    /** The pattern of every fitting layer but heads. */
    public static final String ALL_LINEAR = "all-linear";

    private Targets() {}

    /**
     * Returns the layers that at least one pattern chooses, in the model's order.
     *
     * @param what what is being chosen, for the error: {@code targets}
     * @param fits which layers can be chosen
     * @param preferences whether the patterns are a method's own preferences: then it is enough that one of them matches, as a model
     *     with one projection for queries, keys and values has none for queries
     * @throws TargetException if a pattern matches nothing that fits
     */
    public static List<Layer> layers(
            String what, Layer model, List<String> patterns, Predicate<Layer> fits, boolean preferences) {
        Map<String, Layer> fitting = new LinkedHashMap<>(model.layers());
        fitting.values().removeIf(layer -> !fits.test(layer));
        Set<Layer> chosen = new LinkedHashSet<>();
        for (String pattern : patterns) {
            Collection<Layer> hits = named(what, pattern, fitting, model);
            if (hits.isEmpty() && !preferences) {
                throw new TargetException(what + ": every pattern must match a layer that fits; got " + pattern
                        + ", which none of " + fitting.size() + " has; there are " + roles(fitting.values()));
            }
            chosen.addAll(hits);
        }
        if (chosen.isEmpty()) {
            throw new TargetException(what + ": at least one layer must be chosen; got " + patterns
                    + ", which none of " + fitting.size() + " fitting layers has; name them yourself: "
                    + String.join(", ", nearest(patterns.isEmpty() ? "" : patterns.getFirst(), fitting.keySet())));
        }
        return fitting.values().stream().filter(chosen::contains).toList();
    }

    private static Collection<Layer> named(String what, String pattern, Map<String, Layer> fitting, Layer model) {
        if (pattern.startsWith("@")) {
            return fitting.values().stream()
                    .filter(layer -> layer.role().toString().equals(pattern))
                    .toList();
        }
        if (pattern.equals(ALL_LINEAR)) {
            return fitting.values().stream()
                    .filter(layer -> layer.role() != Role.HEAD)
                    .toList();
        }
        Set<String> places = hits(what, pattern, fitting.keySet());
        if (places.isEmpty()) {
            Set<String> others = hits(what, pattern, model.layers().keySet());
            if (!others.isEmpty()) {
                throw new TargetException(what + ": layers must be of a kind that the method can adapt; got \""
                        + pattern + "\", which matches only " + shortened(kinds(others, model))
                        + (fitting.isEmpty()
                                ? "; no layer is of such a kind"
                                : "; such are " + shortened(kinds(fitting.keySet(), model))));
            }
            match(what, List.of(pattern), fitting.keySet());
        }
        return places.stream()
                .map(place -> Objects.requireNonNull(fitting.get(place), place))
                .toList();
    }

    /** Places with the kinds of their layers, {@code fc (Linear)}. */
    private static Set<String> kinds(Set<String> places, Layer model) {
        Map<String, Layer> all = model.layers();
        return places.stream()
                .map(place -> place + " ("
                        + Objects.requireNonNull(all.get(place), place)
                                .getClass()
                                .getSimpleName() + ")")
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String shortened(Set<String> names) {
        return names.stream().limit(3).collect(Collectors.joining(", ")) + (names.size() > 3 ? ", .." : "");
    }

    private static Set<String> roles(Collection<Layer> layers) {
        return layers.stream()
                .map(Layer::role)
                .filter(role -> role != Role.NONE)
                .map(Role::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the model's blocks in order: they are numbered from 0. */
    public static List<Layer> blocks(Layer model) {
        return model.layers().values().stream()
                .filter(layer -> layer.role() == Role.BLOCK)
                .toList();
    }

    /**
     * Returns those of the layers that are blocks of these numbers, or lie in one; all if no numbers are given.
     *
     * @throws TargetException if the model has no block of a number
     */
    public static List<Layer> inBlocks(Layer model, List<Integer> numbers, List<Layer> layers) {
        if (numbers.isEmpty()) {
            return layers;
        }
        List<Layer> blocks = blocks(model);
        for (int number : numbers) {
            if (number >= blocks.size()) {
                throw new TargetException("layers: the model has "
                        + (blocks.isEmpty() ? "no blocks" : "blocks 0-" + (blocks.size() - 1)) + "; got " + number);
            }
        }
        return layers.stream()
                .filter(layer -> numbers.stream().anyMatch(number -> isIn(blocks.get(number), layer)))
                .toList();
    }

    private static boolean isIn(Layer block, Layer layer) {
        String place = layer.place();
        String outer = block.place();
        return place.equals(outer) || place.startsWith(outer + ".") || place.startsWith(outer + "@");
    }

    /**
     * Returns the number of features of a block's output: that of the projection that writes into its residual stream last.
     *
     * @throws TargetException if no projection of the block is known to do so
     */
    public static long width(Layer block) {
        return block.layers().values().stream()
                .filter(layer -> layer instanceof Projection)
                .filter(layer -> layer.role() == Role.MLP_OUT || layer.role() == Role.ATTENTION_OUTPUT)
                .mapToLong(layer -> ((Projection) layer).outFeatures())
                .findFirst()
                .orElseThrow(() -> new TargetException(
                        "width: a block needs a projection of role " + Role.MLP_OUT + " or " + Role.ATTENTION_OUTPUT
                                + " to tell the size of its output; got none in " + block.place()));
    }

    /**
     * Returns the paths of the parameters that patterns choose: by their own paths or those of a layer they lie below, or by the
     * role of such a layer.
     *
     * @param firstHalf the pattern of the first half of the blocks
     * @param preferences whether it is enough that one pattern matches
     * @throws TargetException if a pattern matches nothing
     */
    public static Set<String> parameters(
            String what, Layer model, List<String> patterns, String firstHalf, boolean preferences) {
        Collection<String> paths = model.parameters().keySet();
        Set<String> names = new LinkedHashSet<>();
        model.layers().values().forEach(layer -> names.add(layer.path()));
        names.addAll(paths);
        Set<String> chosen = new LinkedHashSet<>();
        for (String pattern : patterns) {
            Set<String> hits = new LinkedHashSet<>();
            if (pattern.equals(firstHalf)) {
                List<Layer> blocks = blocks(model);
                blocks.subList(0, (blocks.size() + 1) / 2).forEach(block -> hits.add(block.path()));
            } else if (pattern.startsWith("@")) {
                model.layers().values().stream()
                        .filter(layer -> layer.role().toString().equals(pattern))
                        .forEach(layer -> hits.add(layer.path()));
            } else {
                hits.addAll(match(what, List.of(pattern), names));
            }
            if (hits.isEmpty() && !preferences) {
                throw new TargetException(what + ": every pattern must match; got " + pattern + "; there are "
                        + roles(model.layers().values()));
            }
            chosen.addAll(hits);
        }
        return paths.stream()
                .filter(path -> chosen.stream().anyMatch(name -> path.equals(name) || path.startsWith(name + ".")))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Returns the number that the first matching pattern gives to a path, or the usual one. A pattern is a regular expression that matches the
     * whole path or all of it after one of its dots, as in PEFT.
     */
    public static double pattern(Map<String, Double> patterns, String path, double usual) {
        return patterns.entrySet().stream()
                .filter(entry -> isMatch("pattern", "(.*\\.)?(" + entry.getKey() + ")", path))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(usual);
    }

    /**
     * Returns whether a regular expression matches a whole path.
     *
     * @param what what is being chosen, for the error
     * @throws TargetException if it is no regular expression, or matching takes too long
     */
    public static boolean isMatch(String what, String expression, String path) {
        return BoundedPattern.of(what, expression).matches(path);
    }

    /** Returns how many places a pattern names, as a whole or by their end, as in PEFT's lists. */
    static long named(String pattern, Collection<String> places) {
        return places.stream()
                .filter(place -> place.equals(pattern) || place.endsWith("." + pattern))
                .count();
    }

    /** Returns whether a pattern of any kind chooses a layer. */
    static boolean chooses(String pattern, Layer layer) {
        if (pattern.startsWith("@")) {
            return layer.role().toString().equals(pattern);
        }
        return pattern.equals(ALL_LINEAR)
                ? layer instanceof Projection && layer.role() != Role.HEAD
                : matches(pattern, layer.place());
    }

    /** Returns whether a pattern that is no role chooses a path. */
    private static boolean matches(String pattern, String path) {
        return path.equals(pattern)
                || path.endsWith("." + pattern)
                || BoundedPattern.of("pattern", pattern).matches(path);
    }

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
        BoundedPattern regex = BoundedPattern.of(what, pattern);
        return paths.stream()
                .filter(path -> !path.isEmpty())
                .filter(path -> path.equals(pattern) || path.endsWith("." + pattern) || regex.matches(path))
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
