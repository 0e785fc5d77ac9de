package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.tensor.Convolution3d.Options;
import org.junit.jupiter.api.Test;

/** Convolutions of volumes against the definition, on whole numbers, whose sums are exact in any order. */
class Convolution3dTest {
    private static final Options DEFAULT = Options.DEFAULT;

    private static Tensor whole(String name, DType type, long... shape) {
        return Rng.of(31).split(name).integers(Shape.of(shape), -4, 5).to(type);
    }

    /** Calls back for every tap of every position that meets x, with the places in x, weight and y. */
    private static void visit(Shape x, Shape w, Shape y, Options o, Visitor visitor) {
        Sliding[] slides = {o.depth(), o.plane().height(), o.plane().width()};
        long perGroup = w.size(0) / o.plane().groups();
        long[] at = new long[3];
        for (long[] p : indices(y)) {
            for (long[] t : indices(Shape.of(w.size(1), w.size(2), w.size(3), w.size(4)))) {
                boolean inside = true;
                for (int axis = 0; axis < 3; axis++) {
                    Sliding s = slides[axis];
                    at[axis] = p[axis + 2] * s.stride() - s.before() + t[axis + 1] * s.dilation();
                    inside &= at[axis] >= 0 && at[axis] < x.size(axis + 2);
                }
                if (inside) {
                    long channel = p[1] / perGroup * w.size(1) + t[0];
                    visitor.visit(
                            new long[] {p[0], channel, at[0], at[1], at[2]},
                            new long[] {p[1], t[0], t[1], t[2], t[3]},
                            p);
                }
            }
        }
    }

    private interface Visitor {
        void visit(long[] x, long[] w, long[] y);
    }

    private static long[][] indices(Shape shape) {
        long[][] result = new long[(int) shape.elementCount()][shape.rank()];
        for (int i = 0; i < result.length; i++) {
            long rest = i;
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                result[i][axis] = rest % shape.size(axis);
                rest /= shape.size(axis);
            }
        }
        return result;
    }

    private static int flat(Shape shape, long[] index) {
        long at = 0;
        for (int axis = 0; axis < index.length; axis++) {
            at = at * shape.size(axis) + index[axis];
        }
        return (int) at;
    }

    /** What is added up where: x w into y, y w into x, or x y into w. */
    private static Tensor sums(Shape x, Shape w, Shape y, Options o, Tensor a, Tensor b, int into) {
        Shape result = into == 0 ? x : into == 1 ? w : y;
        double[] sums = new double[(int) result.elementCount()];
        double[] u = a.toDoubleArray();
        double[] v = b.toDoubleArray();
        visit(x, w, y, o, (i, j, k) -> {
            switch (into) {
                case 0 -> sums[flat(x, i)] += u[flat(y, k)] * v[flat(w, j)];
                case 1 -> sums[flat(w, j)] += u[flat(x, i)] * v[flat(y, k)];
                default -> sums[flat(y, k)] += u[flat(x, i)] * v[flat(w, j)];
            }
        });
        return Tensor.wrap(sums, result).to(a.dtype());
    }

    private static void assertSame(Tensor expected, Tensor got) {
        assertTrue(
                Comparison.equal(expected, got).shape().equals(got.shape()),
                got.shape().toString());
        assertTrue(Comparison.allClose(got, expected, 0, 0), () -> "must be " + expected + "; got " + got);
    }

    private static void check(Shape x, Shape w, Shape y, Options o, DType type) {
        Tensor a = whole("x", type, x.toArray());
        Tensor weight = whole("w", type, w.toArray());
        Tensor dY = whole("y", type, y.toArray());
        Tensor bias = whole("b", type, w.size(0));
        Tensor expected = sums(x, w, y, o, a, weight, 2);
        assertSame(expected, Convolution3d.conv3d(a, weight, o));
        Tensor column = bias.reshape(w.size(0), 1, 1, 1);
        assertSame(expected.add(column), Convolution3d.conv3d(a, weight, bias, o));
        assertSame(sums(x, w, y, o, dY, weight, 0), Convolution3d.conv3dInputGradient(dY, weight, x, o));
        assertSame(sums(x, w, y, o, a, dY, 1), Convolution3d.conv3dWeightGradient(a, dY, w, o));
    }

    @Test
    void everyOptionFollowsTheDefinition() {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            check(Shape.of(2, 3, 4, 5, 6), Shape.of(5, 3, 2, 3, 2), Shape.of(2, 5, 3, 3, 5), DEFAULT, type);
            Options strided = DEFAULT.stride(2, 3, 1).padding(1, 2, 0).dilation(2, 1, 3);
            check(Shape.of(1, 2, 6, 5, 7), Shape.of(3, 2, 3, 2, 2), Shape.of(1, 3, 2, 3, 4), strided, type);
            Options grouped = DEFAULT.groups(2).padding(1).stride(2);
            check(Shape.of(3, 4, 3, 4, 5), Shape.of(6, 2, 3, 3, 3), Shape.of(3, 6, 2, 2, 3), grouped, type);
            check(Shape.of(2, 3, 4, 3, 3), Shape.of(3, 1, 2, 2, 2), Shape.of(2, 3, 3, 2, 2), DEFAULT.groups(3), type);
        }
    }

    @Test
    void theTransposedIsTheAdjointOfTheConvolution() {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            transposed(DEFAULT, Shape.of(2, 2, 4, 4, 3), Shape.of(4, 2, 3, 2, 2), Shape.of(2, 4, 2, 3, 2), type);
            // Of the sizes that a stride maps to y's the output padding chooses the larger ones.
            Options wide = DEFAULT.stride(2).padding(1).outputPadding(1, 0, 1).groups(2);
            transposed(wide, Shape.of(1, 4, 4, 3, 6), Shape.of(6, 2, 3, 3, 3), Shape.of(1, 6, 2, 2, 3), type);
        }
    }

    private static void transposed(Options o, Shape x, Shape w, Shape y, DType type) {
        Tensor small = whole("y", type, y.toArray());
        Tensor large = whole("x", type, x.toArray());
        Tensor weight = whole("w", type, w.toArray());
        Tensor bias = whole("b", type, x.size(1));
        Tensor expected = sums(x, w, y, o, small, weight, 0);
        assertSame(expected, Convolution3d.convTranspose3d(small, weight, o));
        Tensor column = bias.reshape(x.size(1), 1, 1, 1);
        assertSame(expected.add(column), Convolution3d.convTranspose3d(small, weight, bias, o));
        assertSame(sums(x, w, y, o, large, weight, 2), Convolution3d.convTranspose3dInputGradient(large, weight, y, o));
        assertSame(sums(x, w, y, o, large, small, 1), Convolution3d.convTranspose3dWeightGradient(small, large, w, o));
    }

    @Test
    void oneSliceIsAConvolutionOfPlanes() {
        Tensor x = Rng.of(1).normal(DType.F32, Shape.of(2, 3, 1, 9, 8), 0, 1);
        Tensor weight = Rng.of(2).normal(DType.F32, Shape.of(4, 3, 1, 3, 3), 0, 1);
        Tensor plane = Convolution.conv2d(x.squeeze(2), weight.squeeze(2), Convolution.Options.DEFAULT.padding(1));
        assertTrue(plane.unsqueeze(2).copy().bitEquals(Convolution3d.conv3d(x, weight, DEFAULT.padding(0, 1, 1))));
    }

    @Test
    void anEmptyBatchGivesAnEmptyBatch() {
        Tensor x = Tensor.zeros(DType.F32, 0, 2, 3, 3, 3);
        Tensor weight = Tensor.ones(DType.F32, 4, 2, 2, 2, 2);
        Tensor y = Convolution3d.conv3d(x, weight, DEFAULT);
        assertEquals(Shape.of(0, 4, 2, 2, 2), y.shape());
        assertEquals(
                x.shape(),
                Convolution3d.conv3dInputGradient(y, weight, x.shape(), DEFAULT).shape());
        assertSame(
                Tensor.zeros(DType.F32, weight.shape()),
                Convolution3d.conv3dWeightGradient(x, y, weight.shape(), DEFAULT));
    }

    @Test
    void errorsShowTheShapesGiven() {
        Tensor x = Tensor.zeros(DType.F32, 2, 3, 4, 5, 6);
        message(
                "conv3d: x must be [n, in, depth, height, width] and weight [out, in / groups, slices, rows, columns], no"
                        + " axis of the weight empty; got x [3, 4, 5, 6] and weight [5, 3, 2, 2, 2]"
                        + "\n  x >[3, 4, 5, 6]< F32"
                        + "\n  weight [5, 3, 2, 2, 2] F32"
                        + "\n  try x.unsqueeze(0): [1, 3, 4, 5, 6] fits",
                () -> Convolution3d.conv3d(x.select(0, 0), Tensor.zeros(DType.F32, 5, 3, 2, 2, 2), DEFAULT));
        message(
                "conv3d: the weight must take in / groups = 3 channels; got x [2, 3, 4, 5, 6], weight [5, 2, 2, 2, 2] and"
                        + " 1 groups"
                        + "\n  x [2, >3<, 4, 5, 6] F32"
                        + "\n  weight [5, >2<, 2, 2, 2] F32"
                        + "\n  try x.transpose(0, 1): [3, 2, 4, 5, 6] fits",
                () -> Convolution3d.conv3d(x, Tensor.zeros(DType.F32, 5, 2, 2, 2, 2), DEFAULT));
        message(
                "conv3d: the window must fit into the padded depth; got 5 taps of dilation 1, which span 5, over 4 + 0 +"
                        + " 0; pad more"
                        + "\n  x [2, 3, 4, 5, 6] F32"
                        + "\n  weight [5, 3, 5, 2, 2] F32",
                () -> Convolution3d.conv3d(x, Tensor.zeros(DType.F32, 5, 3, 5, 2, 2), DEFAULT));
        message(
                "conv3d: the window must fit into the padded height; got 6 taps of dilation 1, which span 6, over 5 + 0 +"
                        + " 0; pad more"
                        + "\n  x [2, 3, 4, 5, 6] F32"
                        + "\n  weight [5, 3, 2, 6, 2] F32",
                () -> Convolution3d.conv3d(x, Tensor.zeros(DType.F32, 5, 3, 2, 6, 2), DEFAULT));
        message(
                "conv3d: the bias must be [out] = [5]; got [4]"
                        + "\n  x [2, 3, 4, 5, 6] F32"
                        + "\n  weight [>5<, 3, 2, 2, 2] F32"
                        + "\n  bias [>4<] F32",
                () -> Convolution3d.conv3d(
                        x, Tensor.zeros(DType.F32, 5, 3, 2, 2, 2), Tensor.zeros(DType.F32, 4), DEFAULT));
        message(
                "convTranspose3d: output padding must be below the stride or the dilation; got 1 for the depth with"
                        + " stride 1 and dilation 1"
                        + "\n  x [2, 3, 4, 5, 6] F32"
                        + "\n  weight [3, 2, 2, 2, 2] F32",
                () -> Convolution3d.convTranspose3d(
                        x, Tensor.zeros(DType.F32, 3, 2, 2, 2, 2), DEFAULT.outputPadding(1, 0, 0)));
        message(
                "conv3dInputGradient: dY must have the shape of y, [2, 5, 3, 4, 5]; got [2, 3, 4, 5, 6]"
                        + "\n  dY [2, >3<, >4<, >5<, >6<] F32",
                () -> Convolution3d.conv3dInputGradient(x, Tensor.zeros(DType.F32, 5, 3, 2, 2, 2), x.shape(), DEFAULT));
        assertEquals(
                "conv3d: types must agree; got F32 and F64; convert with to()",
                assertThrows(
                                DTypeException.class,
                                () -> Convolution3d.conv3d(x, Tensor.zeros(DType.F64, 5, 3, 2, 2, 2), DEFAULT))
                        .getMessage());
        assertEquals(
                "convolution: output padding must not be negative; got -1 for the depth",
                assertThrows(IllegalArgumentException.class, () -> DEFAULT.outputPadding(-1, 0, 0))
                        .getMessage());
    }

    private static void message(String expected, Runnable call) {
        assertEquals(expected, assertThrows(ShapeException.class, call::run).getMessage());
    }
}
