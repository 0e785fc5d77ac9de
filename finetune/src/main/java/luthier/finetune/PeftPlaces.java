package luthier.finetune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import luthier.finetune.method.OptionException;
import luthier.finetune.method.Targets;
import luthier.nn.Layer;
import luthier.nn.layers.Linear;

/**
 * Which places of a model a finished PEFT adapter means, by PEFT's own rules: a list names places by their ends, a string is one regular
 * expression over whole paths, {@code all-linear} every linear layer but a classifier; {@code exclude_modules}, what is trained whole, and
 * {@code layers_to_transform} take places away again.
 */
final class PeftPlaces {
    /** The names that PEFT gives to heads of sequence and token classifiers, which it then trains whole unasked. */
    static final List<String> HEADS = List.of("classifier", "score");

    private static final String ALL_LINEAR = "all-linear";
    private static final Pattern INDEXED = Pattern.compile(".*?\\.[^.]*\\.(\\d+)\\..*");

    private final Map<String, Layer> layers;
    private final Set<String> modules = new LinkedHashSet<>();

    PeftPlaces(Layer model) {
        layers = model.layers();
        layers.remove("");
        // PEFT sees the modules between layers, too: bert.pooler, where the layer here is bert.pooler.dense.
        for (String place : layers.keySet()) {
            for (int dot = place.indexOf('.'); dot >= 0; dot = place.indexOf('.', dot + 1)) {
                modules.add(place.substring(0, dot));
            }
            modules.add(place);
        }
    }

    /** Returns whether the model is one layer, which has no name. */
    boolean areNone() {
        return layers.isEmpty();
    }

    /** Returns the places that a field's value names, all of the model's layers. */
    Set<String> named(String field, Object said, boolean classifies) {
        if (said instanceof String text && text.toLowerCase(Locale.ROOT).equals(ALL_LINEAR)) {
            String head = HEADS.stream().filter(modules::contains).findFirst().orElse("");
            Set<String> linear = new LinkedHashSet<>();
            layers.forEach((place, layer) -> {
                if (layer instanceof Linear && !(classifies && place.equals(head))) {
                    linear.add(place);
                }
            });
            return linear;
        }
        if (said instanceof String text) {
            String expression = ofPython(text);
            return keep(layers.keySet(), place -> Targets.isMatch(field, expression, place));
        }
        List<String> names = names(field, said);
        return keep(layers.keySet(), place -> names.stream().anyMatch(name -> isNamed(name, place)));
    }

    /** Returns those of the places whose ends a list names, or that a string matches: feed-forward layers, without a dot before the end. */
    static List<String> ending(String field, Object said, Collection<String> places) {
        if (said instanceof String text) {
            String expression = ofPython(text);
            return places.stream()
                    .filter(place -> Targets.isMatch(field, expression, place))
                    .toList();
        }
        List<String> names = names(field, said);
        return places.stream()
                .filter(place -> names.stream().anyMatch(place::endsWith))
                .toList();
    }

    /** Returns those of a list's names that name one of the places. */
    static List<String> naming(List<String> names, Collection<String> places) {
        return names.stream()
                .filter(name -> places.stream().anyMatch(place -> isNamed(name, place)))
                .toList();
    }

    private static boolean isNamed(String name, String place) {
        return place.equals(name) || place.endsWith("." + name);
    }

    /**
     * Returns the outermost layers at or below the modules whose paths end with a name, as PEFT trains modules whole: a dot before the
     * name is not asked for, so that {@code classifier} means {@code pre_classifier}, too.
     */
    List<String> whole(String name) {
        List<String> ends =
                modules.stream().filter(module -> module.endsWith(name)).toList();
        Set<String> below = new LinkedHashSet<>();
        layers.forEach((place, layer) -> {
            if (!layer.parameters().isEmpty()
                    && ends.stream().anyMatch(module -> place.equals(module) || place.startsWith(module + "."))) {
                below.add(place);
            }
        });
        return below.stream()
                .filter(place -> below.stream().noneMatch(above -> place.startsWith(above + ".")))
                .toList();
    }

    /** Returns the places that lie in no module of these names. */
    static Set<String> outside(Set<String> places, List<String> names) {
        return keep(places, place -> names.stream().noneMatch(name -> ("." + place + ".").contains("." + name + ".")));
    }

    /**
     * Returns the places in blocks of these numbers; the number is the first after a name between dots, or after one of the patterns.
     *
     * @param patterns names of what holds the blocks, as regular expressions; none for any
     */
    static Set<String> inBlocks(Set<String> places, List<Integer> numbers, List<String> patterns) {
        List<Pattern> indexed = patterns.isEmpty()
                ? List.of(INDEXED)
                : patterns.stream()
                        .map(name -> Pattern.compile(".*?\\." + Pattern.quote(name) + "\\.(\\d+)\\..*"))
                        .toList();
        return keep(
                places,
                place -> indexed.stream()
                        .map(pattern -> pattern.matcher(place))
                        .filter(Matcher::matches)
                        .findFirst()
                        .filter(found -> found.group(1).length() < 9)
                        .filter(found -> numbers.contains(Integer.parseInt(found.group(1))))
                        .isPresent());
    }

    private static Set<String> keep(Collection<String> places, Predicate<String> which) {
        return places.stream().filter(which).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Returns a field's value as names: a list, or one name. */
    static List<String> names(String field, Object said) {
        List<String> names = new ArrayList<>();
        for (Object name : said instanceof List<?> list ? list : List.of(said)) {
            if (!(name instanceof String text)) {
                throw new OptionException("peft: " + field + " must be names; got " + said);
            }
            names.add(text);
        }
        return names;
    }

    /** Named groups are written otherwise in Python. */
    private static String ofPython(String expression) {
        return Optional.of(expression)
                .map(text -> text.replace("(?P<", "(?<"))
                .map(text -> text.replaceAll("\\(\\?P=(\\w+)\\)", "\\\\k<$1>"))
                .map(text -> text.replace("\\Z", "\\z"))
                .orElseThrow();
    }
}
