package luthier.autograd.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ValueTest {
    private record Pair(UnaryOperator<Value> scalar, UnaryOperator<Variable> tensor) {}

    /** Every operation agrees with its namesake on tensors, value and gradient. */
    @Test
    void speaksTheTensorsLanguage() {
        List<Pair> pairs = List.of(
                new Pair(x -> x.add(x), x -> x.add(x)),
                new Pair(x -> x.mul(x.add(x)), x -> x.mul(x.add(x))),
                new Pair(x -> x.pow(3), x -> ElementwiseOps.pow(x, 3)),
                new Pair(Value::exp, ElementaryOps::exp),
                new Pair(Value::log, ElementaryOps::log),
                new Pair(Value::tanh, ElementaryOps::tanh),
                new Pair(Value::relu, ActivationOps::relu),
                new Pair(x -> x.sub(x.mul(x)), x -> x.sub(x.mul(x))),
                new Pair(x -> x.exp().div(x), x -> ElementaryOps.exp(x).div(x)));
        for (double at : new double[] {0.3, 1.7}) {
            for (Pair pair : pairs) {
                Value x = Value.parameter(at);
                Value y = pair.scalar().apply(x);
                y.backward();
                Variable wide = Variable.parameter(Tensor.scalar(at));
                Variable wideY = pair.tensor().apply(wide);
                wideY.backward();
                assertEquals(wideY.item(), y.value(), 1e-14 * Math.abs(y.value()), y.toString());
                assertEquals(wide.grad().orElseThrow().item(), x.grad(), 1e-13 * Math.abs(x.grad()), y.toString());
            }
        }
    }

    /** Both ways through a value that is used twice count, and gradients of several passes add up. */
    @Test
    void addsUpAtEveryFanOut() {
        Value a = Value.parameter(-4);
        Value b = Value.parameter(2);
        Value c = a.add(b);
        Value d = a.mul(b).add(b.pow(3));
        Value y = c.mul(c).add(d.relu()).add(c);
        y.backward();
        // y = c^2 + c + relu(ab + b^3), c = -2, ab + b^3 = 0: the kink passes nothing on.
        assertEquals(2, y.value());
        assertEquals(2 * -2 + 1, a.grad());
        assertEquals(2 * -2 + 1, b.grad());
        y.backward();
        assertEquals(-6, a.grad(), "leaves add up over passes");
        assertEquals(1, y.grad(), "results do not");
        a.zeroGrad();
        assertEquals(0, a.grad());
    }

    /** A shared value is passed on once: 2^100 ways through a chain of doublings, a hundred rules. */
    @Test
    void visitsEveryOperationOnce() {
        Value x = Value.parameter(1);
        Value y = x;
        for (int i = 0; i < 100; i++) {
            y = y.add(y);
        }
        y.backward();
        assertEquals(0x1p100, x.grad());
    }

    /** No recursion: a chain of 100,000 operations needs no stack. */
    @Test
    void runsLongChains() {
        Value x = Value.parameter(1);
        Value y = x;
        for (int i = 0; i < 100_000; i++) {
            y = y.add(x);
        }
        y.backward();
        assertEquals(100_001, x.grad());
    }
}
