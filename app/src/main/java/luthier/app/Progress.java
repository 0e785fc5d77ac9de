package luthier.app;

import java.io.Console;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import luthier.finetune.train.ParameterTable;
import luthier.finetune.train.TrainingEvent;
import luthier.finetune.train.TrainingListener;

/** Shows a run as it goes: what will be trained, a line of progress, accuracies. On a terminal the line is rewritten in place. */
final class Progress implements TrainingListener {
    private static final long REDRAW_NANOS = 100_000_000;
    /** Lines that a run prints where there is no terminal. */
    private static final int PLAIN_LINES = 30;

    private final PrintWriter out;
    private final PrintWriter warned;
    private final int columns;
    private final boolean terminal;
    private long lastDrawn;
    private int lineLength;

    Progress(Voice voice) {
        out = voice.said();
        warned = voice.warned();
        columns = voice.columns();
        terminal = columns > 0;
    }

    /** Returns whether standard output is a terminal. Some JDKs have a console that is none, others have no console then. */
    @SuppressWarnings("SystemConsoleNull")
    static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    @Override
    public void on(TrainingEvent event) {
        switch (event) {
            case TrainingEvent.Start start -> out.println(table(start.table()));
            case TrainingEvent.Step step -> step(step);
            case TrainingEvent.Evaluation evaluation -> evaluation(evaluation);
            case TrainingEvent.End end -> {
                if (end.reason() == TrainingEvent.Reason.STOPPED) {
                    show("stopped after step " + end.steps(), true);
                }
            }
            case TrainingEvent.NotSaved lost -> warn("not saved after step " + lost.step() + ": " + lost.message());
            case TrainingEvent.BestLost lost ->
                warn("the best, step " + lost.step() + ", is lost; the last step is kept: " + lost.message());
            case TrainingEvent.Saved ignored -> {}
        }
    }

    static String table(ParameterTable table) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("group", "trainable", "frozen", "total", "percent", "weights", "gradients", "optimizer"));
        for (ParameterTable.Group group : table.groups()) {
            rows.add(row(group));
        }
        rows.add(row(table.total()));
        return Tables.aligned(rows);
    }

    private static List<String> row(ParameterTable.Group group) {
        return List.of(
                group.name(),
                Tables.count(group.trainable()),
                Tables.count(group.frozen()),
                Tables.count(group.total()),
                Tables.percent(group.trainable(), group.total()),
                Tables.bytes(group.weightBytes()),
                Tables.bytes(group.gradientBytes()),
                Tables.bytes(group.optimizerBytes()));
    }

    private void step(TrainingEvent.Step step) {
        boolean last = step.step() == step.totalSteps();
        long every = Math.max(1, step.totalSteps() / PLAIN_LINES);
        boolean due =
                terminal ? System.nanoTime() - lastDrawn > REDRAW_NANOS : step.step() == 1 || step.step() % every == 0;
        if (!due && !last) {
            return;
        }
        lastDrawn = System.nanoTime();
        double left = (step.totalSteps() - step.step()) * step.examples() / step.examplesPerSecond();
        show(
                String.format(
                        Locale.ROOT,
                        "epoch %d  step %d/%d  loss %.4f  lr %.2e  %.0f examples/s  %s left",
                        step.epoch(),
                        step.step(),
                        step.totalSteps(),
                        step.loss(),
                        step.learningRate(),
                        step.examplesPerSecond(),
                        Tables.duration(left)),
                !terminal);
    }

    private void evaluation(TrainingEvent.Evaluation evaluation) {
        StringBuilder text = new StringBuilder("epoch " + evaluation.epoch() + "  step " + evaluation.step());
        evaluation
                .metrics()
                .forEach((split, values) -> values.forEach((name, value) -> text.append(String.format(
                        Locale.ROOT,
                        "  %s %.4f",
                        values.size() == 1
                                ? split
                                : values.keySet().iterator().next().equals(name) ? split + " " + name : name,
                        value))));
        text.append("  (").append(Tables.duration(evaluation.seconds())).append(')');
        show(text.toString(), true);
    }

    /** Ends the line of progress before. */
    private void warn(String line) {
        if (lineLength > 0) {
            show("", true);
        }
        warned.println(line);
        warned.flush();
    }

    /** A line that is rewritten must not be longer than the terminal is wide: what has wrapped stays there. */
    private void show(String whole, boolean keep) {
        String line = terminal && !keep && whole.length() >= columns ? whole.substring(0, columns - 1) : whole;
        if (terminal) {
            out.print('\r' + line + " ".repeat(Math.max(0, lineLength - line.length())));
            lineLength = line.length();
        } else {
            out.print(line);
        }
        if (keep) {
            out.println();
            lineLength = 0;
        }
        out.flush();
    }
}
