package luthier.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import luthier.benchmarks.compare.Statistics.Spread;

/** The outcome as text. */
final class Table {
    private static final int NAME = 34;

    private Table() {}

    /** All tables, one for each number of threads, and what was missed. */
    static String of(Comparison.Outcome outcome) {
        StringBuilder text = new StringBuilder();
        outcome.versions()
                .forEach((name, version) ->
                        text.append(pad(name, 10)).append(version).append('\n'));
        for (int threads : outcome.plan().threads()) {
            List<RowResult> rows = outcome.rows().stream()
                    .filter(row -> row.threads() == threads)
                    .toList();
            if (!rows.isEmpty()) {
                Spread peak = outcome.peak().get(threads);
                table(text, threads, rows, outcome.plan(), peak == null ? Double.NaN : peak.median());
            }
        }
        if (!outcome.notes().isEmpty()) {
            text.append("\nnot measured, or not to be believed\n");
            outcome.notes().forEach(note -> text.append("  ").append(note).append('\n'));
        }
        return text.toString();
    }

    private static void table(StringBuilder text, int threads, List<RowResult> rows, Plan plan, double peak) {
        List<String> others = plan.contenders().stream()
                .filter(name -> !name.equals("luthier"))
                .filter(name -> rows.stream().anyMatch(row -> row.time(name).isPresent()))
                .toList();
        text.append(String.format(
                Locale.ROOT,
                "%n%d thread%s, FMA peak %s GFLOP/s, %s; median; \"x name\": times faster than it ± half the interquartile range%n",
                threads,
                threads == 1 ? "" : "s",
                Format.digits(peak),
                plan.clock() == Plan.Clock.CPU ? "processor time of the calling thread" : "elapsed time"));
        text.append(pad("", NAME)).append(right("luthier", 10)).append(right("ns/element", 12));
        text.append(right("GFLOP/s", 9)).append(right("% peak", 8));
        others.forEach(name -> text.append(right("x " + name, 15)));
        text.append('\n');
        for (RowResult row : rows) {
            text.append(line(row, others, peak)).append('\n');
        }
        List<String> missed =
                rows.stream().flatMap(row -> row.missed(peak, rows).stream()).toList();
        long goals = rows.stream().mapToLong(RowResult::judged).sum();
        if (goals > 0) {
            text.append("\nmissed ")
                    .append(missed.size())
                    .append(" of ")
                    .append(goals)
                    .append(" goals\n");
        }
        missed.forEach(miss -> text.append("  ").append(miss).append('\n'));
    }

    private static String line(RowResult row, List<String> others, double peak) {
        List<String> cells = new ArrayList<>();
        cells.add(right(
                row.time("luthier").map(time -> Format.time(time.median())).orElse("-"), 10));
        long elements = row.row().elements();
        cells.add(right(
                elements == 0
                        ? ""
                        : row.time("luthier")
                                .map(time -> Format.digits(time.median() / elements))
                                .orElse("-"),
                12));
        cells.add(right(row.gigaflops("luthier").map(Format::digits).orElse(""), 9));
        cells.add(right(
                row.gigaflops("luthier")
                        .map(flops -> String.format(Locale.ROOT, "%.0f", 100 * flops / peak))
                        .orElse(""),
                8));
        for (String name : others) {
            cells.add(right(row.timesFasterThan(name).map(Format::ratio).orElse("-"), 15));
        }
        return pad(row.row().name(), NAME) + String.join("", cells);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(1, width - text.length())) + text;
    }
}
