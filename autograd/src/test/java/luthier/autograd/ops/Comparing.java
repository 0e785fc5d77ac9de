package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Leaves with random values, and comparisons of what flows to them. */
final class Comparing {
    private Comparing() {}

    static Variable leaf(long seed, long... shape) {
        return Variable.parameter(normal(seed, shape));
    }

    static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F64, Shape.of(shape), 0, 1);
    }

    static Variable leaf(Shape shape, double... values) {
        return Variable.parameter(Tensor.of(values, shape.toArray()));
    }

    /** Returns the gradient of the sum of y times weights. */
    static Tensor gradient(Variable y, Tensor weights, Variable leaf) {
        leaf.zeroGrad();
        y.backward(weights);
        return leaf.grad().orElseThrow();
    }

    static void assertClose(Tensor expected, Tensor actual, double tolerance) {
        assertEquals(expected.shape(), actual.shape());
        assertArrayEquals(
                expected.to(DType.F64).toDoubleArray(), actual.to(DType.F64).toDoubleArray(), tolerance);
    }
}
