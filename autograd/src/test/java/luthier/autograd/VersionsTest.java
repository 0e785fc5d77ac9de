package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.DType;
import luthier.tensor.Normalization;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;
import org.junit.jupiter.api.Test;

/** Writes in place between forward and backward: told where they spoil a gradient, let pass where they do not. */
class VersionsTest {
    private static final String RULE =
            ": a value that the gradient is made from must not be written in place between forward and backward; got ";
    private static final String REMEDY = "; write into a copy() of it, or write after the backward pass";

    private static Variable parameter(double... values) {
        return Variable.parameter(Tensor.of(values, values.length));
    }

    private static double[] grad(Variable x) {
        return x.grad().orElseThrow().toDoubleArray();
    }

    private static void scribble(Variable x) {
        scribble(x.value());
    }

    private static void scribble(Tensor x) {
        x.copyInPlace(Tensor.full(x.dtype(), 77, x.shape()));
    }

    private static void assertRefused(String expected, Variable y) {
        GradException refused = assertThrows(GradException.class, () -> y.sum().backward());
        assertEquals(expected, refused.getMessage());
    }

    // ---- what a rule reads

    @Test
    void tellsOfAFactor() {
        Variable x = parameter(1, 2);
        Variable w = parameter(3, 4).named("w");
        Variable y = x.mul(w);
        scribble(w);
        assertRefused("Mul" + RULE + "operand 1, w F64[2], in version 1, recorded in version 0" + REMEDY, y);
    }

    @Test
    void tellsBothVersionsOfWhatWasWrittenBeforeToo() {
        Variable x = parameter(1, 2);
        scribble(x);
        scribble(x);
        Variable y = ElementwiseOps.square(x);
        scribble(x);
        assertRefused("Square" + RULE + "operand 0, F64[2], in version 3, recorded in version 2" + REMEDY, y);
    }

    @Test
    void tellsOfAResult() {
        Variable x = parameter(1, 2);
        for (UnaryOperator<Variable> f : List.<UnaryOperator<Variable>>of(
                ElementaryOps::exp, ElementaryOps::tan, ElementwiseOps::sqrt, v -> SoftmaxOps.softmax(v, 0))) {
            Variable y = f.apply(x);
            String operation = y.operation();
            scribble(y);
            assertRefused(
                    operation + RULE + "the result, F64[2] from " + operation + ", in version 1, recorded in version 0"
                            + REMEDY,
                    y);
        }
    }

    @Test
    void tellsOfAMatrix() {
        Variable x = Variable.parameter(Tensor.ones(DType.F32, 2, 3)).named("x");
        Variable w = Variable.parameter(Tensor.ones(DType.F32, 3, 2)).named("w");
        Variable y = x.matmul(w);
        Updates.scaleInPlace(x.value(), 2);
        assertRefused("Matmul" + RULE + "operand 0, x F32[2, 3], in version 1, recorded in version 0" + REMEDY, y);
    }

    @Test
    void tellsWhereItWasRecorded() {
        Variable x = parameter(1, 2);
        Variable y = Anomaly.detect(() -> ElementwiseOps.square(x));
        scribble(x);
        String message =
                assertThrows(GradException.class, () -> y.sum().backward()).getMessage();
        assertTrue(message.matches("Square at VersionsTest.java:[0-9]+: a value.*"), message);
    }

    /** All views of a storage share its count: a write through one is seen by all. */
    @Test
    void tellsOfAWriteThroughAView() {
        Variable x = Variable.parameter(Tensor.ones(DType.F64, 2, 2)).named("x");
        Variable y = ElementwiseOps.square(x);
        scribble(x.value().reshape(4).slice(0, 3, 4));
        assertRefused("Square" + RULE + "operand 0, x F64[2, 2], in version 1, recorded in version 0" + REMEDY, y);

        Variable row = ShapeOps.select(x, 0, 0);
        Variable z = ElementwiseOps.square(row);
        scribble(x);
        assertRefused(
                "Square" + RULE + "operand 0, F64[2] from Reshape, in version 2, recorded in version 1" + REMEDY, z);
    }

    @Test
    void tellsOfWhatACheckpointComputesAgainFrom() {
        Variable x = parameter(1, 2);
        Variable w = parameter(3, 4).named("w");
        Variable y = Checkpoint.of(in -> ElementaryOps.tanh(in.get(0).mul(w)), x);
        scribble(w);
        assertRefused("Checkpoint" + RULE + "operand 1, w F64[2], in version 1, recorded in version 0" + REMEDY, y);
    }

    @Test
    void explanationsTellToo() {
        Variable x = parameter(1, 2);
        Variable y = ElementwiseOps.square(x);
        scribble(x);
        assertThrows(GradException.class, y::explain);
    }

    // ---- rules of users

    private record Silent(Variable x) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(x));
        }
    }

    private record Declared(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(x));
        }
    }

    /** A rule that says nothing is held to read all; one that says what it reads is taken at its word. */
    @Test
    void holdsARuleToWhatItSays() {
        Variable x = parameter(1, 2);
        Variable silent = Variable.record(x.value().copy(), new Silent(x), x);
        scribble(silent);
        assertRefused(
                "Silent" + RULE + "the result, F64[2] from Silent, in version 1, recorded in version 0" + REMEDY,
                silent);

        Variable declared = Variable.record(x.value().copy(), new Declared(x), x);
        scribble(declared);
        declared.sum().backward();
        assertArrayEquals(new double[] {1, 2}, grad(x));

        Variable written = Variable.record(x.value().copy(), new Declared(x), x);
        scribble(x);
        assertRefused("Declared" + RULE + "operand 0, F64[2], in version 1, recorded in version 0" + REMEDY, written);
    }

    // ---- what no rule reads

    @Test
    void letsWritesPassThatSpoilNothing() {
        Tensor index = Tensor.of(new long[] {1, 0}, 2);
        for (UnaryOperator<Variable> f : List.<UnaryOperator<Variable>>of(
                x -> x.add(x),
                x -> x.sub(Variable.constant(x.value())),
                x -> x.mul(3),
                ElementwiseOps::neg,
                Variable::sum,
                Variable::mean,
                x -> x.reshape(2, 1),
                x -> ShapeOps.slice(x, 0, 0, 1),
                x -> JoiningOps.concat(List.of(x, x), 0),
                x -> IndexingOps.gather(x, 0, index),
                x -> ReductionOps.sum(x, true, 0))) {
            Variable x = parameter(1, 2);
            f.apply(x).sum().backward();
            double[] untouched = grad(x);
            x.zeroGrad();
            Variable y = f.apply(x);
            String operation = y.operation();
            scribble(x);
            scribble(y);
            y.sum().backward();
            assertArrayEquals(untouched, grad(x), operation);
        }
    }

    /** A factor is read for the gradient of the other one alone. */
    @Test
    void letsAFactorOfAConstantPass() {
        Variable data = Variable.constant(Tensor.of(new double[] {1, 2}, 1, 2));
        Variable w = Variable.parameter(Tensor.ones(DType.F64, 3, 2));
        Variable b = parameter(0, 0, 0);
        Variable y = MatmulOps.linear(data, w, b);
        scribble(w);
        scribble(b);
        y.sum().backward();
        assertArrayEquals(new double[] {1, 2, 1, 2, 1, 2}, grad(w));
        assertArrayEquals(new double[] {1, 1, 1}, grad(b));
    }

    /** Where only numbers are asked for exp reads its result; where the pass is recorded, its operand. */
    @Test
    void asksWhatThisPassReads() {
        Variable x = parameter(0, 0).named("x");
        Variable y = ElementaryOps.exp(x);
        scribble(x);
        y.sum().backward();
        assertArrayEquals(new double[] {1, 1}, grad(x));

        Variable again = ElementaryOps.exp(x);
        scribble(x);
        Variable sum = again.sum();
        GradException refused = assertThrows(
                GradException.class,
                () -> Backward.fromScalar(sum).createGraph().gradients(x));
        assertEquals(
                "Exp" + RULE + "operand 0, x F64[2], in version 2, recorded in version 1" + REMEDY,
                refused.getMessage());
    }

    @Test
    void letsAnOptimizerStep() {
        Variable w = Variable.parameter(Tensor.ones(DType.F32, 2, 2));
        Variable x = Variable.constant(Tensor.ones(DType.F32, 1, 2));
        Tensor m = Tensor.zeros(DType.F32, 2, 2);
        Tensor v = Tensor.zeros(DType.F32, 2, 2);
        for (int step = 1; step <= 3; step++) {
            Variable hidden = ElementaryOps.tanh(x.matmul(w));
            Variable loss = ElementwiseOps.square(hidden.matmul(w)).sum();
            w.zeroGrad();
            loss.backward();
            Updates.adamWInPlace(w.value(), w.grad().orElseThrow(), m, v, 0.1, 0.9, 0.999, 1e-8, 0, step);
            assertEquals(step, w.value().version());
        }
    }

    @Test
    void letsRunningStatisticsBeWritten() {
        Normalization.RunningStatistics statistics =
                new Normalization.RunningStatistics(Tensor.zeros(DType.F64, 1), Tensor.full(DType.F64, 3, Shape.of(1)));
        Variable x = Variable.parameter(Tensor.of(new double[] {1, 3}, 2, 1));
        Variable y = NormalizationOps.batchNorm(x, statistics, 1);
        scribble(statistics.mean());
        scribble(statistics.variance());
        y.sum().backward();
        assertArrayEquals(new double[] {0.5, 0.5}, grad(x));
    }

    /** A graph that is kept can be run again as long as nothing changed. */
    @Test
    void watchesEveryPass() {
        Variable x = parameter(3);
        Variable y = ElementwiseOps.square(x).sum();
        Backward.fromScalar(y).retainGraph().run();
        Backward.fromScalar(y).retainGraph().run();
        assertArrayEquals(new double[] {12}, grad(x));
        scribble(x);
        assertThrows(
                GradException.class, () -> Backward.fromScalar(y).retainGraph().run());
    }
}
