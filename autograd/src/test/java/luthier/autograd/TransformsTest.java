package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.MatmulOps;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TransformsTest {
    private static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F64, Shape.of(shape), 0, 1);
    }

    private static Tensor numbers(double... values) {
        return Tensor.of(values, values.length);
    }

    /** x -> x^6 through three nested gradients: 120 x^3. */
    @Test
    void gradientsNest() {
        UnaryOperator<Variable> f = x -> ElementwiseOps.pow(x, 6).sum();
        UnaryOperator<Variable> first = Transforms.grad(f);
        UnaryOperator<Variable> third = Transforms.grad(
                x -> Transforms.grad(y -> first.apply(y).sum()).apply(x).sum());
        assertArrayEquals(
                new double[] {120, 960},
                third.apply(Variable.constant(numbers(1, 2))).value().toDoubleArray());
    }

    /** Perturbation confusion: d/dx (x * d/dy (x + y)) at x = 1 is 1, not 2. */
    @Test
    void keepsNestedDerivativesApart() {
        UnaryOperator<Variable> f = x -> x.mul(Transforms.grad(x::add).apply(Variable.constant(Tensor.scalar(1.0))));
        assertEquals(1, Transforms.grad(f, Tensor.scalar(1.0)).item());
        // Even where the inner variable is the outer one.
        UnaryOperator<Variable> g = x -> x.mul(Transforms.grad(y -> x.mul(y)).apply(x));
        assertEquals(6, Transforms.grad(g, Tensor.scalar(3.0)).item());
    }

    @Test
    void productsAgreeWithTheMatrices() {
        Tensor w = normal(1, 3, 4);
        UnaryOperator<Variable> f = x -> ElementaryOps.tanh(MatmulOps.matmul(Variable.constant(w), x));
        Tensor x = normal(2, 4, 2);
        Tensor jacobian = Transforms.jacobian(f, x);
        assertEquals(Shape.of(3, 2, 4, 2), jacobian.shape());
        Tensor matrix = jacobian.reshape(6, 8);
        Tensor u = normal(3, 4, 2);
        Tensor v = normal(4, 3, 2);
        assertClose(matrix.matmul(u.reshape(8, 1)), Transforms.jvp(f, x, u).product());
        assertClose(v.reshape(1, 6).matmul(matrix), Transforms.vjp(f, x, v).product());
        assertClose(
                f.apply(Variable.constant(x)).value(), Transforms.jvp(f, x, u).value());
        UnaryOperator<Variable> g = at -> ElementwiseOps.square(f.apply(at)).sum();
        Tensor hessian = Transforms.hessian(g, x).reshape(8, 8);
        assertClose(hessian, hessian.transpose(0, 1).contiguous());
        assertClose(hessian.matmul(u.reshape(8, 1)), Transforms.hvp(g, x, u).product());
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-12);
    }

    @Test
    void linearAndConstantFunctionsHaveZeroDerivatives() {
        UnaryOperator<Variable> linear = x -> x.mul(2);
        Tensor x = numbers(1, 2);
        assertArrayEquals(
                new double[] {2, 0, 0, 2}, Transforms.jacobian(linear, x).toDoubleArray());
        assertArrayEquals(
                new double[] {6, 8},
                Transforms.jvp(linear, x, numbers(3, 4)).product().toDoubleArray());
        UnaryOperator<Variable> sum = Variable::sum;
        assertArrayEquals(new double[4], Transforms.hessian(sum, x).toDoubleArray());
        assertArrayEquals(
                new double[2], Transforms.hvp(sum, x, numbers(1, 1)).product().toDoubleArray());
        UnaryOperator<Variable> constant = at -> Variable.constant(numbers(7));
        assertArrayEquals(new double[2], Transforms.grad(constant, x).toDoubleArray());
        assertArrayEquals(new double[2], Transforms.jacobian(constant, x).toDoubleArray());
        assertEquals(
                Shape.of(0, 2),
                Transforms.jacobian(
                                at -> at.reshape(2, 1).value().size(0) == 2
                                        ? Variable.constant(Tensor.zeros(DType.F64, 0))
                                        : at,
                                x)
                        .shape());
    }

    /** The gradients of single samples add up to the gradient of the sum, and each is that of its sample alone. */
    @Test
    void separatesSamples() {
        Variable w = Variable.parameter(normal(5, 3, 2));
        Variable b = Variable.parameter(normal(6, 2));
        Tensor x = normal(7, 4, 3);
        List<Tensor> separate = Transforms.perSampleGradients(
                i -> ElementwiseOps.square(Variable.constant(x.slice(0, i, i + 1))
                                .matmul(w)
                                .add(b))
                        .sum(),
                4,
                List.of(w, b));
        assertEquals(Shape.of(4, 3, 2), separate.get(0).shape());
        ElementwiseOps.square(Variable.constant(x).matmul(w).add(b)).sum().backward();
        double[] whole = w.grad().orElseThrow().toDoubleArray();
        double[] summed =
                luthier.tensor.Reduction.sum(separate.get(0), false, 0).toDoubleArray();
        assertArrayEquals(whole, summed, 1e-12);
        assertEquals(
                Shape.of(0, 2),
                Transforms.perSampleGradients(i -> b, 0, List.of(b)).get(0).shape());
    }

    @Test
    void namesWhatDoesNotFit() {
        Tensor x = numbers(1, 2);
        assertEquals(
                "jvp: the direction must have the shape of x; got [3] and [2]",
                assertThrows(ShapeException.class, () -> Transforms.jvp(v -> v, x, numbers(1, 2, 3)))
                        .getMessage());
        assertThrows(GradException.class, () -> Transforms.grad(v -> v, x));
    }
}
