package luthier.autograd.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import luthier.autograd.GradException;
import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static Variable x() {
        return Variable.constant(Tensor.of(new float[] {1, 2}, 1, 2)).named("x");
    }

    private static Variable w() {
        return Variable.parameter(Tensor.of(new float[] {3, -1}, 2, 1)).named("w");
    }

    private static String line(Variable y, String start) {
        return y.explain()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    private static Variable number(double value) {
        return Variable.parameter(Tensor.scalar(value)).named("x");
    }

    @Test
    void printsTheTapeForwardAndBackward() {
        Variable y = ElementwiseOps.square(x().matmul(w())).mean().named("loss");
        assertEquals("""
                forward
                  x  F32[1, 2] constant = [[1, 2]]
                  w  F32[2, 1] parameter = [[3], [-1]]
                  v3 = matmul(x, w)  F32[1, 1] = [[1]]
                  v4 = square(v3)  F32[1, 1] = [[1]]
                  loss = mean(v4)  F32[] = 1
                backward
                  dloss = 1
                  loss = mean(v4)
                    dv4 = expand(dloss, [1, 1]) / 1 = expand(1, [1, 1]) / 1 = [[1]]
                  v4 = square(v3)
                    dv3 = 2 * v3 * dv4 = 2 * [[1]] * [[1]] = [[2]]
                  v3 = matmul(x, w)
                    dw = x^T dv3 = [[1, 2]]^T [[2]] = [[2], [4]]
                """, y.explain());
    }

    @Test
    void showsTheRunningSumOfAVariableUsedSeveralTimes() {
        Variable x = number(3);
        String text = x.mul(x).add(x).explain();
        assertTrue(text.endsWith("""
                  v3 = add(v2, x)
                    dv2 = dv3 = 1
                    dx = dv3 = 1
                  v2 = mul(x, x)
                    dx += dv2 * x = 1 * 3 = 3
                      dx = 1 + 3 = 4  (2 of 3)
                    dx += dv2 * x = 1 * 3 = 3
                      dx = 4 + 3 = 7  (3 of 3)
                """), text);
    }

    @Test
    void putsTheNumbersIntoTheTaughtRules() {
        assertEquals("dx = dv2 * (1 - v2^2) = 1 * (1 - 0^2) = 1", line(ElementaryOps.tanh(number(0)), "dx"));
        assertEquals(
                "dx = dv2 * v2 * (1 - v2) = 1 * 0.5 * (1 - 0.5) = 0.25", line(ActivationOps.sigmoid(number(0)), "dx"));
        assertEquals("dx = dv2 * (x > 0) = 1 * ((-2) > 0) = 0", line(ActivationOps.relu(number(-2)), "dx"));
        assertEquals("dx = dv2 * v2 = 1 * 1 = 1", line(ElementaryOps.exp(number(0)), "dx"));
        assertEquals("dx = dv2 / x = 1 / 4 = 0.25", line(ElementaryOps.log(number(4)), "dx"));
        assertEquals("dx = 3 * x^(3 - 1) * dv2 = 3 * 2^(3 - 1) * 1 = 12", line(ElementwiseOps.pow(number(2), 3), "dx"));
        assertEquals("dx = 2.5 * dv2 = 2.5 * 1 = 2.5", line(number(1).mul(2.5), "dx"));
        Variable two = Variable.constant(Tensor.scalar(2.0)).named("b");
        assertEquals("dx = dv3 / b = 1 / 2 = 0.5", line(number(6).div(two), "dx"));
        assertEquals("dx = -dv3 * b / x^2 = -1 * 2 / 4^2 = -0.125", line(two.div(number(4)), "dx"));
        assertEquals("dx = -dv3 = -1", line(two.sub(number(4)), "dx"));
    }

    @Test
    void writesTheRulesOfWholeLayers() {
        Variable x =
                Variable.parameter(Tensor.of(new double[] {1, 1, 1, 1}, 2, 2)).named("x");
        Variable weight =
                Variable.parameter(Tensor.of(new double[] {1, 2}, 1, 2)).named("weight");
        Variable bias = Variable.parameter(Tensor.of(new double[] {5}, 1)).named("b");
        Variable y = MatmulOps.linear(x, weight, bias);
        assertEquals("v4 = linear(x, weight, b)  F64[2, 1] = [[8], [8]]", line(y, "v4"));
        assertEquals("dx = dv4 weight = [[1], [1]] [[1, 2]] = [[1, 2], [1, 2]]", line(y, "dx"));
        assertEquals("d(weight) = dv4^T x = [[1], [1]]^T [[1, 1], [1, 1]] = [[2, 2]]", line(y, "d(weight)"));
        assertEquals("db = sumTo(dv4, [1]) = sumTo([[1], [1]], [1]) = [2]", line(y, "db"));
        Variable p = SoftmaxOps.softmax(x, -1);
        assertEquals("v2 = softmax(x, axis=-1)  F64[2, 2] = [[0.5, 0.5], [0.5, 0.5]]", line(p, "v2"));
        assertTrue(line(p, "dx").startsWith("dx = v2 * (dv2 - sum(v2 * dv2)) = [[0.5, 0.5], [0.5, 0.5]] * ([[1, 1], "));
        Variable loss = LossOps.crossEntropyRows(x, Tensor.of(new long[] {0, 1}, 2), 0, LossOps.IGNORE);
        assertTrue(line(loss, "dx").startsWith("dx = dv2 * (softmax(x) - onehot(target))"), line(loss, "dx"));
        Variable normal = NormalizationOps.layerNorm(x, 1, 1e-5);
        assertTrue(line(normal, "v2").startsWith("v2 = layerNorm(x, "), line(normal, "v2"));
        assertTrue(line(normal, "v2").contains("eps=1e-5)"), line(normal, "v2"));
        assertTrue(line(ActivationOps.gelu(x), "dx").startsWith("dx = dv2 * (Phi(x) + x * phi(x))"));
    }

    @Test
    void saysWhereABroadcastIsSummedBack() {
        Variable b = Variable.parameter(Tensor.of(new float[] {1, 2}, 2)).named("b");
        Variable y = Variable.constant(Tensor.ones(DType.F32, 3, 2)).named("x").mul(b);
        assertEquals(
                "db = sumTo(dv3 * x, [2]) = sumTo([[1, 1], [1, 1], [1, 1]] * [[1, 1], [1, 1], [1, 1]], [2]) = [3, 3]",
                line(y, "db"));
        Variable w = Variable.parameter(Tensor.ones(DType.F32, 1, 2)).named("w");
        Variable batch =
                Variable.constant(Tensor.ones(DType.F32, 2, 1, 1)).named("x").matmul(w);
        assertTrue(line(batch, "dw").startsWith("dw = sumTo(x^T dv3, [1, 2])"), line(batch, "dw"));
    }

    @Test
    void summarisesLargeTensors() {
        Variable x =
                Variable.parameter(Tensor.full(DType.F32, 2, Shape.of(5, 5))).named("x");
        Variable y = ElementwiseOps.square(x);
        assertEquals("v2 = square(x)  F32[5, 5] = 25 numbers from 4 to 4, mean 4", line(y, "v2"));
        assertEquals("dx = 2 * x * dv2 = 25 numbers from 4 to 4, mean 4", line(y, "dx"));
    }

    @Test
    void namesARuleOfTheUsers() {
        Variable x = number(2);
        Variable y = Variable.record(Tensor.scalar(8.0), (dY, gradients) -> gradients.set(0, dY.mul(12)), x);
        assertEquals("v2 = custom(x)  F64[] = 8", line(y, "v2"));
        assertEquals("dx = J^T dv2, J = dv2/dx = 12", line(y, "dx"));
    }

    @Test
    void keepsTheGraphAndTheGradients() {
        Variable w = w();
        Variable y = x().matmul(w).sum();
        assertEquals(y.explain(), y.explain());
        assertTrue(w.grad().isEmpty());
        y.backward();
        assertEquals(
                Tensor.of(new float[] {1, 2}, 2, 1).toString(),
                w.grad().orElseThrow().toString());
        GradException freed = assertThrows(GradException.class, y::explain);
        assertTrue(freed.getMessage().startsWith("backward: the graph was freed by an earlier backward pass"));
        GradException constant = assertThrows(GradException.class, () -> x().explain());
        assertTrue(constant.getMessage().startsWith("backward: the variable has no history"));
    }

    @Test
    void numbersHaveFiveDigits() {
        List<Double> numbers =
                List.of(0.1 + 0.2, -0.0, 1.0 / 3, 123456.7, 1e7, 1.25e-5, Double.NaN, Double.NEGATIVE_INFINITY, 1e300);
        assertEquals(
                List.of("0.3", "-0", "0.33333", "123460", "1e7", "1.25e-5", "NaN", "-inf", "1e300"),
                numbers.stream().map(NumberText::of).toList());
        assertEquals("[[], []]", NumberText.of(Tensor.zeros(DType.F32, 2, 0)));
    }

    @Test
    void standsALongChain() {
        Variable y = number(1);
        for (int i = 0; i < 5_000; i++) {
            y = y.mul(1);
        }
        assertEquals(3 + 5_001 + 2 * 5_000, y.explain().lines().count());
    }

    @Test
    void everyNameIsItsOwn() {
        Variable a = Variable.parameter(Tensor.scalar(1.0)).named("w");
        Variable b = Variable.parameter(Tensor.scalar(2.0)).named("w");
        Variable c = Variable.parameter(Tensor.scalar(3.0)).named("w_2");
        Variable y = ReductionOps.sum(a.add(b).add(c));
        List<String> names =
                GraphView.of(y).nodes().stream().map(GraphView.Node::name).toList();
        assertEquals(List.of("w", "w_3", "w_2", "v4", "v5", "v6"), names);
    }
}
