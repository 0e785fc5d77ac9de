package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.autograd.ops.CrossEntropyOptions;
import luthier.autograd.ops.DistanceOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.LossReduction;
import luthier.autograd.ops.MatmulOps;
import luthier.finetune.task.InBatchNegatives;
import luthier.finetune.task.LossWeight;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.init.Initializer;
import luthier.nn.optim.GradientClipping;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code accumulation.json}: micro batches of a window have the loss and the gradients of the one large batch. */
class AccumulationCasesTest {
    private static final double TOLERANCE = 1e-12;

    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("accumulation.json", AccumulationCasesTest::check);
    }

    private static void check(JsonObject c) {
        String op = c.get("op").asString();
        switch (op) {
            case "tokens" -> tokens(c);
            case "gradient" -> gradient(c);
            case "regression" -> regression(c);
            case "tags" -> tags(c);
            case "clip" -> clip(c);
            case "evaluation" ->
                evaluation(
                        c,
                        c.get("losses").asList().stream()
                                .map(v -> new double[] {v.asDouble()})
                                .toList());
            case "evaluation_tokens" -> evaluation(c, List.of(CaseFile.rows(c.get("losses"))));
            case "in_batch" -> inBatch(c);
            case "in_batch_duplicates" -> inBatchDuplicates(c);
            case "logged" ->
                assertEquals(
                        c.get("loss").asDouble(),
                        Accumulation.of(CaseFile.numbers(c.get("rows"))).loss(CaseFile.numbers(c.get("micro_losses"))),
                        TOLERANCE);
            default -> throw new NotCovered("op " + op);
        }
    }

    private static Variable leaf(double[] values, long... shape) {
        return Variable.parameter(Tensor.of(values, shape));
    }

    private static double[] flat(double[][] rows, int from, int to) {
        return Arrays.stream(rows, from, to).flatMapToDouble(Arrays::stream).toArray();
    }

    /** One micro batch: its mean loss, which is built only when its turn comes, and its weight. */
    private record Micro(java.util.function.Supplier<Variable> mean, double weight) {}

    /** Runs a window as the trainer does; returns the loss that is shown. */
    private static double backward(List<Micro> micros) {
        Accumulation window =
                Accumulation.of(micros.stream().mapToDouble(Micro::weight).toArray());
        double[] means = new double[micros.size()];
        for (int i = 0; i < means.length; i++) {
            if (window.counts(i)) {
                Variable mean = micros.get(i).mean.get();
                means[i] = mean.item();
                window.scaled(i, mean).backward();
            }
        }
        return window.loss(means);
    }

    private static void tokens(JsonObject c) {
        List<double[]> micros = c.get("micro_batches").asList().stream()
                .map(micro -> micro.asList().stream()
                        .flatMap(row -> row.asList().stream())
                        .filter(loss -> !(loss instanceof JsonNull))
                        .mapToDouble(JsonValue::asDouble)
                        .toArray())
                .toList();
        double[] trained = CaseFile.numbers(c.get("trained"));
        assertArrayEquals(trained, micros.stream().mapToDouble(m -> m.length).toArray());
        Optional<JsonValue> refused = c.find("refused");
        if (refused.isPresent()) {
            String message = assertThrows(TrainingException.class, () -> Accumulation.of(trained))
                    .getMessage();
            assertTrue(message.contains(refused.get().asString()), message);
            return;
        }
        List<Variable> losses = micros.stream()
                .map(m -> m.length == 0 ? leaf(new double[] {0}, 1) : leaf(m, m.length))
                .toList();
        List<Micro> window = new ArrayList<>();
        for (int i = 0; i < trained.length; i++) {
            Variable loss = losses.get(i);
            window.add(new Micro(loss::mean, trained[i]));
        }
        assertEquals(c.get("loss").asDouble(), backward(window), TOLERANCE);
        double[] weights = CaseFile.numbers(c.get("weights"));
        double all = Arrays.stream(trained).sum();
        for (int i = 0; i < weights.length; i++) {
            assertEquals(weights[i], Accumulation.of(trained).share(i), TOLERANCE);
            if (trained[i] == 0) {
                assertTrue(losses.get(i).grad().isEmpty(), "a micro batch without a token gets no gradient");
                continue;
            }
            for (double gradient : losses.get(i).grad().orElseThrow().toDoubleArray()) {
                assertEquals(1 / all, gradient, TOLERANCE, "every token counts alike");
            }
        }
    }

    private static CrossEntropyOptions options(JsonObject c) {
        CrossEntropyOptions options =
                CrossEntropyOptions.usual().smoothedBy(c.get("label_smoothing").asDouble());
        return c.find("class_weights")
                .map(CaseFile::numbers)
                .map(weights -> options.weightedBy(Tensor.of(weights, weights.length)))
                .orElse(options);
    }

    private static void gradient(JsonObject c) {
        double[][] x = CaseFile.rows(c.get("x"));
        long[] y = c.get("y").asList().stream().mapToLong(JsonValue::asLong).toArray();
        double[][] start = CaseFile.rows(c.get("weight"));
        int in = start[0].length;
        Variable weight = leaf(flat(start, 0, start.length), start.length, in);
        Variable bias = leaf(CaseFile.numbers(c.get("bias")), start.length);
        CrossEntropyOptions options = options(c);
        List<Micro> micros = new ArrayList<>();
        int from = 0;
        for (JsonValue size : c.get("micro_batches").asList()) {
            int first = from;
            int to = from + size.asInt();
            Tensor target = Tensor.of(Arrays.copyOfRange(y, first, to), to - first);
            micros.add(new Micro(
                    () -> {
                        Variable rows = Variable.constant(Tensor.of(flat(x, first, to), to - first, in));
                        return LossOps.crossEntropy(MatmulOps.linear(rows, weight, bias), target, options);
                    },
                    LossWeight.crossEntropy(target, options)));
            from = to;
        }
        assertEquals(x.length, from);
        assertEquals(c.get("loss").asDouble(), backward(micros), TOLERANCE);
        near(flat(CaseFile.rows(c.get("grad_weight")), 0, start.length), weight, TOLERANCE);
        near(CaseFile.numbers(c.get("grad_bias")), bias, TOLERANCE);
    }

    private static void near(double[] expected, Variable leaf, double tolerance) {
        assertArrayEquals(expected, leaf.grad().orElseThrow().toDoubleArray(), tolerance);
    }

    private static void regression(JsonObject c) {
        double[][] x = CaseFile.rows(c.get("x"));
        double[] y = CaseFile.numbers(c.get("y"));
        double[] start = CaseFile.numbers(c.get("weight"));
        Variable weight = leaf(start, start.length, 1);
        List<Micro> micros = new ArrayList<>();
        int from = 0;
        for (JsonValue size : c.get("micro_batches").asList()) {
            int first = from;
            int to = from + size.asInt();
            micros.add(new Micro(
                    () -> {
                        Variable rows = Variable.constant(Tensor.of(flat(x, first, to), to - first, start.length));
                        Variable target = Variable.constant(Tensor.of(Arrays.copyOfRange(y, first, to), to - first, 1));
                        return DistanceOps.mse(MatmulOps.matmul(rows, weight), target, LossReduction.MEAN);
                    },
                    to - first));
            from = to;
        }
        assertEquals(c.get("loss").asDouble(), backward(micros), TOLERANCE);
        near(CaseFile.numbers(c.get("grad_weight")), weight, TOLERANCE);
    }

    private static void tags(JsonObject c) {
        List<JsonValue> logits = c.get("logits").asList();
        List<long[]> tags = c.get("tags").asList().stream()
                .map(row -> row.asList().stream().mapToLong(JsonValue::asLong).toArray())
                .toList();
        CrossEntropyOptions options = CrossEntropyOptions.usual();
        List<List<Variable>> leaves = new ArrayList<>();
        List<Micro> micros = new ArrayList<>();
        int from = 0;
        for (JsonValue size : c.get("micro_batches").asList()) {
            List<Variable> rows = new ArrayList<>();
            List<Tensor> targets = new ArrayList<>();
            for (int row = from; row < from + size.asInt(); row++) {
                double[][] values = CaseFile.rows(logits.get(row));
                rows.add(leaf(flat(values, 0, values.length), values.length, values[0].length));
                targets.add(Tensor.of(tags.get(row), tags.get(row).length));
            }
            from += size.asInt();
            leaves.add(rows);
            ToDoubleFunction<Tensor> weight = target -> LossWeight.crossEntropy(target, options);
            double sum = targets.stream().mapToDouble(weight).sum();
            micros.add(new Micro(() -> meanOfRows(rows, targets, options.reducedTo(LossReduction.SUM), sum), sum));
        }
        assertEquals(c.get("loss").asDouble(), backward(micros), TOLERANCE);
        List<Variable> all = leaves.stream().flatMap(List::stream).toList();
        for (int row = 0; row < all.size(); row++) {
            double[][] right = CaseFile.rows(c.get("grad_logits").asList().get(row));
            double[] expected = flat(right, 0, right.length);
            double[] got = all.get(row).grad().map(Tensor::toDoubleArray).orElse(new double[expected.length]);
            assertArrayEquals(expected, got, TOLERANCE, "row " + row);
        }
    }

    private static Variable meanOfRows(
            List<Variable> rows, List<Tensor> targets, CrossEntropyOptions sum, double weight) {
        Variable loss = LossOps.crossEntropy(rows.getFirst(), targets.getFirst(), sum);
        for (int i = 1; i < rows.size(); i++) {
            loss = loss.add(LossOps.crossEntropy(rows.get(i), targets.get(i), sum));
        }
        return loss.mul(1 / weight);
    }

    /** The gradients of the micro batches' means, by their shares, add up to the window's; it is clipped once. */
    private static void clip(JsonObject c) {
        double[][] gradients = CaseFile.rows(c.get("gradients"));
        Accumulation window = Accumulation.of(CaseFile.numbers(c.get("weights")));
        int n = gradients[0].length;
        Parameter parameter = new Parameter("w", Shape.of(n), Initializer.zeros()).initialize(Seed.f64(0));
        for (int i = 0; i < gradients.length; i++) {
            Variable slopes = Variable.constant(Tensor.of(gradients[i], n));
            window.scaled(i, parameter.variable().mul(slopes).sum()).backward();
        }
        double norm = GradientClipping.byNorm(
                Map.of("w", parameter), c.get("max_norm").asDouble());
        double tolerance = c.get("tolerance").asDouble();
        assertEquals(c.get("norm").asDouble(), norm, tolerance);
        near(CaseFile.numbers(c.get("clipped")), parameter.variable(), tolerance);
    }

    /** {@code losses}: of rows, or of the tokens of rows. */
    private static void evaluation(JsonObject c, List<double[]> rows) {
        for (JsonValue batchSize : c.get("batch_sizes").asList()) {
            MeanLoss loss = MeanLoss.NONE;
            for (int from = 0; from < rows.size(); from += batchSize.asInt()) {
                double[] tokens = rows.subList(from, Math.min(rows.size(), from + batchSize.asInt())).stream()
                        .flatMapToDouble(Arrays::stream)
                        .toArray();
                loss = loss.plus(Arrays.stream(tokens).average().orElse(Double.NaN), tokens.length);
            }
            assertEquals(c.get("loss").asDouble(), loss.value(), TOLERANCE, "batches of " + batchSize);
        }
    }

    private static double inBatch(JsonObject c, int from, int to) {
        double[][] anchors = CaseFile.rows(c.get("anchors"));
        double[][] positives = CaseFile.rows(c.get("positives"));
        List<String> texts = IntStream.range(from, to)
                .mapToObj(i -> Arrays.toString(positives[i]))
                .toList();
        return InBatchNegatives.loss(
                        leaf(flat(anchors, from, to), to - from, anchors[0].length),
                        leaf(flat(positives, from, to), to - from, anchors[0].length),
                        texts,
                        IntStream.range(0, to - from).toArray(),
                        c.get("scale").asDouble())
                .item();
    }

    private static void inBatch(JsonObject c) {
        int n = c.get("anchors").asList().size();
        double whole = inBatch(c, 0, n);
        assertEquals(c.get("loss_whole").asDouble(), whole, TOLERANCE);
        double[] halves = CaseFile.numbers(c.get("loss_halves"));
        double[] got = {inBatch(c, 0, n / 2), inBatch(c, n / 2, n)};
        assertArrayEquals(halves, got, TOLERANCE);
        assertNotEquals(
                whole, Accumulation.of(n / 2.0, n - n / 2.0).loss(got), 0.1, "a window is no larger set of negatives");
        String said = InBatchNegatives.announcement(n / 2, 2);
        assertTrue(said.contains("accumulating 2 batches adds none"), said);
        assertFalse(InBatchNegatives.announcement(n, 1).contains("accumulating"));
    }

    private static void inBatchDuplicates(JsonObject c) {
        double loss = inBatch(c, 0, c.get("anchors").asList().size());
        assertEquals(c.get("loss_masked").asDouble(), loss, TOLERANCE, "equal positives are not pushed apart");
    }
}
