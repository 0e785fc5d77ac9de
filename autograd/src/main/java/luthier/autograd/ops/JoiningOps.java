package luthier.autograd.ops;

import java.util.ArrayList;
import java.util.List;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Joining;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/**
 * Differentiable joining and splitting along an axis: gradients take the way back.
 */
public final class JoiningOps {
    private JoiningOps() {}

    /**
     * y = the parts joined along an axis; each part gets its slice of dY.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.zeros(DType.F32, 2, 3));
     * JoiningOps.concat(List.of(x, x), 0).shape(); // [4, 3]
     * }
     */
    public static Variable concat(List<Variable> parts, int axis) {
        try {
            Tensor y = Joining.concat(parts.stream().map(Variable::value).toList(), axis);
            long[] sizes = parts.stream().mapToLong(part -> part.size(axis)).toArray();
            return Variable.record(y, new Concat(axis, sizes), parts.toArray(Variable[]::new));
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("parts", parts).by();
        }
    }

    private record Concat(int axis, long[] sizes) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            long start = 0;
            for (int i = 0; i < sizes.length; i++) {
                if (gradients.wants(i)) {
                    gradients.set(i, ShapeOps.slice(dY, axis, start, start + sizes[i]));
                }
                start += sizes[i];
            }
        }

        @Override
        public Formula formula() {
            return Formula.of("the parts joined", "the part of {dY} that {ni} became")
                    .with("axis", axis);
        }
    }

    /**
     * y = parts of one shape joined along a new axis; each part gets its index of dY.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.zeros(DType.F32, 2, 3));
     * JoiningOps.stack(List.of(x, x), 0).shape(); // [2, 2, 3]
     * }
     */
    public static Variable stack(List<Variable> parts, int axis) {
        try {
            for (Variable part : parts) {
                if (!part.shape().equals(parts.getFirst().shape())) {
                    throw new ShapeException(
                            "stack: shapes must agree; got " + parts.getFirst().shape() + " and " + part.shape());
                }
            }
            return concat(
                    parts.stream().map(part -> ShapeOps.unsqueeze(part, axis)).toList(), axis);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).named("stack").with("parts", parts).by(ShapeRule.SAME);
        }
    }

    /**
     * y = x cut along an axis into parts of the given sizes, which must add up; each part's gradient goes to its place.
     *
     * {@snippet :
     * JoiningOps.split(Variable.constant(Tensor.zeros(DType.F32, 2, 3)), 1, 1, 2).get(1).shape(); // [2, 2]
     * }
     */
    public static List<Variable> split(Variable x, int axis, long... sizes) {
        List<Variable> parts = new ArrayList<>();
        long start = 0;
        for (Tensor part : Misfit.explained(x, t -> Joining.split(t, axis, sizes))) {
            parts.add(ShapeOps.slice(x, axis, start, start + part.size(axis)));
            start += part.size(axis);
        }
        return parts;
    }

    /**
     * y = {@code count} parts of one size along an axis; each part's gradient goes to its place. Errors are those of {@link
     * Joining#splitEqual}.
     *
     * {@snippet :
     * JoiningOps.splitEqual(Variable.constant(Tensor.zeros(DType.F32, 4, 3)), 0, 2).size(); // 2
     * }
     */
    public static List<Variable> splitEqual(Variable x, int axis, int count) {
        return split(x, axis, sizes(Misfit.explained(x, t -> Joining.splitEqual(t, axis, count)), axis));
    }

    /**
     * y = at most {@code count} parts along an axis, all of size ceil(n / count), the last smaller if need be; each part's gradient goes
     * to its place. Errors are those of {@link Joining#chunk}.
     *
     * {@snippet :
     * JoiningOps.chunk(Variable.constant(Tensor.zeros(DType.F32, 5, 3)), 0, 2).get(1).shape(); // [2, 3]
     * }
     */
    public static List<Variable> chunk(Variable x, int axis, int count) {
        return split(x, axis, sizes(Misfit.explained(x, t -> Joining.chunk(t, axis, count)), axis));
    }

    private static long[] sizes(List<Tensor> parts, int axis) {
        return parts.stream().mapToLong(part -> part.size(axis)).toArray();
    }
}
