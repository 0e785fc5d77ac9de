package luthier.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A report as a run of the main job would give it, with invented numbers. */
final class SampleReport {
    static final int EXAMPLES = 20;
    static final Report.Splits SPLITS = new Report.Splits(
            List.of("in distribution", "out of distribution"),
            "Test texts in distribution",
            "the test sets",
            "Test set");
    private static final int STEPS = 600;
    private static final int EPOCHS = 4;
    private static final List<String> CLASSES = Stream.concat(
                    Stream.of(
                                    "act animal artifact attribute body cognition communication event feeling food group location"
                                            .split(" "),
                                    "object person phenomenon plant possession process quantity relation shape state substance time"
                                            .split(" "))
                            .flatMap(Stream::of)
                            .map("noun."::concat),
                    Stream.of(
                                    "body change cognition communication competition consumption contact creation emotion motion"
                                            .split(" "),
                                    "perception possession social stative weather".split(" "))
                            .flatMap(Stream::of)
                            .map("verb."::concat))
            .toList();

    private SampleReport() {}

    /** Every part filled. */
    static Report full() {
        return report(
                IntStream.rangeClosed(0, 10).mapToObj(SampleReport::alphaPoint).toList());
    }

    static Report withoutInterpolation() {
        return report(List.of());
    }

    /** The same as a run on one's own rows would give it: measured on validation alone. */
    static Report ofOwnRows() {
        Report full = full();
        return new Report(
                "lora on model, tickets.csv",
                full.facts(),
                new Report.Splits(List.of("validation"), "Rows of validation", "validation", "Split"),
                full.losses(),
                full.accuracies().stream()
                        .map(point -> new Report.AccuracyPoint(
                                point.epoch(), point.step(), point.accuracies().subList(0, 1)))
                        .toList(),
                full.parameters(),
                full.classNames(),
                full.confusion(),
                full.examples().stream()
                        .map(row -> new Report.ExampleRow(row.text(), row.actual(), row.guesses(), "validation"))
                        .toList(),
                List.of());
    }

    /** The same with another text in its first example. */
    static Report withText(String text) {
        Report full = full();
        List<Report.ExampleRow> examples = new ArrayList<>(full.examples());
        Report.ExampleRow first = examples.getFirst();
        examples.set(0, new Report.ExampleRow(text, first.actual(), first.guesses(), first.distribution()));
        return new Report(
                text,
                full.facts(),
                full.splits(),
                full.losses(),
                full.accuracies(),
                full.parameters(),
                full.classNames(),
                full.confusion(),
                examples,
                full.interpolation());
    }

    private static Report report(List<Report.AlphaPoint> interpolation) {
        Random random = new Random(7);
        return new Report(
                "lora on sentence-transformers/all-MiniLM-L6-v2",
                facts(),
                SPLITS,
                losses(random),
                IntStream.rangeClosed(1, EPOCHS)
                        .mapToObj(SampleReport::accuracyPoint)
                        .toList(),
                parameters(),
                CLASSES,
                confusion(random),
                examples(random),
                interpolation);
    }

    private static List<Report.Fact> facts() {
        return List.of(
                new Report.Fact("method", "lora"),
                new Report.Fact("steps", "600"),
                new Report.Fact("id accuracy", "0.7127"),
                new Report.Fact("ood accuracy", "0.5413"),
                new Report.Fact("seconds", "214.5"),
                new Report.Fact("examples per second", "112.6"),
                new Report.Fact("trainable parameters", "162,855"),
                new Report.Fact("peak heap bytes", "1.2 GiB"),
                new Report.Fact("weights checksum", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
                new Report.Fact("learning rate", "0.001"),
                new Report.Fact("batch size", "32"),
                new Report.Fact("seed", "42"));
    }

    private static List<Report.LossPoint> losses(Random random) {
        return IntStream.rangeClosed(1, STEPS)
                .mapToObj(step -> new Report.LossPoint(
                        step,
                        0.9 + 2.7 / (1 + step / 60.0) + 0.25 * random.nextGaussian(),
                        1e-3 * Math.min(step / 60.0, (STEPS - step) / (STEPS - 60.0))))
                .toList();
    }

    private static Report.AccuracyPoint accuracyPoint(int epoch) {
        return new Report.AccuracyPoint(
                epoch, (long) epoch * STEPS / EPOCHS, List.of(0.73 - 0.3 / (1 + epoch), 0.55 - 0.2 / (1 + epoch)));
    }

    private static Report.AlphaPoint alphaPoint(int tenths) {
        double alpha = tenths / 10.0;
        return new Report.AlphaPoint(
                alpha,
                List.of(0.08 + 0.63 * alpha * (2 - alpha), 0.07 + 1.2 * alpha * (2 - alpha) - 0.73 * alpha * alpha));
    }

    private static List<Report.ParameterRow> parameters() {
        List<Report.ParameterRow> rows = new ArrayList<>();
        rows.add(new Report.ParameterRow("bert.embeddings", 0, 11_918_592, 47_674_368, 0, 0));
        for (int layer = 0; layer < 6; layer++) {
            rows.add(new Report.ParameterRow("bert.encoder.layer." + layer, 0, 1_774_464, 7_097_856, 0, 0));
            rows.add(new Report.ParameterRow(
                    "adapters of bert.encoder.layer." + layer, 24_576, 0, 98_304, 98_304, 196_608));
        }
        rows.add(new Report.ParameterRow("classifier", 15_015, 0, 60_060, 60_060, 120_120));
        rows.add(new Report.ParameterRow("total", 162_471, 22_565_376, 90_911_388, 649_884, 1_299_768));
        return rows;
    }

    private static List<List<Integer>> confusion(Random random) {
        List<List<Integer>> rows = new ArrayList<>();
        for (int actual = 0; actual < CLASSES.size(); actual++) {
            int right = 4 + random.nextInt(60);
            List<Integer> row = new ArrayList<>();
            for (int predicted = 0; predicted < CLASSES.size(); predicted++) {
                row.add(
                        predicted == actual
                                ? Integer.valueOf(right)
                                : Integer.valueOf(Math.max(0, random.nextInt(24) - 19)));
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<Report.ExampleRow> examples(Random random) {
        List<Report.ExampleRow> rows = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            String first = CLASSES.get(i);
            String second = CLASSES.get(i + 3);
            double sure = 0.4 + 0.5 * random.nextDouble();
            rows.add(new Report.ExampleRow(
                    i < EXAMPLES / 2
                            ? "rattan : climbing palm of Sri Lanka and southern India remarkable for the great length of its stems"
                            : "take to the woods : They took to the woods when the first of the soldiers came down the road",
                    i % 2 == 0 ? first : second,
                    List.of(
                            new Report.Guess(first, sure),
                            new Report.Guess(second, (1 - sure) * 0.6),
                            new Report.Guess(CLASSES.get(i + 5), (1 - sure) * 0.2)),
                    i < EXAMPLES / 2 ? "definition" : "example sentence"));
        }
        return rows;
    }
}
