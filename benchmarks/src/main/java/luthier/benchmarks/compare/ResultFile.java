package luthier.benchmarks.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import luthier.benchmarks.compare.ContenderProcess.Turn;
import luthier.benchmarks.compare.Statistics.Spread;
import luthier.tensor.io.Json;

/**
 * The outcome as JSON, schema {@value #SCHEMA}. Times are nanoseconds an operation, rates billions of floating-point operations a
 * second, a spread is {@code {median, low, high}} with the quartiles.
 *
 * <pre>
 * schema, date, commit, cpu, processors, os, jdk, load: text and numbers of the run
 * flags: {contender: [options of its JVM]}        plan: {forks, rounds, turnMillis, warmMillis, clock}
 * versions: {contender: text}                     peak: {threads: spread of the FMA peak}
 * notes: [what was not measured and why]
 * rows: [{family, name, threads, flops, elements, goals: [text], missed: [text],
 *         contenders: {name: {time: spread, wall: [...], cpu: [...], gigaflops?, percentOfPeak?,
 *                             timesFaster?: spread of (its time / Luthier's time of the same round)}}}]
 * </pre>
 */
final class ResultFile {
    static final String SCHEMA = "luthier-benchmark/1";

    private ResultFile() {}

    /** Writes the file whole or not at all. */
    static void write(Path file, Comparison.Outcome outcome, Machine machine) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path part = Files.createTempFile(file.toAbsolutePath().getParent(), ".benchmark", ".part");
        try {
            Files.writeString(part, Json.of(json(outcome, machine)) + "\n");
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    static Map<String, Object> json(Comparison.Outcome outcome, Machine machine) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("schema", SCHEMA);
        root.put("date", machine.date());
        root.put("commit", machine.commit());
        root.put("cpu", machine.cpu());
        root.put("processors", Runtime.getRuntime().availableProcessors());
        root.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        root.put("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        root.put("load", Map.of("before", machine.load(), "after", load()));
        Plan plan = outcome.plan();
        Map<String, Object> flags = new TreeMap<>();
        plan.contenders()
                .forEach(name -> flags.put(
                        name, ContenderProcess.flags(name, plan.threads().getLast())));
        root.put("flags", flags);
        root.put("plan", plan(plan));
        root.put("versions", outcome.versions());
        Map<String, Object> peak = new LinkedHashMap<>();
        outcome.peak().forEach((threads, spread) -> peak.put(Integer.toString(threads), spread(spread)));
        root.put("peak", peak);
        root.put("notes", outcome.notes());
        List<Object> rows = new ArrayList<>();
        outcome.rows().forEach(row -> rows.add(row(row, outcome)));
        root.put("rows", rows);
        return root;
    }

    static double load() {
        return Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static Map<String, Object> plan(Plan plan) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("threads", plan.threads());
        json.put("forks", plan.forks());
        json.put("rounds", plan.rounds());
        json.put("turnMillis", plan.turnMillis());
        json.put("warmMillis", plan.warmMillis());
        json.put("clock", plan.clock().name());
        return json;
    }

    private static Map<String, Object> row(RowResult row, Comparison.Outcome outcome) {
        List<RowResult> table = outcome.rows().stream()
                .filter(other -> other.threads() == row.threads())
                .toList();
        Spread peak = outcome.peak().get(row.threads());
        double median = peak == null ? Double.NaN : peak.median();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("family", row.row().family());
        json.put("name", row.row().name());
        json.put("threads", row.threads());
        json.put("flops", row.row().flops());
        json.put("elements", row.row().elements());
        json.put("goals", row.row().goals().stream().map(Goal::words).toList());
        json.put("missed", row.missed(median, table));
        Map<String, Object> contenders = new LinkedHashMap<>();
        for (String name : outcome.plan().contenders()) {
            row.time(name).ifPresent(time -> contenders.put(name, contender(row, name, time, median)));
        }
        json.put("contenders", contenders);
        return json;
    }

    private static Map<String, Object> contender(RowResult row, String name, Spread time, double peak) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", spread(time));
        List<Double> wall = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        for (Map<String, Turn> round : row.rounds()) {
            Turn turn = round.get(name);
            if (turn != null) {
                wall.add(turn.wall());
                cpu.add(turn.cpu());
            }
        }
        json.put("wall", wall);
        json.put("cpu", cpu);
        row.gigaflops(name).ifPresent(flops -> {
            json.put("gigaflops", flops);
            if (peak > 0) {
                json.put("percentOfPeak", 100 * flops / peak);
            }
        });
        if (!name.equals("luthier")) {
            row.timesFasterThan(name).ifPresent(ratio -> json.put("timesFaster", spread(ratio)));
        }
        return json;
    }

    private static Map<String, Object> spread(Spread spread) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("median", spread.median());
        json.put("low", spread.low());
        json.put("high", spread.high());
        return json;
    }
}
