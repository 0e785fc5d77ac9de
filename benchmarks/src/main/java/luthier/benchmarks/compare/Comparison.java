package luthier.benchmarks.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import luthier.benchmarks.compare.ContenderProcess.Turn;

/**
 * Hands out the turns. For each number of threads and each fork all contenders are started once; row by row they prepare, and then
 * each runs for some ten milliseconds while the others sleep, round after round, with another one first each time.
 */
final class Comparison {
    private final Plan plan;
    private final Consumer<String> progress;
    private final Map<Integer, List<Double>> peaks = new TreeMap<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Map<Integer, Map<String, RowResult>> results = new TreeMap<>();

    /**
     * A comparison to run.
     *
     * @param progress takes a line at each step
     */
    Comparison(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Runs it all. */
    Outcome run() {
        for (int threads : plan.threads()) {
            for (int fork = 1; fork <= plan.forks(); fork++) {
                fork(threads, threads + " thread" + (threads == 1 ? "" : "s") + ", fork " + fork + "/" + plan.forks());
            }
        }
        List<RowResult> rows = results.values().stream()
                .flatMap(table -> table.values().stream())
                .filter(row -> !row.rounds().isEmpty())
                .toList();
        Map<Integer, Statistics.Spread> peak = new TreeMap<>();
        peaks.forEach((threads, measured) -> peak.put(threads, Statistics.spread(measured)));
        for (RowResult row : rows) {
            Statistics.Spread limit = peak.get(row.threads());
            if (limit != null) {
                row.impossible(limit.median())
                        .forEach(name -> notes.add(name + ": faster than the FMA peak in row "
                                + row.row().name() + "; do not believe this row"));
            }
        }
        return new Outcome(plan, rows, peak, versions, List.copyOf(notes));
    }

    /**
     * Everything that came out.
     *
     * @param peak billions of floating-point operations a second, by threads
     * @param versions what each contender says of itself
     * @param notes what could not be measured, and why
     */
    record Outcome(
            Plan plan,
            List<RowResult> rows,
            Map<Integer, Statistics.Spread> peak,
            Map<String, String> versions,
            List<String> notes) {}

    private void fork(int threads, String where) {
        List<ContenderProcess> contenders = new ArrayList<>();
        try {
            for (String name : plan.contenders()) {
                start(name, threads, contenders);
            }
            if (contenders.isEmpty()) {
                return;
            }
            // Before and after the rows: the clock rate may differ between a cold and a warm processor.
            peak(threads, contenders);
            // A rehearsal: what the first row shares with the others is still being compiled while it runs.
            measure(plan.rows().getFirst(), contenders, new ArrayList<>());
            int number = 0;
            for (Workload row : plan.rows()) {
                progress.accept(where + ", row " + ++number + "/" + plan.rows().size() + ": " + row.name());
                RowResult result = results.computeIfAbsent(threads, key -> new LinkedHashMap<>())
                        .computeIfAbsent(
                                row.name(), key -> new RowResult(row, threads, plan.clock(), new ArrayList<>()));
                measure(row, contenders, result.rounds());
            }
            peak(threads, contenders);
        } finally {
            contenders.forEach(ContenderProcess::close);
        }
    }

    private void start(String name, int threads, List<ContenderProcess> contenders) {
        try {
            ContenderProcess started = ContenderProcess.start(name, threads);
            versions.put(name, started.version());
            contenders.add(started);
        } catch (ContenderException missing) {
            notes.add(missing.getMessage());
        }
    }

    private void peak(int threads, List<ContenderProcess> contenders) {
        ContenderProcess first = contenders.getFirst();
        if (first.name().equals("luthier") && first.alive()) {
            peaks.computeIfAbsent(threads, key -> new ArrayList<>()).add(first.peak());
        }
    }

    private void measure(Workload row, List<ContenderProcess> contenders, List<Map<String, Turn>> rounds) {
        List<ContenderProcess> ready = new ArrayList<>();
        for (ContenderProcess contender : contenders) {
            attempt(row, contender, () -> {
                if (contender.prepare(row, plan.warmMillis())) {
                    ready.add(contender);
                }
            });
        }
        for (int round = 0; round < plan.rounds() && !ready.isEmpty(); round++) {
            Map<String, Turn> turns = new LinkedHashMap<>();
            for (int i = 0; i < ready.size(); i++) {
                ContenderProcess contender = ready.get((round + i) % ready.size());
                attempt(row, contender, () -> turns.put(contender.name(), contender.turn(plan.turnMillis())));
            }
            rounds.add(turns);
            ready.removeIf(contender -> !turns.containsKey(contender.name()));
        }
        for (ContenderProcess contender : ready) {
            attempt(row, contender, contender::release);
        }
        contenders.removeIf(contender -> !contender.alive());
    }

    private void attempt(Workload row, ContenderProcess contender, Runnable step) {
        if (!contender.alive()) {
            return;
        }
        try {
            step.run();
        } catch (ContenderException failed) {
            notes.add(failed.getMessage() + " (row " + row.name() + ")");
        }
    }
}
