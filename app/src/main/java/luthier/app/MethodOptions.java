package luthier.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import luthier.finetune.Methods;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.Option;
import luthier.finetune.method.OptionException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of runs and of all methods as options of a command, made from their own declarations. */
final class MethodOptions {
    private final CommandSpec command;

    /** Returns those that were added to a command. */
    static MethodOptions of(CommandSpec command) {
        return new MethodOptions(command);
    }

    private MethodOptions(CommandSpec command) {
        this.command = command;
    }

    /** Adds to a command every option that runs and methods declare. */
    static MethodOptions addTo(CommandSpec command) {
        byName().forEach((name, option) -> {
            if (command.findOption("--" + name) == null) {
                command.addOption(spec(name, option));
            }
        });
        return new MethodOptions(command);
    }

    private static Map<String, Option<?>> byName() {
        Map<String, Option<?>> options = new LinkedHashMap<>();
        OwnOptions.ALL.all().forEach(option -> options.put(option.name(), option));
        Methods.ALL.forEach(
                method -> method.options().all().forEach(option -> options.putIfAbsent(option.name(), option)));
        return options;
    }

    private static OptionSpec spec(String name, Option<?> option) {
        OptionSpec.Builder spec = OptionSpec.builder("--" + name)
                .type(String.class)
                .description(
                        option.what() + (owners(name).isEmpty() ? "" : " (" + String.join(", ", owners(name)) + ")"));
        return option.kind() == Option.Kind.FLAG
                ? spec.arity("0..1")
                        .fallbackValue("true")
                        .paramLabel("true|false")
                        .build()
                : spec.paramLabel(label(option.kind())).build();
    }

    private static String label(Option.Kind kind) {
        return switch (kind) {
            case WHOLE -> "N";
            case NUMBER -> "X";
            case FLAG -> "";
            case WORD -> "WORD";
            case WORDS -> "NAME,..";
            case RANGE -> "0-5";
            case PATTERN -> "NAME=N,..";
        };
    }

    private static List<String> owners(String name) {
        return Methods.ALL.stream()
                .filter(method -> method.options().all().stream()
                        .anyMatch(option -> option.name().equals(name)))
                .map(Method::name)
                .toList();
    }

    /** Returns the words that were typed, by the options' names. */
    Map<String, String> typed(CommandLine.ParseResult parsed) {
        Map<String, String> words = new LinkedHashMap<>();
        byName().keySet().forEach(name -> {
            OptionSpec spec = command.findOption("--" + name);
            if (spec != null && parsed.hasMatchedOption(spec)) {
                words.put(name, spec.<Object>getValue().toString());
            }
        });
        return words;
    }

    /**
     * Returns a method's configuration: what was typed over what the job prefers.
     *
     * @throws UsageException if something typed belongs to another method or does not fit
     */
    static Config config(Method method, Map<String, ?> preferred, Map<String, String> typed) {
        List<String> own = method.options().all().stream().map(Option::name).toList();
        typed.keySet().stream().filter(name -> !own.contains(name)).findFirst().ifPresent(name -> {
            throw new UsageException("--" + name + ": belongs to method "
                    + owners(name).stream().collect(Collectors.joining(", ")) + "; got method " + method.name());
        });
        Map<String, Object> said = new LinkedHashMap<>(preferred);
        said.keySet().retainAll(own);
        said.putAll(typed);
        try {
            return method.options().parse(said);
        } catch (OptionException e) {
            throw new UsageException("--" + e.getMessage());
        }
    }
}
