package luthier.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.Indexing;
import luthier.tensor.Joining;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Derivatives of functions, as functions: gradients, products with Jacobians and Hessians, and the matrices themselves. {@code f} takes
 * a variable of any shape and returns one of any shape; where a single number is needed, {@code f} must return one.
 *
 * <p>{@link #grad(UnaryOperator)} can be applied to its own result, for derivatives of any order; the other transforms give numbers.
 * All throw {@link GradException} if f does not return a single number where one is needed, and {@link ShapeException} if a direction's
 * shape does not fit.
 *
 * {@snippet :
 * UnaryOperator<Variable> cube = x -> x.mul(x).mul(x).sum();
 * Tensor x = Tensor.of(new double[] {1, 2}, 2);
 * Transforms.grad(cube, x); // F64[2][3.0, 12.0]
 * Transforms.hessian(cube, x); // F64[2, 2][6.0, 0.0, 0.0, 12.0]
 * }
 */
public final class Transforms {
    private Transforms() {}

    /** A value with the product that was asked for. */
    public record Product(Tensor value, Tensor product) {}

    /**
     * Returns the function x -> d f(x) / d x, {@code x [..] -> [..]}, whose result can be differentiated again.
     *
     * {@snippet :
     * UnaryOperator<Variable> cube = x -> x.mul(x).mul(x);
     * UnaryOperator<Variable> second = Transforms.grad(Transforms.grad(cube));
     * second.apply(Variable.constant(Tensor.scalar(2.0))).item(); // 12.0
     * }
     */
    public static UnaryOperator<Variable> grad(UnaryOperator<Variable> f) {
        return x -> {
            boolean tracked = x.requiresGrad() && Grad.isEnabled();
            // A variable of its own keeps other uses of x out of this derivative.
            Variable point = tracked ? ElementwiseOps.mul(x, 1) : Variable.parameter(x.value());
            Variable y = Grad.enabled(() -> f.apply(point));
            if (!y.requiresGrad()) {
                return Variable.constant(Tensor.zeros(x.dtype(), x.shape()));
            }
            Backward pass = Backward.fromScalar(y);
            return (tracked ? pass.createGraph() : pass).gradients(point).get(0);
        };
    }

    /** Returns d f / d x at x, {@code [..]}, for an f that returns a single number. */
    public static Tensor grad(UnaryOperator<Variable> f, Tensor x) {
        return grad(f).apply(Variable.constant(x)).value();
    }

    /** Returns f(x) and v J, the product of a vector of the result's shape with the Jacobian; it has the shape of x. */
    public static Product vjp(UnaryOperator<Variable> f, Tensor x, Tensor v) {
        Variable point = Variable.parameter(x);
        Variable y = Grad.enabled(() -> f.apply(point));
        requireShape("vjp", v, y.shape(), "the result");
        if (!y.requiresGrad()) {
            return new Product(y.value(), Tensor.zeros(x.dtype(), x.shape()));
        }
        return new Product(
                y.value(),
                Backward.from(y, Variable.constant(v)).gradients(point).get(0).value());
    }

    /**
     * Returns f(x) and J u, the directional derivative along u, of the result's shape. Made from two products from the left: v J is linear
     * in v, so its own derivative with respect to v, taken along u, is J u.
     */
    public static Product jvp(UnaryOperator<Variable> f, Tensor x, Tensor u) {
        requireShape("jvp", u, x.shape(), "x");
        Variable point = Variable.parameter(x);
        return Grad.enabled(() -> {
            Variable y = f.apply(point);
            if (!y.requiresGrad()) {
                return new Product(y.value(), Tensor.zeros(y.dtype(), y.shape()));
            }
            Variable v = Variable.parameter(Tensor.zeros(y.dtype(), y.shape()));
            Variable vJ = Backward.from(y, v).createGraph().gradients(point).get(0);
            if (!vJ.requiresGrad()) {
                return new Product(y.value(), Tensor.zeros(y.dtype(), y.shape()));
            }
            Variable jU = Backward.from(vJ, Variable.constant(u)).gradients(v).get(0);
            return new Product(y.value(), jU.value());
        });
    }

    /** Returns f(x), a single number, and H u, the product of its Hessian with a vector of the shape of x, without the Hessian. */
    public static Product hvp(UnaryOperator<Variable> f, Tensor x, Tensor u) {
        requireShape("hvp", u, x.shape(), "x");
        Variable point = Variable.parameter(x);
        return Grad.enabled(() -> {
            Variable y = f.apply(point);
            Tensor zeros = Tensor.zeros(x.dtype(), x.shape());
            if (!y.requiresGrad()) {
                return new Product(y.value(), zeros);
            }
            Variable dX = Backward.fromScalar(y).createGraph().gradients(point).get(0);
            if (!dX.requiresGrad()) {
                return new Product(y.value(), zeros);
            }
            Variable hU =
                    Backward.from(dX, Variable.constant(u)).gradients(point).get(0);
            return new Product(y.value(), hU.value());
        });
    }

    /** Returns all partial derivatives, {@code [shape of f(x).., shape of x..]}, one backward pass for each element of the result. */
    public static Tensor jacobian(UnaryOperator<Variable> f, Tensor x) {
        Variable point = Variable.parameter(x);
        Variable y = Grad.enabled(() -> f.apply(point));
        return rows(y, point).value();
    }

    /** Returns all second partial derivatives of an f that returns a single number, {@code [shape of x.., shape of x..]}. */
    public static Tensor hessian(UnaryOperator<Variable> f, Tensor x) {
        Variable point = Variable.parameter(x);
        return Grad.enabled(() -> rows(grad(f).apply(point), point).value());
    }

    private static Variable rows(Variable y, Variable point) {
        int n = Math.toIntExact(y.value().elementCount());
        Shape shape = joined(y.shape(), point.shape());
        if (n == 0 || !y.requiresGrad()) {
            return Variable.constant(Tensor.zeros(point.dtype(), shape));
        }
        List<Tensor> rows = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            Tensor unit = Indexing.indexAdd(
                    Tensor.zeros(y.dtype(), n), 0, Tensor.of(new long[] {i}, 1), Tensor.ones(y.dtype(), 1));
            Variable seed = Variable.constant(unit.reshape(y.shape().toArray()));
            rows.add(
                    Backward.from(y, seed).retainGraph().gradients(point).get(0).value());
        }
        return Variable.constant(Joining.stack(rows, 0).reshape(shape.toArray()));
    }

    private static Shape joined(Shape a, Shape b) {
        long[] sizes = new long[a.rank() + b.rank()];
        System.arraycopy(a.toArray(), 0, sizes, 0, a.rank());
        System.arraycopy(b.toArray(), 0, sizes, a.rank(), b.rank());
        return Shape.of(sizes);
    }

    /**
     * Returns the gradients of the losses of single samples, for every parameter {@code [samples, shape of the parameter..]}. The
     * parameters may be a whole model's. Memory: one sample's graph at a time, and the result.
     *
     * @param loss the loss, a single number, of the sample of this index
     */
    public static List<Tensor> perSampleGradients(IntFunction<Variable> loss, int samples, List<Variable> parameters) {
        Variable[] with = parameters.toArray(Variable[]::new);
        List<List<Tensor>> rows = new ArrayList<>();
        parameters.forEach(parameter -> rows.add(new ArrayList<>(samples)));
        for (int i = 0; i < samples; i++) {
            int sample = i;
            Variable y = Grad.enabled(() -> loss.apply(sample));
            List<Variable> gradients = Backward.fromScalar(y).gradients(with);
            for (int p = 0; p < with.length; p++) {
                rows.get(p).add(gradients.get(p).value());
            }
        }
        List<Tensor> result = new ArrayList<>();
        for (int p = 0; p < with.length; p++) {
            result.add(
                    samples == 0
                            ? Tensor.zeros(with[p].dtype(), joined(Shape.of(0), with[p].shape()))
                            : Joining.stack(rows.get(p), 0));
        }
        return result;
    }

    private static void requireShape(String name, Tensor direction, Shape shape, String of) {
        if (!direction.shape().equals(shape)) {
            throw new ShapeException(name + ": the direction must have the shape of " + of + "; got "
                    + direction.shape() + " and " + shape);
        }
    }
}
