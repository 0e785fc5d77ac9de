package luthier.tensor;

import java.util.Optional;
import luthier.tensor.Convolution.Options;
import luthier.tensor.linalg.Cholesky;
import luthier.tensor.linalg.LinearAlgebra;
import luthier.tensor.linalg.LinearAlgebra.MatrixNorm;
import luthier.tensor.linalg.Qr;
import luthier.tensor.linalg.Svd;
import luthier.tensor.linalg.SymmetricEigen;

/** What {@link ExactnessProgram} runs of products: matmul, attention, einsum, linear algebra, convolution and pools. */
final class ExactnessProducts {
    private ExactnessProducts() {}

    static void addTo(ExactnessProgram program) {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            matmul(program, ", " + type, type);
            attention(program, ", " + type, type);
            linearAlgebra(program, ", " + type, type);
            convolution(program, ", " + type, type);
            transposedConvolution(program, ", " + type, type);
            volumes(program, ", " + type, type);
            pools(program, ", " + type, type);
            resize(program, ", " + type, type);
        }
        quantized(program);
        Tensor integers = program.integers("integers", -99, 99, 13, 19);
        program.add("Matmul.matmul, I64", () -> Matmul.matmul(integers, integers.transpose(0, 1)));
    }

    private static void matmul(ExactnessProgram program, String which, DType type) {
        // F64 is scalar code: a small size shows everything.
        int[] sizes = type == DType.F32 ? program.size.matmul : new int[] {13, 19, 18};
        int m = sizes[0];
        int k = sizes[1];
        int n = sizes[2];
        Tensor a = program.normal("left", 1, m, k).to(type);
        Tensor b = program.normal("right", 1, k, n).to(type);
        Tensor weight = program.normal("linear", 1, n, k).to(type);
        Tensor bias = program.normal("bias", 1, n).to(type);
        Tensor batch = program.normal("batch", 1, 3, 11, 21).to(type);
        program.add("Matmul.matmul" + which, () -> Matmul.matmul(a, b));
        program.add("Matmul.matmul, left transposed" + which, () -> Matmul.matmul(a.transpose(0, 1), a));
        program.add("Matmul.matmul, right transposed" + which, () -> Matmul.matmul(a, weight.transpose(0, 1)));
        program.add("Matmul.matmul, batches" + which, () -> Matmul.matmul(batch, batch.transpose(1, 2)));
        program.add("Matmul.matmul, vector" + which, () -> Matmul.matmul(a, b.select(1, 0)));
        program.add("Matmul.matmul, row" + which, () -> Matmul.matmul(a.slice(0, 0, 1), b));
        program.add("Matmul.matmul, special" + which, () -> {
            Tensor x = program.x.slice(0, 0, 36).reshape(6, 6).to(type);
            return Matmul.matmul(x, x.transpose(0, 1));
        });
        program.add("Matmul.linear" + which, () -> Matmul.linear(a, weight));
        program.add("Matmul.linear, bias" + which, () -> Matmul.linear(a, weight, bias));
        program.add("Matmul.linear, one" + which, () -> Matmul.linear(a.slice(0, 0, 1), weight, bias));
        program.add("Product.dot" + which, () -> Product.dot(a, a));
        program.add("Product.outer" + which, () -> Product.outer(a.select(0, 0), b.select(0, 0)));
        program.add("Product.kron" + which, () -> Product.kron(batch.select(0, 0), b.slice(0, 0, 4)));
        program.add("Einsum.einsum" + which, () -> Einsum.einsum("ij,jk,k->i", a, b, bias));
        program.add("Einsum.einsum, batches" + which, () -> Einsum.einsum("bij,bkj->bki", batch, batch));
        program.add(
                "Einsum.plan" + which,
                () -> Einsum.plan("ij,jk,k->i", a.shape(), b.shape(), bias.shape())
                        .toString());
    }

    private static void attention(ExactnessProgram program, String which, DType type) {
        int t = program.size.image;
        Tensor q = program.normal("q", 1, 2, 3, t, 19).to(type);
        Tensor k = program.normal("k", 1, 2, 3, t + 3, 19).to(type);
        Tensor v = program.normal("v", 1, 2, 3, t + 3, 19).to(type);
        Tensor visible = Diagonals.tril(Tensor.ones(DType.BOOL, t, t + 3), -1);
        Attention.Options plain = Attention.Options.scaled(0.23);
        program.add("Attention.attention" + which, () -> Attention.attention(q, k, v, Optional.empty(), plain));
        program.add(
                "Attention.attention, masked" + which,
                () -> Attention.attention(q, k, v, Optional.empty(), plain.seeing(visible)));
        program.add(
                "Attention.attention, causal" + which,
                () -> Attention.attention(q, k, v, Optional.empty(), plain.causally()));
        program.add(
                "Attention.attentionBackward" + which,
                () -> Attention.attentionBackward(q, k, v, Optional.empty(), plain.seeing(visible), false, q));
    }

    private static void quantized(ExactnessProgram program) {
        int out = Math.min(70, program.size.columns);
        Tensor weight = program.normal("quantized", 1, out, program.size.rows < 10 ? 64 : 128);
        Tensor x = program.normal("rows", 1, program.size.matmul[0], weight.size(1));
        Tensor bias = program.normal("bias", 1, out);
        Quantized[] all = {
            Quantized.int8(weight),
            Quantized.int8Blocks(weight, 64),
            Quantized.nf4(weight, 64),
            Quantized.nf4Double(weight, 64)
        };
        Tensor rows = program.normal("rows", 1, program.size.matmul[0], out);
        program.add("Quantized.int8", () -> Quantized.int8(weight));
        program.add("Quantized.int8Blocks", () -> Quantized.int8Blocks(weight, 64));
        program.add("Quantized.nf4", () -> Quantized.nf4(weight, 64));
        program.add("Quantized.nf4Double", () -> Quantized.nf4Double(weight, 64));
        program.add("Quantized.nf4Codebook", Quantized::nf4Codebook);
        for (int i = 0; i < all.length; i++) {
            Quantized stored = all[i];
            program.add("Quantized.dequantize, " + i, stored::dequantize);
            program.add("Quantized.codes, " + i, stored::codes);
            program.add("Quantized.absmax, " + i, stored::absmax);
            program.add("Quantized.packed, " + i, stored::packed);
            frozen(program, ", quantized " + i, stored, x, rows, bias);
        }
        for (BlockQuantized.Type type : BlockQuantized.Type.values()) {
            if (!type.isMadeHere()) {
                BlockQuantized read = GgufBlocks.random(type, 40, 512, 5);
                program.add("BlockQuantized.ofBlocks, " + type, read::dequantize);
                Tensor wide = Rng.of(6).normal(DType.F32, Shape.of(3, 512), 0, 1);
                Tensor tall = Rng.of(7).normal(DType.F32, Shape.of(3, 40), 0, 1);
                frozen(program, ", " + type, read, wide, tall, Rng.of(8).normal(DType.F32, Shape.of(40), 0, 1));
                continue;
            }
            program.add(
                    "BlockQuantized.of, " + type,
                    () -> BlockQuantized.of(type, weight).dequantize());
            BlockQuantized stored = BlockQuantized.of(type, weight);
            BlockQuantized read = BlockQuantized.ofBlocks(type, weight.shape(), stored.blocks());
            program.add("BlockQuantized.ofBlocks, " + type, read::dequantize);
            program.add("BlockQuantized.dequantize, " + type, stored::dequantize);
            frozen(program, ", " + type, stored, x, rows, bias);
        }
        FrozenMatrix dense = FrozenMatrix.of(weight);
        program.add("FrozenMatrix.of", () -> FrozenMatrix.of(weight).dequantize());
        program.add("FrozenMatrix.dequantize", dense::dequantize);
        frozen(program, ", frozen", dense, x, rows, bias);
        for (DType type : new DType[] {DType.BF16, DType.F16}) {
            Tensor half = weight.to(type);
            program.add("Matmul.linear, " + type, () -> Matmul.linear(x, half, bias));
            program.add("Matmul.linear, row " + type, () -> Matmul.linear(x.slice(0, 0, 1), half, bias));
            program.add("Matmul.matmul, " + type, () -> Matmul.matmul(x, half.transpose(0, 1)));
        }
    }

    private static void frozen(
            ExactnessProgram program, String which, FrozenMatrix w, Tensor x, Tensor rows, Tensor bias) {
        program.add("Matmul.linear" + which, () -> Matmul.linear(x, w));
        program.add("Matmul.linear, bias" + which, () -> Matmul.linear(x, w, bias));
        program.add("Matmul.linear, row" + which, () -> Matmul.linear(x.slice(0, 0, 1), w, bias));
        program.add("Matmul.matmul" + which, () -> Matmul.matmul(rows, w));
        program.add("Matmul.matmul, row" + which, () -> Matmul.matmul(rows.slice(0, 0, 1), w));
    }

    private static void linearAlgebra(ExactnessProgram program, String which, DType type) {
        int n = program.size.square;
        Tensor a = program.normal("square", 1, 2, n, n).to(type);
        Tensor tall = program.normal("tall", 1, n + 3, n).to(type);
        Tensor b = program.normal("sides", 1, 2, n, 3).to(type);
        Tensor positive =
                Elementwise.add(Matmul.matmul(a, a.transpose(-1, -2)), Elementwise.mul(Creation.eye(type, n), n));
        program.add("Cholesky.factor" + which, () -> Cholesky.factor(positive));
        program.add("Qr.of" + which, () -> Qr.of(a));
        program.add("Qr.complete" + which, () -> Qr.complete(tall));
        program.add("Svd.of" + which, () -> Svd.of(tall));
        program.add("Svd.full" + which, () -> Svd.full(tall));
        program.add("Svd.values" + which, () -> Svd.values(a));
        program.add("SymmetricEigen.of" + which, () -> SymmetricEigen.of(positive));
        program.add("LinearAlgebra.solve" + which, () -> LinearAlgebra.solve(a, b));
        program.add(
                "LinearAlgebra.triangularSolve" + which, () -> LinearAlgebra.triangularSolve(positive, b, true, false));
        program.add("LinearAlgebra.leastSquares" + which, () -> LinearAlgebra.leastSquares(a, b));
        program.add("LinearAlgebra.inverse" + which, () -> LinearAlgebra.inverse(a));
        program.add("LinearAlgebra.pseudoInverse" + which, () -> LinearAlgebra.pseudoInverse(tall));
        program.add("LinearAlgebra.determinant" + which, () -> LinearAlgebra.determinant(a));
        program.add("LinearAlgebra.logDeterminant" + which, () -> LinearAlgebra.logDeterminant(a));
        program.add("LinearAlgebra.matrixRank" + which, () -> LinearAlgebra.matrixRank(a));
        program.add("LinearAlgebra.conditionNumber" + which, () -> LinearAlgebra.conditionNumber(a));
        for (MatrixNorm norm : MatrixNorm.values()) {
            program.add("LinearAlgebra.matrixNorm, " + norm + which, () -> LinearAlgebra.matrixNorm(a, norm));
        }
        program.add("LinearAlgebra.trace" + which, () -> LinearAlgebra.trace(a));
        program.add("LinearAlgebra.matrixPower" + which, () -> LinearAlgebra.matrixPower(a, 3));
        program.add("LinearAlgebra.matrixPower, inverse" + which, () -> LinearAlgebra.matrixPower(a, -2));
    }

    private static Tensor image(ExactnessProgram program, String name, DType type, long batch, long channels) {
        int edge = type == DType.F32 ? program.size.image : Math.min(13, program.size.image);
        return program.normal(name, 1, batch, channels, edge, edge + 1).to(type);
    }

    private static void convolution(ExactnessProgram program, String which, DType type) {
        Tensor x = image(program, "image", type, 2, 4);
        Tensor weight = program.normal("kernel", 1, 6, 4, 3, 3).to(type);
        Tensor grouped = program.normal("grouped", 1, 8, 1, 3, 2).to(type);
        Tensor pointwise = program.normal("pointwise", 1, 5, 4, 1, 1).to(type);
        Tensor bias = program.normal("bias", 1, 6).to(type);
        Options same = Options.DEFAULT.padding(1);
        Options strided = same.stride(2).groups(4).dilation(1, 2);
        program.add("Convolution.conv2d" + which, () -> Convolution.conv2d(x, weight, same));
        program.add("Convolution.conv2d, bias" + which, () -> Convolution.conv2d(x, weight, bias, same.stride(2)));
        program.add("Convolution.conv2d, groups" + which, () -> Convolution.conv2d(x, grouped, strided));
        program.add("Convolution.conv2d, 1x1" + which, () -> Convolution.conv2d(x, pointwise, Options.DEFAULT));
        Tensor dY = Convolution.conv2d(x, weight, same);
        Tensor dGrouped = Convolution.conv2d(x, grouped, strided);
        program.add(
                "Convolution.conv2dInputGradient" + which,
                () -> Convolution.conv2dInputGradient(dY, weight, x.shape(), same));
        program.add(
                "Convolution.conv2dInputGradient, groups" + which,
                () -> Convolution.conv2dInputGradient(dGrouped, grouped, x.shape(), strided));
        program.add(
                "Convolution.conv2dWeightGradient" + which,
                () -> Convolution.conv2dWeightGradient(x, dY, weight.shape(), same));
        program.add(
                "Convolution.conv2dWeightGradient, groups" + which,
                () -> Convolution.conv2dWeightGradient(x, dGrouped, grouped.shape(), strided));
        program.add("Convolution.biasGradient" + which, () -> Convolution.biasGradient(dY));
        Tensor line = x.flatten(2, 3);
        Tensor taps = weight.select(2, 1);
        Tensor dLine = Convolution.conv1d(line, taps, same);
        program.add("Convolution.conv1d" + which, () -> Convolution.conv1d(line, taps, same));
        program.add("Convolution.conv1d, bias" + which, () -> Convolution.conv1d(line, taps, bias, same.stride(3)));
        program.add(
                "Convolution.conv1dInputGradient" + which,
                () -> Convolution.conv1dInputGradient(dLine, taps, line.shape(), same));
        program.add(
                "Convolution.conv1dWeightGradient" + which,
                () -> Convolution.conv1dWeightGradient(line, dLine, taps.shape(), same));
    }

    private static void volumes(ExactnessProgram program, String which, DType type) {
        Tensor x = program.normal("volume", 1, 2, 4, 4, 5, 6).to(type);
        Tensor weight = program.normal("kernel", 1, 6, 2, 3, 2, 3).to(type);
        Tensor bias = program.normal("bias", 1, 6).to(type);
        Convolution3d.Options options =
                Convolution3d.Options.DEFAULT.padding(1).stride(2, 1, 2).groups(2);
        Tensor y = Convolution3d.conv3d(x, weight, options);
        program.add("Convolution3d.conv3d" + which, () -> y);
        program.add("Convolution3d.conv3d, bias" + which, () -> Convolution3d.conv3d(x, weight, bias, options));
        program.add(
                "Convolution3d.conv3dInputGradient" + which,
                () -> Convolution3d.conv3dInputGradient(y, weight, x.shape(), options));
        program.add(
                "Convolution3d.conv3dWeightGradient" + which,
                () -> Convolution3d.conv3dWeightGradient(x, y, weight.shape(), options));
        Tensor up = Convolution3d.convTranspose3d(y, weight, options);
        program.add("Convolution3d.convTranspose3d" + which, () -> up);
        program.add(
                "Convolution3d.convTranspose3d, bias" + which,
                () -> Convolution3d.convTranspose3d(y, weight, bias.slice(0, 0, 4), options));
        program.add(
                "Convolution3d.convTranspose3dInputGradient" + which,
                () -> Convolution3d.convTranspose3dInputGradient(up, weight, y.shape(), options));
        program.add(
                "Convolution3d.convTranspose3dWeightGradient" + which,
                () -> Convolution3d.convTranspose3dWeightGradient(y, up, weight.shape(), options));
    }

    private static void transposedConvolution(ExactnessProgram program, String which, DType type) {
        Tensor x = image(program, "image", type, 2, 4);
        Tensor weight = program.normal("kernel", 1, 4, 6, 3, 3).to(type);
        Tensor bias = program.normal("bias", 1, 6).to(type);
        Options options = Options.DEFAULT.padding(1).stride(2).outputPadding(1, 1);
        Tensor dY = Convolution.convTranspose2d(x, weight, options);
        program.add("Convolution.convTranspose2d" + which, () -> Convolution.convTranspose2d(x, weight, options));
        program.add(
                "Convolution.convTranspose2d, bias" + which,
                () -> Convolution.convTranspose2d(x, weight, bias, options));
        program.add(
                "Convolution.convTranspose2dInputGradient" + which,
                () -> Convolution.convTranspose2dInputGradient(dY, weight, x.shape(), options));
        program.add(
                "Convolution.convTranspose2dWeightGradient" + which,
                () -> Convolution.convTranspose2dWeightGradient(x, dY, weight.shape(), options));
        Tensor line = x.flatten(2, 3);
        Tensor taps = weight.select(2, 1);
        Tensor dLine = Convolution.convTranspose1d(line, taps, options);
        program.add("Convolution.convTranspose1d" + which, () -> Convolution.convTranspose1d(line, taps, options));
        program.add(
                "Convolution.convTranspose1d, bias" + which,
                () -> Convolution.convTranspose1d(line, taps, bias, options));
        program.add(
                "Convolution.convTranspose1dInputGradient" + which,
                () -> Convolution.convTranspose1dInputGradient(dLine, taps, line.shape(), options));
        program.add(
                "Convolution.convTranspose1dWeightGradient" + which,
                () -> Convolution.convTranspose1dWeightGradient(line, dLine, taps.shape(), options));
    }

    private static void pools(ExactnessProgram program, String which, DType type) {
        Tensor x = image(program, "pooled", type, 3, 5);
        Tensor line = x.flatten(2, 3);
        long height = x.size(2);
        long width = x.size(3);
        long length = line.size(2);
        Window window = Window.of(3).stride(2).padding(1);
        Pooling.Divisor inside = Pooling.Divisor.INSIDE;
        Tensor dY = Pooling.avgPool2d(x, window, inside);
        Tensor dLine = Pooling.avgPool1d(line, window, inside);
        program.add("Pooling.maxPool1d" + which, () -> Pooling.maxPool1d(line, window));
        program.add("Pooling.maxPool2d" + which, () -> Pooling.maxPool2d(x, window));
        program.add(
                "Pooling.maxPool1dBackward" + which,
                () -> Pooling.maxPool1dBackward(
                        dLine, Pooling.maxPool1d(line, window).indices(), length));
        program.add(
                "Pooling.maxPool2dBackward" + which,
                () -> Pooling.maxPool2dBackward(dY, Pooling.maxPool2d(x, window).indices(), height, width));
        program.add("Pooling.avgPool1d" + which, () -> Pooling.avgPool1d(line, window, inside));
        program.add("Pooling.avgPool2d" + which, () -> Pooling.avgPool2d(x, window, Pooling.Divisor.PADDED));
        program.add("Pooling.avgPool2d, divisor" + which, () -> Pooling.avgPool2d(x, window, 7));
        program.add(
                "Pooling.avgPool1dBackward" + which, () -> Pooling.avgPool1dBackward(dLine, length, window, inside));
        program.add(
                "Pooling.avgPool2dBackward" + which,
                () -> Pooling.avgPool2dBackward(dY, height, width, window, inside));
        program.add(
                "Pooling.avgPool2dBackward, divisor" + which,
                () -> Pooling.avgPool2dBackward(dY, height, width, window, 7));
        program.add("Pooling.adaptiveAvgPool1d" + which, () -> Pooling.adaptiveAvgPool1d(line, 4));
        program.add("Pooling.adaptiveAvgPool2d" + which, () -> Pooling.adaptiveAvgPool2d(x, 4, 3));
        program.add(
                "Pooling.adaptiveAvgPool1dBackward" + which, () -> Pooling.adaptiveAvgPool1dBackward(dLine, length));
        program.add(
                "Pooling.adaptiveAvgPool2dBackward" + which,
                () -> Pooling.adaptiveAvgPool2dBackward(dY, height, width));
        program.add("Pooling.adaptiveMaxPool1d" + which, () -> Pooling.adaptiveMaxPool1d(line, 4));
        program.add("Pooling.adaptiveMaxPool2d" + which, () -> Pooling.adaptiveMaxPool2d(x, 4, 3));
        program.add("Unfold.unfold1d" + which, () -> Unfold.unfold1d(line, window));
        program.add("Unfold.unfold2d" + which, () -> Unfold.unfold2d(x, window));
        program.add("Unfold.fold1d" + which, () -> Unfold.fold1d(Unfold.unfold1d(line, window), length, window));
        program.add("Unfold.fold2d" + which, () -> Unfold.fold2d(Unfold.unfold2d(x, window), height, width, window));
    }

    private static void resize(ExactnessProgram program, String which, DType type) {
        Tensor x = image(program, "resized", type, 2, 3);
        long h = x.size(2);
        long w = x.size(3);
        long up = 2 * h - 1;
        long wide = 2 * w - 1;
        Tensor dY = Resize.nearest(x, up, wide);
        Tensor scaled = Resize.nearestScaled(x, 1.5, 1.7);
        program.add("Resize.nearest" + which, () -> Resize.nearest(x, up, wide));
        program.add("Resize.nearestScaled" + which, () -> Resize.nearestScaled(x, 1.5, 1.7));
        program.add("Resize.nearestBackward" + which, () -> Resize.nearestBackward(dY, h, w));
        program.add("Resize.nearestScaledBackward" + which, () -> Resize.nearestScaledBackward(scaled, h, w, 1.5, 1.7));
        program.add("Resize.bilinear" + which, () -> Resize.bilinear(x, up, wide, true));
        program.add("Resize.bilinearScaled" + which, () -> Resize.bilinearScaled(x, 1.5, 1.7, false));
        program.add("Resize.bilinearBackward" + which, () -> Resize.bilinearBackward(dY, h, w, true));
        program.add(
                "Resize.bilinearScaledBackward" + which,
                () -> Resize.bilinearScaledBackward(scaled, h, w, 1.5, 1.7, false));
    }
}
