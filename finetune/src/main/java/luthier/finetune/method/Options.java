package luthier.finetune.method;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The options of a method: one declaration for the command line, its help, configurations, PEFT's fields and reports.
 *
 * @param all in the order of the help
 */
public record Options(List<Option<?>> all) {
    /** Copies the list. */
    public Options {
        all = List.copyOf(all);
    }

    /** Returns options in the order of the help. */
    public static Options of(Option<?>... all) {
        return new Options(List.of(all));
    }

    /** Returns these and more. */
    public Options and(Option<?>... more) {
        List<Option<?>> both = new ArrayList<>(all);
        both.addAll(List.of(more));
        return new Options(both);
    }

    /** Returns the configuration in which nothing is set. */
    public Config usual() {
        return new Config(this, Map.of());
    }

    /**
     * Returns the configuration of words or JSON values by the options' names.
     *
     * @throws OptionException naming what is unknown, with the nearest name, or does not fit
     */
    public Config parse(Map<String, ?> said) {
        return read(said, Option::name);
    }

    /**
     * Returns the configuration of fields by PEFT's names. Fields that are null count as not set; what is not set has the value that PEFT takes.
     *
     * @throws OptionException naming what is unknown or does not fit
     */
    public Config fromPeft(Map<String, ?> fields) {
        Map<String, Object> all = new LinkedHashMap<>(fields);
        for (Option<?> option : this.all) {
            option.usualOfPeft().ifPresent(usual -> option.peft().ifPresent(field -> all.putIfAbsent(field, usual)));
        }
        return read(all, option -> option.peft().orElse(""));
    }

    private Config read(Map<String, ?> said, Function<Option<?>, String> name) {
        Map<Option<?>, Object> values = new LinkedHashMap<>();
        Map<String, Object> rest = new LinkedHashMap<>(said);
        for (Option<?> option : all) {
            String own = name.apply(option);
            if (!own.isEmpty() && rest.containsKey(own)) {
                Object value = rest.remove(own);
                if (value != null) {
                    values.put(option, option.read(value));
                }
            }
        }
        if (!rest.isEmpty()) {
            List<String> names =
                    all.stream().map(name).filter(own -> !own.isEmpty()).toList();
            String unknown = rest.keySet().iterator().next();
            throw new OptionException("options: must be among " + names + "; got " + rest.keySet()
                    + names.stream()
                            .min(Comparator.comparingInt(own -> Targets.distance(own, unknown)))
                            .map(own -> "; did you mean " + own + "?")
                            .orElse(""));
        }
        return new Config(this, values);
    }

    /** Returns the fields that PEFT's configurations have, of a configuration. */
    public Map<String, Object> peft(Config config) {
        Map<String, Object> fields = new TreeMap<>();
        all.forEach(option -> option.peft().ifPresent(field -> fields.put(field, Option.plain(config.value(option)))));
        return fields;
    }

    /** Returns a line for each option, name, what it is, and its default. */
    public String help() {
        int wide = all.stream().mapToInt(option -> option.name().length()).max().orElse(0);
        Config usual = usual();
        return all.stream()
                .map(option ->
                        "  --" + option.name() + " ".repeat(wide - option.name().length() + 2) + option.what()
                                + " (default: " + shown(usual.value(option)) + ")\n")
                .collect(Collectors.joining());
    }

    private static String shown(Object value) {
        return switch (Option.plain(value)) {
            case List<?> list when list.isEmpty() -> "none";
            case List<?> list -> list.stream().map(Object::toString).collect(Collectors.joining(","));
            case Map<?, ?> map when map.isEmpty() -> "none";
            case Object other -> other.toString();
        };
    }
}
