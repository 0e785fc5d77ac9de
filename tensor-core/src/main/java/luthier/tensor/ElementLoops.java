package luthier.tensor;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import luthier.tensor.kernel.BinaryKernel;
import luthier.tensor.kernel.DoubleBinary;
import luthier.tensor.kernel.DoubleUnary;
import luthier.tensor.kernel.LongBinary;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.UnaryKernel;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations on single elements. Operands of one shape and single numbers are walked flat, without any set-up; everything
 * else in runs ({@link Broadcasting}). Work is shared among threads by its size and the kernel's cost alone.
 */
final class ElementLoops {
    /** What an element costs through a function object, in picoseconds. */
    static final int OBJECT_PICOSECONDS = 3_000;
    /** Up to so many elements are laid out one by one where operands move unevenly. */
    private static final int FEW = 32;
    /** Elements of a broadcast operand laid out for a kernel at a time. */
    private static final int SCRATCH = 1024;

    private ElementLoops() {}

    /** {@code n} elements of the result from {@code yo} on; an operand starts at its offset and moves in its step. */
    interface Part {
        void run(int ao, int as, int bo, int bs, int yo, int n);
    }

    // ---- one operand

    /** A function of floating-point numbers. */
    static Tensor unary(String name, Tensor x, UnaryKernel f32, DoubleUnaryOperator f64) {
        Require.floating(name, x);
        return x.dtype() == DType.F32 ? floats(x, f32) : doubles(x, f64);
    }

    /** A function of floating-point numbers and integers. */
    static Tensor unary(String name, Tensor x, UnaryKernel f32, DoubleUnaryOperator f64, LongUnaryOperator i64) {
        return switch (x.dtype()) {
            case F32 -> floats(x, f32);
            case F64 -> doubles(x, f64);
            case I64 -> longs(x, i64);
            case I32 -> longs(x.to(DType.I64), i64).to(DType.I32);
            case BOOL, BF16, F16, I8, U8 -> throw Require.numbersNeeded(name, x);
        };
    }

    private static Tensor floats(Tensor x, UnaryKernel kernel) {
        Tensor from = x.contiguous();
        float[] a = from.floats();
        int o = from.offset();
        int n = (int) from.elementCount();
        float[] y = Pool.floats(n);
        if (Broadcasting.isMuch(n, kernel.picoseconds())) {
            forBlocks(n, (start, length) -> kernel.apply(a, o + start, y, start, length));
        } else {
            kernel.apply(a, o, y, 0, n);
        }
        return new Tensor(DType.F32, x.shape(), from.strides(), 0, y);
    }

    private static Tensor doubles(Tensor x, DoubleUnaryOperator operator) {
        Tensor from = x.contiguous();
        double[] a = from.doubles();
        int o = from.offset();
        double[] y = new double[(int) from.elementCount()];
        DoubleUnary.Loop loop = DoubleUnary.loop(operator);
        forBlocks(y.length, OBJECT_PICOSECONDS, (start, length) -> loop.run(a, o + start, y, start, length));
        return new Tensor(DType.F64, x.shape(), from.strides(), 0, y);
    }

    private static Tensor longs(Tensor x, LongUnaryOperator operator) {
        Tensor from = x.contiguous();
        long[] a = from.longs();
        int o = from.offset();
        long[] y = new long[(int) from.elementCount()];
        for (int i = 0; i < y.length; i++) {
            y[i] = operator.applyAsLong(a[o + i]);
        }
        return new Tensor(DType.I64, x.shape(), from.strides(), 0, y);
    }

    /** A range of flat element positions. */
    interface Range {
        void visit(int start, int length);
    }

    /** Visits the blocks of n elements, on all threads if it is much at so many picoseconds each. */
    static void forBlocks(int n, int picoseconds, Range range) {
        if (Broadcasting.isMuch(n, picoseconds)) {
            forBlocks(n, range);
        } else {
            range.visit(0, n);
        }
    }

    private static void forBlocks(int n, Range range) {
        Parallel.run((n + Broadcasting.BLOCK - 1) / Broadcasting.BLOCK, block -> {
            int start = block * Broadcasting.BLOCK;
            range.visit(start, Math.min(Broadcasting.BLOCK, n - start));
        });
    }

    // ---- two operands

    /** A function of two floating-point numbers, or integers too if there is an operator for them. */
    static Tensor binary(
            String name,
            Tensor a,
            Tensor b,
            BinaryKernel f32,
            DoubleBinaryOperator f64,
            @Nullable LongBinaryOperator i64) {
        Require.sameType(name, a, b);
        Shape shape = Require.broadcast(name, a, b);
        long n = shape.elementCount();
        return switch (a.dtype()) {
            case F32 -> floats(name, shape, a, b, f32);
            case F64 -> doubles(name, shape, dense(a, n), dense(b, n), f64);
            case I64 -> longs(name, shape, dense(a, n), dense(b, n), integers(name, a, i64));
            case I32 ->
                longs(name, shape, a.to(DType.I64), b.to(DType.I64), integers(name, a, i64))
                        .to(DType.I32);
            case BOOL, BF16, F16, I8, U8 ->
                throw i64 == null ? Require.floatingNeeded(name, a) : Require.numbersNeeded(name, a);
        };
    }

    /** The same with a number, rounded to the type of a, as the second operand. */
    static Tensor binary(
            String name,
            Tensor a,
            double b,
            BinaryKernel f32,
            DoubleBinaryOperator f64,
            @Nullable LongBinaryOperator i64) {
        if (a.dtype() == DType.F32 && a.isContiguous()) {
            float[] u = a.floats();
            int n = (int) a.elementCount();
            float[] y = Pool.floats(n);
            withNumber(u, a.offset(), (float) b, f32, y, n);
            return new Tensor(DType.F32, a.shape(), a.strides(), 0, y);
        }
        return binary(name, a, number(name, a, b, i64), f32, f64, i64);
    }

    /** Returns a number as a tensor of rank 0 of the type of x. */
    static Tensor number(String name, Tensor x, double value, @Nullable LongBinaryOperator i64) {
        return switch (x.dtype()) {
            case F32 -> Tensor.scalar((float) value);
            case F64 -> Tensor.scalar(value);
            case I64, I32 -> {
                integers(name, x, i64);
                yield Creation.full(name, x.dtype(), value, Shape.of());
            }
            case BOOL, BF16, F16, I8, U8 ->
                throw i64 == null ? Require.floatingNeeded(name, x) : Require.numbersNeeded(name, x);
        };
    }

    private static void withNumber(float[] u, int ao, float b, BinaryKernel kernel, float[] y, int n) {
        if (!Broadcasting.isMuch(n, kernel.picoseconds())) {
            withNumber(u, ao, b, kernel, y, 0, n);
            return;
        }
        forBlocks(n, (start, length) -> withNumber(u, ao + start, b, kernel, y, start, length));
    }

    private static void withNumber(float[] u, int ao, float b, BinaryKernel kernel, float[] y, int yo, int n) {
        float[] v = new float[Math.min(n, SCRATCH)];
        Arrays.fill(v, b);
        for (int done = 0; done < n; done += SCRATCH) {
            kernel.apply(u, ao + done, v, 0, y, yo + done, Math.min(SCRATCH, n - done));
        }
    }

    private static Tensor floats(String name, Shape shape, Tensor a, Tensor b, BinaryKernel kernel) {
        float[] u = a.floats();
        float[] v = b.floats();
        int n = shape.arrayLength(name);
        float[] y = Pool.floats(n);
        if (a.shape().equals(b.shape()) && a.isContiguous() && b.isContiguous()) {
            int ao = a.offset();
            int bo = b.offset();
            if (Broadcasting.isMuch(n, kernel.picoseconds())) {
                forBlocks(n, (start, length) -> kernel.apply(u, ao + start, v, bo + start, y, start, length));
            } else {
                kernel.apply(u, ao, v, bo, y, 0, n);
            }
            return new Tensor(DType.F32, shape, a.strides(), 0, y);
        }
        if (b.elementCount() == 1 && a.shape().equals(shape) && a.isContiguous()) {
            withNumber(u, a.offset(), v[b.offset()], kernel, y, n);
            return new Tensor(DType.F32, shape, a.strides(), 0, y);
        }
        int aEven = evenStep(shape, a);
        int bEven = evenStep(shape, b);
        if (aEven >= 0 && bEven >= 0 && !Broadcasting.isMuch(n, kernel.picoseconds())) {
            new FloatRun(kernel, u, aEven, v, bEven, y).visit(0, n, new int[] {a.offset(), b.offset()});
            return Creation.over(y, shape);
        }
        if (n > 0 && n <= FEW) {
            kernel.apply(laidOut(a, shape, n), 0, laidOut(b, shape, n), 0, y, 0, n);
            return Creation.over(y, shape);
        }
        Tensor left = dense(a, n);
        Tensor right = dense(b, n);
        if (left != a || right != b) {
            return floats(name, shape, left, right, kernel);
        }
        Broadcasting walk = new Broadcasting(shape, a, b);
        int as = walk.step(0);
        int bs = walk.step(1);
        walk.forEach(kernel.picoseconds(), () -> new FloatRun(kernel, u, as, v, bs, y));
        return Creation.over(y, shape);
    }

    /**
     * Returns an operand of n elements copied if neighbours do not lie side by side: a copy transposes in squares, reads whole cache
     * lines and leaves a kernel whole runs, which makes up for it several times.
     */
    static Tensor dense(Tensor x, long n) {
        boolean apart = x.rank() > 0 && x.elementCount() == n && Math.abs(x.strides()[x.rank() - 1]) > 1;
        return apart ? x.contiguous() : x;
    }

    /** Returns the few numbers of an operand, broadcast to a shape; a plan of the walk would cost more than they. */
    private static float[] laidOut(Tensor x, Shape shape, int n) {
        float[] result = new float[n];
        layOut(x.floats(), x.offset(), x, shape, 0, result, 0);
        return result;
    }

    private static int layOut(float[] from, int at, Tensor x, Shape shape, int axis, float[] to, int o) {
        int own = axis - shape.rank() + x.rank();
        int step = own < 0 || x.size(own) == 1 ? 0 : x.strides()[own];
        int size = (int) shape.size(axis);
        int done = o;
        for (int i = 0; i < size; i++) {
            if (axis == shape.rank() - 1) {
                to[done++] = from[at + i * step];
            } else {
                done = layOut(from, at + i * step, x, shape, axis + 1, to, done);
            }
        }
        return done;
    }

    /** Lays out the operand that does not move by ones, in scratch that lasts for a task. */
    private static final class FloatRun implements Broadcasting.Run {
        private final BinaryKernel kernel;
        private final float[] u;
        private final int as;
        private final float[] v;
        private final int bs;
        private final float[] y;
        private float[] left = {};
        private float[] right = {};

        FloatRun(BinaryKernel kernel, float[] u, int as, float[] v, int bs, float[] y) {
            this.kernel = kernel;
            this.u = u;
            this.as = as;
            this.v = v;
            this.bs = bs;
            this.y = y;
        }

        @Override
        public void visit(int position, int length, int[] at) {
            if (as == 1 && bs == 1) {
                kernel.apply(u, at[0], v, at[1], y, position, length);
                return;
            }
            int most = Math.min(length, SCRATCH);
            left = as == 1 ? u : atLeast(left, most);
            right = bs == 1 ? v : atLeast(right, most);
            for (int done = 0; done < length; done += SCRATCH) {
                int part = Math.min(SCRATCH, length - done);
                int leftAt = as == 1 ? at[0] + done : gather(u, at[0] + done * as, as, left, part, done == 0);
                int rightAt = bs == 1 ? at[1] + done : gather(v, at[1] + done * bs, bs, right, part, done == 0);
                kernel.apply(left, leftAt, right, rightAt, y, position + done, part);
            }
        }

        private static float[] atLeast(float[] scratch, int n) {
            return scratch.length >= n ? scratch : new float[n];
        }

        /** Lays out {@code n} elements for a kernel and returns where they start: 0. */
        private static int gather(float[] from, int at, int step, float[] to, int n, boolean first) {
            if (step != 0) {
                for (int i = 0; i < n; i++) {
                    to[i] = from[at + i * step];
                }
            } else if (first) {
                Arrays.fill(to, 0, n, from[at]);
            }
            return 0;
        }
    }

    private static Tensor doubles(String name, Shape shape, Tensor a, Tensor b, DoubleBinaryOperator operator) {
        double[] u = a.doubles();
        double[] v = b.doubles();
        double[] y = new double[shape.arrayLength(name)];
        DoubleBinary.Loop loop = DoubleBinary.loop(operator);
        walk(shape, a, b, OBJECT_PICOSECONDS, (ao, as, bo, bs, yo, n) -> loop.run(u, ao, as, v, bo, bs, y, yo, n));
        return Tensor.wrap(y, shape);
    }

    private static Tensor longs(String name, Shape shape, Tensor a, Tensor b, LongBinaryOperator operator) {
        long[] u = a.longs();
        long[] v = b.longs();
        long[] y = new long[shape.arrayLength(name)];
        LongBinary.Loop loop = LongBinary.loop(operator);
        walk(shape, a, b, OBJECT_PICOSECONDS, (ao, as, bo, bs, yo, n) -> loop.run(u, ao, as, v, bo, bs, y, yo, n));
        return Tensor.wrap(y, shape);
    }

    /** Visits two operands broadcast to a shape: in one part if they move evenly and it is little. */
    static void walk(Shape shape, Tensor a, Tensor b, int picoseconds, Part part) {
        int as = evenStep(shape, a);
        int bs = evenStep(shape, b);
        if (as >= 0 && bs >= 0) {
            int ao = a.offset();
            int bo = b.offset();
            int n = (int) shape.elementCount();
            if (Broadcasting.isMuch(n, picoseconds)) {
                forBlocks(n, (start, length) -> part.run(ao + start * as, as, bo + start * bs, bs, start, length));
            } else {
                part.run(ao, as, bo, bs, 0, n);
            }
            return;
        }
        Broadcasting walk = new Broadcasting(shape, a, b);
        int aStep = walk.step(0);
        int bStep = walk.step(1);
        Broadcasting.Run run = (position, length, at) -> part.run(at[0], aStep, at[1], bStep, position, length);
        walk.forEach(picoseconds, () -> run);
    }

    /** Returns 1 for a contiguous operand of the shape, 0 for a single number, -1 for all others. */
    static int evenStep(Shape shape, Tensor operand) {
        if (operand.elementCount() == 1) {
            return 0;
        }
        return operand.isContiguous() && operand.shape().equals(shape) ? 1 : -1;
    }

    // ---- errors

    private static LongBinaryOperator integers(String name, Tensor x, @Nullable LongBinaryOperator operator) {
        if (operator == null) {
            throw Require.floatingNeeded(name, x);
        }
        return operator;
    }
}
