package luthier.tensor;

import java.util.Arrays;
import java.util.List;
import luthier.tensor.FrozenMatrix.Dense;
import luthier.tensor.kernel.Gemm;
import luthier.tensor.kernel.StoredMatrix;
import org.jspecify.annotations.Nullable;

/** The products of {@link Matmul} with a {@link FrozenMatrix}, and its rows: one in codes is read as it is stored. */
final class FrozenProduct {
    private FrozenProduct() {}

    /** Returns X W^T + b. */
    static Tensor linear(Tensor x, FrozenMatrix weight, @Nullable Tensor bias) {
        try {
            Tensor start = bias == null ? null : Matmul.checkBias(x, weight.shape(), bias);
            return switch (weight) {
                case Dense dense -> Matmul.linearWith(x, numbers(x, dense), start);
                case Quantized quantized -> linear(x, weight, quantized.matrix(), start);
                case BlockQuantized blocks -> linear(x, weight, blocks.matrix(), start);
            };
        } catch (ShapeException e) {
            List<Operand> operands = Operand.of("x, bias", x, bias);
            operands.add(1, Operand.of("weight", weight.shape()));
            throw e.of("linear", ShapeRule.LINEAR, operands);
        }
    }

    private static Tensor linear(Tensor x, FrozenMatrix weight, StoredMatrix matrix, @Nullable Tensor bias) {
        if (x.dtype() == DType.F64) {
            return Matmul.linearWith(x, doubles(weight), bias);
        }
        requireSingle("linear", x);
        return product(x, matrix, true, Matmul.linearShape(x, weight.shape()), bias);
    }

    /** Returns X W. */
    static Tensor matmul(Tensor x, FrozenMatrix weight) {
        try {
            return switch (weight) {
                case Dense dense -> Matmul.matmul(x, numbers(x, dense));
                case Quantized quantized -> matmul(x, weight, quantized.matrix());
                case BlockQuantized blocks -> matmul(x, weight, blocks.matrix());
            };
        } catch (ShapeException e) {
            throw e.of("matmul", ShapeRule.MATMUL, List.of(Operand.of("x", x), Operand.of("weight", weight.shape())));
        }
    }

    private static Tensor matmul(Tensor x, FrozenMatrix weight, StoredMatrix matrix) {
        if (x.dtype() == DType.F64) {
            return Matmul.matmul(x, doubles(weight));
        }
        requireSingle("matmul", x);
        long[] sizes = x.shape().toArray();
        if (x.rank() == 0 || x.size(-1) != weight.shape().size(0)) {
            boolean turned = x.rank() > 0 && x.size(-1) == weight.shape().size(1);
            throw new ShapeException("matmul: inner sizes must agree ([.., k] x [k, n]); got " + x.shape() + " and "
                    + weight.shape() + (turned ? "; use linear, which multiplies with the transpose" : ""));
        }
        sizes[sizes.length - 1] = weight.shape().size(1);
        return product(x, matrix, false, Shape.of(sizes), null);
    }

    private static Tensor numbers(Tensor x, Dense weight) {
        weight.requireUnchanged();
        return x.dtype() == DType.F64 ? doubles(weight) : weight.tensor();
    }

    /** Beside F64, which is for gradient checks, every weight is unpacked. */
    private static Tensor doubles(FrozenMatrix weight) {
        return weight.dequantize().to(DType.F64);
    }

    private static void requireSingle(String name, Tensor x) {
        if (x.dtype() != DType.F32) {
            throw new DTypeException(name + ": x must be F32 or F64 beside a quantised weight; got " + x.dtype()
                    + "; convert with to()");
        }
    }

    private static Tensor product(
            Tensor x, StoredMatrix matrix, boolean transposed, Shape shape, @Nullable Tensor bias) {
        int k = (int) x.size(-1);
        int n = (int) shape.size(-1);
        float[] y = Pool.floats(shape.arrayLength(transposed ? "linear" : "matmul"));
        int m = (int) Matmul.rows(shape.toArray());
        Tensor flat = x.contiguous().reshape(m, k);
        Gemm.multiply(m, n, k, Matmul.matrix(flat, 0), matrix, transposed, Matmul.target(y, 0, n, bias));
        return Creation.over(y, shape);
    }

    /** Returns some rows as numbers, {@code [rows.length, columns]}. */
    static Tensor rows(FrozenMatrix weight, int[] rows) {
        return switch (weight) {
            case Dense dense -> {
                dense.requireUnchanged();
                long[] index = Arrays.stream(rows).asLongStream().toArray();
                Tensor chosen = Indexing.indexSelect(dense.tensor(), 0, Tensor.of(index, index.length));
                yield chosen.dtype().isFloating() ? chosen : chosen.to(DType.F32);
            }
            case Quantized quantized -> unpacked(weight.shape(), quantized.matrix(), rows);
            case BlockQuantized blocks -> unpacked(weight.shape(), blocks.matrix(), rows);
        };
    }

    private static Tensor unpacked(Shape shape, StoredMatrix matrix, int[] rows) {
        int columns = (int) shape.size(1);
        Shape chosen = Shape.of(rows.length, columns);
        float[] result = Pool.floats(chosen.arrayLength("embedding"));
        for (int i = 0; i < rows.length; i++) {
            matrix.unpack(rows[i], 0, columns, result, i * columns);
        }
        return Creation.over(result, chosen);
    }

    /** Returns the numbers of a matrix in codes. */
    static Tensor unpacked(Shape shape, StoredMatrix matrix) {
        int rows = (int) shape.size(0);
        int columns = (int) shape.size(1);
        float[] result = new float[shape.arrayLength("dequantize")];
        for (int i = 0; i < rows; i++) {
            matrix.unpack(i, 0, columns, result, i * columns);
        }
        return Tensor.wrap(result, shape);
    }
}
