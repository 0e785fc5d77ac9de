package luthier.tensor;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.util.Arrays;

/** Tensors of regular numbers: arange, linspace, logspace, eye. Plain fills are methods of {@link Tensor}. */
public final class Creation {
    private Creation() {}

    /**
     * Returns {@code start, start + step, ...} before {@code stop} as I64; empty if stop lies the other way.
     *
     * {@snippet :
     * Creation.arange(5, 0, -2); // I64[3][5, 3, 1]
     * }
     *
     * @throws ShapeException if step is 0 or there are more numbers than an array holds
     */
    public static Tensor arange(long start, long stop, long step) {
        long[] values = new long[count(BigDecimal.valueOf(start), BigDecimal.valueOf(stop), BigDecimal.valueOf(step))];
        for (int i = 0; i < values.length; i++) {
            values[i] = start + i * step;
        }
        return Tensor.wrap(values, Shape.of(values.length));
    }

    /**
     * Returns {@code start, start + step, ...} before {@code stop} as F32, F64 or I64. How many there are is computed exactly, from
     * the doubles as they are: {@code ceil((stop - start) / step)}. Element i is {@code start + i step}, rounded once to F64 and once
     * to the type (fractions cut off for I64, whose bounds and step must be below 2^53: {@link #arange(long, long, long)} takes all).
     *
     * {@snippet :
     * Creation.arange(DType.F32, 0, 1, 0.25); // F32[4][0.0, 0.25, 0.5, 0.75]
     * }
     *
     * @throws ShapeException if step is 0, an argument is not finite, or there are more numbers than an array holds
     * @throws DTypeException if the type is none of the three
     */
    public static Tensor arange(DType dtype, double start, double stop, double step) {
        requireNumbers("arange", dtype);
        requireFinite("arange", start, stop, step);
        requireExact("arange", dtype, start, stop, step);
        requireStep(step != 0);
        // Halved, so that the distance of two finite bounds is finite.
        double estimate = (stop / 2 - start / 2) / step * 2;
        if (estimate > 2.0 * Layout.MAX_ARRAY) {
            throw tooMany(Double.toString(Math.ceil(estimate)));
        }
        int n = estimate < 0 ? 0 : count(new BigDecimal(start), new BigDecimal(stop), new BigDecimal(step));
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = Math.fma(i, step, start);
        }
        return Tensor.wrap(values, Shape.of(n)).to(dtype);
    }

    private static int count(BigDecimal start, BigDecimal stop, BigDecimal step) {
        requireStep(step.signum() != 0);
        BigDecimal[] parts = stop.subtract(start).divideAndRemainder(step);
        BigDecimal n =
                parts[1].signum() == 0 || parts[1].signum() != step.signum() ? parts[0] : parts[0].add(BigDecimal.ONE);
        if (n.compareTo(BigDecimal.valueOf(Layout.MAX_ARRAY)) > 0) {
            throw tooMany(n.toPlainString());
        }
        return Math.max(0, n.intValue());
    }

    private static void requireStep(boolean moves) {
        if (!moves) {
            throw new ShapeException("arange: the step must not be 0; got 0");
        }
    }

    private static ShapeException tooMany(String n) {
        return new ShapeException(
                "arange: a tensor may hold at most " + Layout.MAX_ARRAY + " elements; got " + n + "; split it");
    }

    private static void requireNumbers(String name, DType dtype) {
        if (!dtype.isFloating() && dtype != DType.I64) {
            throw new DTypeException(name + ": needs F32, F64 or I64; got " + dtype + "; convert with to()");
        }
    }

    private static void requireFinite(String name, double... values) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new ShapeException(name + ": bounds and steps must be finite; got " + value);
            }
        }
    }

    private static void requireExact(String name, DType dtype, double... values) {
        for (double value : values) {
            if (dtype == DType.I64 && Math.abs(value) >= Require.INEXACT) {
                throw Require.inexact(name, value);
            }
        }
    }

    /**
     * Returns {@code count} evenly spaced numbers from start to stop, both included exactly: {@code start (1 - t) + stop t} with {@code
     * t = i / (count - 1)}, computed from the nearer end. One number is start, none is empty.
     *
     * {@snippet :
     * Creation.linspace(DType.F32, 0, 1, 5); // F32[5][0.0, 0.25, 0.5, 0.75, 1.0]
     * }
     *
     * @throws ShapeException if count is negative or a bound is not finite
     * @throws DTypeException if the type is not F32, F64 or I64
     */
    public static Tensor linspace(DType dtype, double start, double stop, int count) {
        return Tensor.wrap(even("linspace", dtype, start, stop, count), Shape.of(count))
                .to(dtype);
    }

    private static double[] even(String name, DType dtype, double start, double stop, int count) {
        requireNumbers(name, dtype);
        requireFinite(name, start, stop);
        requireExact(name, dtype, start, stop);
        if (count < 0) {
            throw new ShapeException(name + ": the count must not be negative; got " + count);
        }
        double[] values = new double[count];
        // Divided first: stop - start may overflow.
        double step = count < 2 ? 0 : stop / (count - 1) - start / (count - 1);
        for (int i = 0; i < count; i++) {
            values[i] = i < (count + 1) / 2 ? Math.fma(i, step, start) : Math.fma(i - (count - 1), step, stop);
        }
        return values;
    }

    /**
     * Returns {@code base} to the power of {@code count} evenly spaced exponents from start to stop.
     *
     * {@snippet :
     * Creation.logspace(DType.F64, 0, 3, 4, 10); // F64[4][1.0, 10.0, 100.0, 1000.0]
     * }
     *
     * @throws ShapeException if count is negative or an argument is not finite
     * @throws DTypeException if the type is not F32, F64 or I64
     */
    public static Tensor logspace(DType dtype, double start, double stop, int count, double base) {
        requireFinite("logspace", base);
        double[] values = even("logspace", dtype, start, stop, count);
        for (int i = 0; i < values.length; i++) {
            values[i] = StrictMath.pow(base, values[i]);
        }
        requireExact("logspace", dtype, values);
        return Tensor.wrap(values, Shape.of(count)).to(dtype);
    }

    /**
     * Returns ones on the main diagonal and zeros elsewhere, {@code [rows, columns]}, of any type.
     *
     * {@snippet :
     * Creation.eye(DType.I64, 2, 3); // I64[2, 3][1, 0, 0, 0, 1, 0]
     * }
     *
     * @throws ShapeException if a size is negative or the array limit is exceeded
     */
    public static Tensor eye(DType dtype, long rows, long columns) {
        Tensor result = Tensor.zeros(dtype, rows, columns);
        Tensor diagonal = Diagonals.diagonal(result, 0, 0, 1);
        StridedCopy.copy(Tensor.ones(dtype, diagonal.size(0)), diagonal);
        return result;
    }

    /** Returns the identity matrix {@code [n, n]}, of any type. */
    public static Tensor eye(DType dtype, long n) {
        return eye(dtype, n, n);
    }

    // ---- fills and arrays, for Tensor

    static Tensor full(DType dtype, double value, Shape shape) {
        return full("full", dtype, value, shape);
    }

    /** Fills for another operation, which errors name. */
    static Tensor full(String name, DType dtype, double value, Shape shape) {
        Require.whole(name, dtype, value);
        Tensor result = Tensor.zeros(dtype, shape);
        switch (result.storage()) {
            case float[] a -> Arrays.fill(a, (float) value);
            case double[] a -> Arrays.fill(a, value);
            case long[] a -> Arrays.fill(a, (long) value);
            case int[] a -> Arrays.fill(a, (int) value);
            default -> {
                return Conversion.convert(Tensor.scalar(value), dtype)
                        .expand(shape)
                        .copy();
            }
        }
        return result;
    }

    static Tensor full(DType dtype, long value, Shape shape) {
        if (dtype != DType.I64) {
            return full(dtype, (double) value, shape);
        }
        Tensor result = Tensor.zeros(dtype, shape);
        Arrays.fill(result.longs(), value);
        return result;
    }

    /** The type whose numbers a kind of array holds. */
    static DType kind(Object array) {
        return switch (array) {
            case float[] a -> DType.F32;
            case double[] a -> DType.F64;
            case long[] a -> DType.I64;
            case int[] a -> DType.I32;
            case byte[] a -> DType.BOOL;
            default ->
                throw new DTypeException("wrap: the array must be float[], double[], long[], int[] or byte[]; got "
                        + array.getClass().getSimpleName());
        };
    }

    static Tensor wrap(DType dtype, Object array, Shape shape) {
        Class<?> kind = switch (dtype) {
            case F32 -> float[].class;
            case F64 -> double[].class;
            case I64 -> long[].class;
            case I32 -> int[].class;
            case BF16, F16 -> short[].class;
            case BOOL, I8, U8 -> byte[].class;
        };
        if (array.getClass() != kind) {
            throw new DTypeException("wrap: " + dtype + " is stored in a " + kind.getSimpleName() + "; got "
                    + array.getClass().getSimpleName());
        }
        int length = Array.getLength(array);
        if (shape.elementCount() != length) {
            throw new ShapeException("tensor: the data must fill the shape; got " + length + " values for " + shape
                    + " (" + shape.elementCount() + " elements)");
        }
        return new Tensor(dtype, shape, Layout.rowMajor(shape), 0, array);
    }

    /** Returns a tensor whose elements are whatever they are, for a result that will write them all. */
    static Tensor blank(DType dtype, Shape shape, String operation) {
        return dtype == DType.F32 ? over(Pool.floats(shape.arrayLength(operation)), shape) : Tensor.zeros(dtype, shape);
    }

    /** Returns a contiguous F32 tensor over the first numbers of an array that may be longer, {@link Pool#floats}. */
    static Tensor over(float[] array, Shape shape) {
        return new Tensor(DType.F32, shape, Layout.rowMajor(shape), 0, array);
    }

    /** Returns a new zeroed storage array, or throws a {@link ShapeException} where the heap array limit is exceeded. */
    static Object allocate(DType dtype, Shape shape, String operation) {
        int n = shape.arrayLength(operation);
        return switch (dtype) {
            case F32 -> new float[n];
            case F64 -> new double[n];
            case I64 -> new long[n];
            case I32 -> new int[n];
            case BF16, F16 -> new short[n];
            case BOOL, I8, U8 -> new byte[n];
        };
    }
}
