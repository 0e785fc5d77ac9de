package luthier.tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Runs every public operation on fixed numbers and prints a line for each, {@code size Family.operation, variant hash}. Two JVMs
 * that print the same lines computed the same bits. Run as {@code ExactnessProgram TINY LARGE LARGE@3}, the last one on three
 * threads.
 */
final class ExactnessProgram {
    /** How much is computed. */
    enum Size {
        /** For interpreters and for processors on which a fused multiply-add is made by software. */
        TINY(37, 5, 19, new int[] {13, 19, 18}, 6, 5),
        /** Vector bodies and tails of all kernels. */
        MIDDLE(4099, 70, 97, new int[] {97, 130, 65}, 13, 24),
        /** Enough work to share it between threads. */
        LARGE(210_007, 150, 517, new int[] {257, 300, 129}, 21, 24);

        final int elements;
        final int rows;
        final int columns;
        final int[] matmul;
        final int image;
        final int square;

        Size(int elements, int rows, int columns, int[] matmul, int image, int square) {
            this.elements = elements;
            this.rows = rows;
            this.columns = columns;
            this.matmul = matmul;
            this.image = image;
            this.square = square;
        }
    }

    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        -3 * Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        1,
        -1,
        0.5f,
        88.8f,
        -104,
        1e-20f,
        1e20f,
        3.1415927f,
        1e6f,
        -2.5f
    };

    /** Numbers around 0 with special ones at both ends. */
    final Tensor x;

    /** The same in another order. */
    final Tensor y;

    /** Fewer numbers in double precision, whose kernels are slow. */
    final Tensor wideX;

    final Tensor wideY;

    /** Finite numbers, {@code [rows, columns]}. */
    final Tensor matrix;

    /** The same in double precision; fewer rows. */
    final Tensor wideMatrix;

    final Size size;
    private final Map<String, Supplier<Object>> operations = new LinkedHashMap<>();

    private ExactnessProgram(Size size) {
        this.size = size;
        x = withSpecial(normal("x", 3, size.elements), 0);
        y = withSpecial(normal("y", 3, size.elements), 7);
        int few = Math.min(20_011, size.elements);
        wideX = x.slice(0, 0, few).to(DType.F64);
        wideY = y.slice(0, 0, few).to(DType.F64);
        matrix = normal("matrix", 1, size.rows, size.columns);
        wideMatrix = wide("matrix", Math.min(70, size.rows), size.columns);
    }

    /** Returns all operations with their variants, {@code Family.operation, variant}. */
    static Map<String, Supplier<Object>> operations(Size size) {
        ExactnessProgram program = new ExactnessProgram(size);
        ExactnessElements.addTo(program);
        ExactnessAxes.addTo(program);
        ExactnessShapes.addTo(program);
        ExactnessProducts.addTo(program);
        return program.operations;
    }

    public static void main(String[] arguments) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (String argument : arguments) {
            String[] sizeAndThreads = argument.split("@");
            if (sizeAndThreads.length > 1) {
                Threads.set(Integer.parseInt(sizeAndThreads[1]));
            }
            for (Map.Entry<String, Supplier<Object>> operation :
                    operations(Size.valueOf(sizeAndThreads[0])).entrySet()) {
                long hash = digest(17, operation.getValue().get());
                lines.append(argument)
                        .append(' ')
                        .append(operation.getKey())
                        .append(' ')
                        .append(Long.toHexString(hash))
                        .append('\n');
            }
        }
        System.out.print(lines);
    }

    /** Adds an operation, its name as {@code Family.operation} with or without {@code , variant}. */
    void add(String name, Supplier<Object> operation) {
        if (operations.put(name, operation) != null) {
            throw new IllegalArgumentException("every entry needs a name of its own; got " + name);
        }
    }

    void unary(String name, UnaryOperator<Tensor> operation) {
        add(name + ", F32", () -> operation.apply(x));
        add(name + ", F64", () -> operation.apply(wideX));
    }

    void binary(String name, BinaryOperator<Tensor> operation) {
        add(name + ", F32", () -> operation.apply(x, y));
        add(name + ", F64", () -> operation.apply(wideX, wideY));
        add(name + ", row", () -> operation.apply(matrix, matrix.select(0, 1)));
        add(name + ", column", () -> operation.apply(matrix.slice(1, 2, 3), matrix));
    }

    /** Over both types and over rows, columns and a view. */
    void reduction(String name, UnaryOperator<Tensor> operation) {
        add(name + ", F32", () -> operation.apply(matrix));
        add(name + ", F64", () -> operation.apply(wideMatrix));
        add(name + ", transposed", () -> operation.apply(matrix.transpose(0, 1)));
        add(name + ", special", () -> operation.apply(x.slice(0, 0, 36).reshape(4, 9)));
    }

    Tensor normal(String name, double std, long... shape) {
        return Rng.of(2026).split(name).normal(DType.F32, Shape.of(shape), 0, std);
    }

    Tensor wide(String name, long... shape) {
        return Rng.of(2026).split(name).normal(DType.F64, Shape.of(shape), 0, 1);
    }

    Tensor integers(String name, long low, long high, long... shape) {
        return Rng.of(2026).split(name).integers(Shape.of(shape), low, high);
    }

    Tensor truths(String name, long... shape) {
        return Rng.of(2026).split(name).bernoulli(Shape.of(shape), 0.5);
    }

    private static Tensor withSpecial(Tensor x, int shift) {
        float[] values = x.toFloatArray();
        for (int i = 0; i < SPECIAL.length; i++) {
            float special = SPECIAL[(i + shift) % SPECIAL.length];
            values[i] = special;
            if (values.length > 1000) {
                values[values.length - 1 - i] = special;
            }
        }
        return Tensor.of(values, values.length);
    }

    /** Mixes whatever an operation returns into a hash; all NaN are one. */
    static long digest(long hash, Object value) {
        return switch (value) {
            case Tensor tensor -> ofTensor(hash, tensor);
            case List<?> list -> {
                long all = mix(hash, list.size());
                for (Object element : list) {
                    all = digest(all, element);
                }
                yield all;
            }
            case Optional<?> optional -> optional.isPresent() ? digest(hash, optional.get()) : mix(hash, 0);
            case Quantized quantized -> digest(digest(hash, quantized.codes()), quantized.absmax());
            case Record record -> ofRecord(hash, record);
            case Double number -> mix(hash, Double.doubleToLongBits(number));
            case Number number -> mix(hash, number.longValue());
            case int[] numbers -> mix(hash, Arrays.hashCode(numbers));
            case Shape shape -> mix(hash, shape.hashCode());
            case Boolean truth -> mix(hash, truth ? 1 : 0);
            case String text -> mix(hash, text.hashCode());
            default -> throw new IllegalArgumentException("no hash is known for " + value.getClass());
        };
    }

    private static long ofRecord(long hash, Record record) {
        long all = hash;
        try {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                all = digest(all, component.getAccessor().invoke(record));
            }
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
        return all;
    }

    private static long ofTensor(long hash, Tensor tensor) {
        long all = mix(hash, tensor.dtype().name().hashCode());
        for (long axis : tensor.shape().toArray()) {
            all = mix(all, axis);
        }
        switch (tensor.toArray()) {
            case float[] a -> {
                for (float v : a) {
                    all = mix(all, Float.floatToIntBits(v));
                }
            }
            case double[] a -> {
                for (double v : a) {
                    all = mix(all, Double.doubleToLongBits(v));
                }
            }
            case long[] a -> {
                for (long v : a) {
                    all = mix(all, v);
                }
            }
            case int[] a -> all = mix(all, Arrays.hashCode(a));
            case short[] a -> all = mix(all, Arrays.hashCode(a));
            case byte[] a -> all = mix(all, Arrays.hashCode(a));
            default -> throw new IllegalArgumentException("no hash is known for " + tensor.dtype());
        }
        return all;
    }

    private static long mix(long hash, long value) {
        long mixed = (hash ^ value) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 32;
    }
}
