package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts finished runs side by side. */
@Command(
        name = "compare",
        description = "Puts finished runs side by side: the settings in which they differ, and what they reached.",
        mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
    private static final String NONE = "-";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0..*", arity = "2..*", paramLabel = "RUN", description = "folders of finished runs, runs/...")
    private List<Path> runs = List.of();

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    /** The fields of a run's file, those inside others by names with dots. */
    private record Run(String name, Map<String, String> settings, Map<String, String> results) {}

    @Override
    public Integer call() throws IOException {
        List<Run> read = new ArrayList<>();
        for (Path run : runs) {
            read.add(read(run));
        }
        Map<String, List<String>> settings = side(read, true);
        settings.values().removeIf(values -> Set.copyOf(values).size() == 1);
        Map<String, List<String>> results = side(read, false);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("runs", read.stream().map(Run::name).toList());
            fields.put("settings", settings);
            fields.put("results", results);
            out.println(Json.of(fields).toJson(2));
            return 0;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("run", read.stream().map(Run::name).toList()));
        settings.forEach((name, values) -> rows.add(row(name, values)));
        results.forEach((name, values) -> rows.add(row(name, values)));
        out.print(Tables.aligned(rows));
        if (settings.isEmpty()) {
            out.println("the settings are equal");
        }
        return 0;
    }

    private static List<String> row(String name, List<String> values) {
        List<String> row = new ArrayList<>(List.of(name));
        row.addAll(values);
        return row;
    }

    private static Map<String, List<String>> side(List<Run> runs, boolean settings) {
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(run -> names.addAll((settings ? run.settings() : run.results()).keySet()));
        Map<String, List<String>> side = new LinkedHashMap<>();
        names.forEach(name -> side.put(
                name,
                runs.stream()
                        .map(run -> (settings ? run.settings() : run.results()).getOrDefault(name, NONE))
                        .toList()));
        return side;
    }

    private static Run read(Path run) throws IOException {
        FolderKind.ofRun(run);
        Path summary = run.resolve(RunFolder.SUMMARY);
        if (!Files.isRegularFile(summary)) {
            throw new FolderException(run + ": the run has not ended (it has no " + RunFolder.SUMMARY
                    + "); wait for its end or resume it");
        }
        Map<String, String> settings = flat(Json.read(run.resolve(RunFolder.CONFIG)));
        Map<String, String> results = flat(Json.read(summary));
        results.keySet().removeAll(settings.keySet());
        return new Run(run.toString(), settings, results);
    }

    private static Map<String, String> flat(JsonValue json) {
        Map<String, String> fields = new LinkedHashMap<>();
        json.asObject().members().forEach((name, value) -> put(fields, name, value));
        return fields;
    }

    private static void put(Map<String, String> fields, String name, JsonValue value) {
        switch (value) {
            case JsonObject object ->
                object.members().forEach((inner, member) -> put(fields, name + "." + inner, member));
            case JsonString text ->
                fields.put(name, text.value().length() > 32 ? text.value().substring(0, 12) + "..." : text.value());
            case JsonNumber number -> fields.put(name, brief(number));
            default -> fields.put(name, value.toJson(0));
        }
    }

    /** Numbers with a fraction to four digits; whole ones as they are. */
    private static String brief(JsonNumber number) {
        double value = number.asDouble();
        return number.text().contains(".") && Math.abs(value) >= 1e-3
                ? String.format(Locale.ROOT, "%.4f", value)
                : number.text();
    }
}
