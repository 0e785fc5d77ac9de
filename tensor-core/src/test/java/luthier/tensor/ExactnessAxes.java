package luthier.tensor;

import java.util.List;

/** What {@link ExactnessProgram} runs along axes: reductions, scans, orders, normalisation, softmax and random numbers. */
final class ExactnessAxes {
    private ExactnessAxes() {}

    static void addTo(ExactnessProgram program) {
        for (int axis = 0; axis < 2; axis++) {
            int a = axis;
            reductions(program, ", axis " + a, a);
            alongAxis(program, ", axis " + a, a);
        }
        reductions(program, ", all");
        whole(program);
        if (program.size == ExactnessProgram.Size.LARGE) {
            shared(program);
        }
        normalization(program);
        rotary(program);
        random(program);
    }

    private static void reductions(ExactnessProgram program, String which, int... axes) {
        program.reduction("Reduction.sum" + which, x -> Reduction.sum(x, axes));
        program.reduction("Reduction.mean" + which, x -> Reduction.mean(x, axes, true));
        program.reduction("Reduction.variance" + which, x -> Reduction.variance(x, axes, 1, false));
        program.reduction("Reduction.std" + which, x -> Reduction.std(x, axes, 0, false));
        program.reduction("Reduction.prod" + which, x -> Reduction.prod(x, axes));
        program.reduction("Reduction.max" + which, x -> Reduction.max(x, axes));
        program.reduction("Reduction.min" + which, x -> Reduction.min(x, axes));
        program.reduction("Norms.norm" + which, x -> Norms.norm(x, axes));
        program.reduction("Norms.norm, 1" + which, x -> Norms.norm(x, axes, 1, false));
        program.reduction("Norms.norm, 3" + which, x -> Norms.norm(x, axes, 3, false));
        program.reduction("Norms.norm, inf" + which, x -> Norms.norm(x, axes, Double.POSITIVE_INFINITY, false));
        program.reduction("Softmax.logSumExp" + which, x -> Softmax.logSumExp(x, axes));
        program.reduction("Counting.countNonZero" + which, x -> Counting.countNonZero(x, axes));
        program.reduction("Counting.any" + which, x -> Counting.any(x, axes));
        program.reduction("Counting.all" + which, x -> Counting.all(x, axes));
        program.reduction("Quantiles.quantile" + which, x -> Quantiles.quantile(x, 0.3, axes));
        program.add(
                "Quantiles.quantileWithIndices" + which,
                () -> Quantiles.quantileWithIndices(program.matrix, axes, 0.3, Quantiles.Interpolation.MIDPOINT, true));
        Tensor integers = program.integers("sum", -9, 9, program.size.rows, program.size.columns);
        program.add("Reduction.sum, I64" + which, () -> Reduction.sum(integers, axes));
        program.add("Reduction.mean, I64" + which, () -> Reduction.mean(integers, axes));
        program.add("Reduction.prod, I32" + which, () -> Reduction.prod(integers.to(DType.I32), axes));
    }

    private static void alongAxis(ExactnessProgram program, String which, int axis) {
        program.reduction("Reduction.argmax" + which, x -> Reduction.argmax(x, axis, false));
        program.reduction("Reduction.argmin" + which, x -> Reduction.argmin(x, axis, false));
        program.reduction("Reduction.maxWithIndex" + which, x -> {
            Reduction.WithIndex y = Reduction.maxWithIndex(x, axis, false);
            return Elementwise.add(y.values(), y.indices().to(x.dtype()));
        });
        program.reduction("Reduction.minWithIndex" + which, x -> {
            Reduction.WithIndex y = Reduction.minWithIndex(x, axis, true);
            return Elementwise.add(y.values(), y.indices().to(x.dtype()));
        });
        program.reduction("Scan.cumsum" + which, x -> Scan.cumsum(x, axis));
        program.reduction("Scan.cumsum, reverse" + which, x -> Scan.cumsum(x, axis, true, true));
        program.reduction("Scan.cumprod" + which, x -> Scan.cumprod(x, axis));
        program.reduction("Scan.cumprod, exclusive" + which, x -> Scan.cumprod(x, axis, true, false));
        program.reduction("Scan.cummax" + which, x -> Scan.cummax(x, axis).indices());
        program.reduction("Scan.cummin" + which, x -> Scan.cummin(x, axis).values());
        program.reduction("Scan.logCumSumExp" + which, x -> Scan.logCumSumExp(x, axis));
        program.reduction(
                "Quantiles.median" + which,
                x -> Quantiles.median(x, axis, false).indices());
        program.reduction(
                "Sorting.sort" + which, x -> Sorting.sort(x, axis, false).values());
        program.reduction("Sorting.argsort" + which, x -> Sorting.argsort(x, axis, true));
        program.reduction(
                "Sorting.topk" + which, x -> Sorting.topk(x, 3, axis, true).indices());
        program.reduction("Softmax.softmax" + which, x -> Softmax.softmax(x, axis));
        program.reduction("Softmax.logSoftmax" + which, x -> Softmax.logSoftmax(x, axis));
        program.reduction(
                "Distance.cosineSimilarity" + which, x -> Distance.cosineSimilarity(x, Selection.abs(x), axis, 1e-8));
        program.reduction(
                "Softmax.softmaxBackward" + which, x -> Softmax.softmaxBackward(Softmax.softmax(x, axis), x, axis));
        program.reduction(
                "Softmax.logSoftmaxBackward" + which,
                x -> Softmax.logSoftmaxBackward(Softmax.logSoftmax(x, axis), x, axis));
        program.reduction("Softmax.logSumExp, one" + which, x -> Softmax.logSumExp(x, new int[] {axis}, true));
    }

    private static void whole(ExactnessProgram program) {
        program.unary("Reduction.sum, special", Reduction::sum);
        program.reduction("Reduction.sum", Reduction::sum);
        program.reduction("Reduction.sumTo", x -> Reduction.sumTo(x, Shape.of(1, x.size(1))));
        program.reduction("Reduction.sumTo, column", x -> Reduction.sumTo(x, Shape.of(x.size(0), 1)));
        program.reduction("Reduction.argmax", Reduction::argmax);
        program.reduction("Reduction.argmin", Reduction::argmin);
        program.reduction("Quantiles.median", Quantiles::median);
        Tensor integers = program.integers("bins", 0, 40, program.size.elements);
        program.add("Sorting.unique, F32", () -> Sorting.unique(program.x));
        program.add("Sorting.unique, I64", () -> Sorting.unique(integers));
        program.add(
                "Sorting.searchsorted",
                () -> Sorting.searchsorted(Sorting.sort(program.x, 0, false).values(), program.y, true));
        program.add("Counting.bincount", () -> Counting.bincount(integers, 50));
        program.add("Counting.bincount, weights", () -> Counting.bincount(integers, program.y, 0));
        program.add("Reduction.sumOfSquares, F32", () -> Reduction.sumOfSquares(program.matrix));
        program.add("Reduction.sumOfSquares, F64", () -> Reduction.sumOfSquares(program.wideMatrix));
        program.add("Reduction.sumOfSquares, special", () -> Reduction.sumOfSquares(program.x));
        program.add("Reduction.allFinite", () -> Reduction.allFinite(program.matrix));
        program.add("Reduction.allFinite, special", () -> Reduction.allFinite(program.x));
    }

    /** Sums are so quick that threads share only long ones. */
    private static void shared(ExactnessProgram program) {
        Tensor line = program.normal("line", 1, 700_001);
        Tensor columns = line.slice(0, 0, 699_993).reshape(77_777, 9);
        program.add("Reduction.sum, long", () -> Reduction.sum(line));
        program.add("Reduction.variance, long", () -> Reduction.variance(line, new int[0], 1, false));
        program.add("Reduction.sum, high", () -> Reduction.sum(columns, 0));
        program.add("Reduction.variance, high", () -> Reduction.variance(columns, new int[] {0}, 1, false));
        program.add("Reduction.mean, low", () -> Reduction.mean(columns, 1));
        program.add("Softmax.softmax, low", () -> Softmax.softmax(columns, 1));
    }

    private static void normalization(ExactnessProgram program) {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            Tensor x = type == DType.F32 ? program.matrix : program.wideMatrix;
            Tensor weight = program.normal("weight", 1, x.size(1)).to(type);
            Tensor bias = program.normal("bias", 1, x.size(1)).to(type);
            Tensor dY = Movement.flip(x, 0, 1);
            Normalization.LayerNorm y = Normalization.layerNorm(x, weight, bias, 1e-5);
            program.add("Normalization.layerNorm, " + type, () -> Normalization.layerNorm(x, weight, bias, 1e-5));
            program.add("Normalization.layerNorm, plain " + type, () -> Normalization.layerNorm(x, 1, 1e-5));
            program.add(
                    "Normalization.layerNormBackward, " + type,
                    () -> Normalization.layerNormBackward(x, weight, y.mean(), y.rstd(), dY));
            program.add(
                    "Normalization.layerNormBackward, plain " + type,
                    () -> Normalization.layerNormBackward(x, 1, y.mean(), y.rstd(), dY));
            program.add(
                    "Normalization.layerNormParameterGradients, " + type,
                    () -> Normalization.layerNormParameterGradients(x, 1, y.mean(), y.rstd(), dY));
            program.add("Normalization.rmsNorm, " + type, () -> Normalization.rmsNorm(x, weight, 1e-5));
            Tensor rstd = Normalization.rmsNorm(x, weight, 1e-5).rstd();
            program.add(
                    "Normalization.rmsNormBackward, " + type, () -> Normalization.rmsNormBackward(x, weight, rstd, dY));
            Tensor target = program.integers("target", 0, x.size(1), x.size(0));
            program.add("Loss.crossEntropy, " + type, () -> Loss.crossEntropy(x, target, 0.1, 3));
            program.add(
                    "Loss.crossEntropyBackward, " + type,
                    () -> Loss.crossEntropyBackward(
                            x, target, 0.1, 3, Loss.crossEntropy(x, target, 0.1, 3), dY.select(1, 0)));
        }
    }

    private static void rotary(ExactnessProgram program) {
        Tensor positions = Rotary.positions(1000, program.size.rows);
        program.add("Rotary.positions", () -> positions);
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            Tensor x = program.normal("rotary", 1, 3, program.size.rows, 38).to(type);
            program.add("Rotary.half, " + type, () -> Rotary.half().rotate(x, positions));
            program.add(
                    "Rotary.interleaved, " + type, () -> Rotary.interleaved().rotate(x, positions));
            program.add("Rotary.half, back " + type, () -> Rotary.half().rotateBack(x, positions));
        }
    }

    private static void random(ExactnessProgram program) {
        Rng rng = Rng.of(77);
        Shape shape = Shape.of(program.size.elements);
        program.add("Rng.of", () -> Rng.of(5).bits(0));
        program.add("Rng.split", () -> rng.split("name").split(3).bits(1));
        program.add("Rng.bits", () -> rng.bits(9));
        program.add("Rng.below", () -> rng.below(4, 1000));
        program.add("Rng.permutation", () -> rng.permutation(Math.min(5000, program.size.elements)));
        program.add("Rng.uniform, one", () -> rng.uniform(3));
        program.add("Rng.normal, one", () -> rng.normal(3));
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            program.add("Rng.uniform, " + type, () -> rng.uniform(type, shape, -1, 2));
            program.add("Rng.normal, " + type, () -> rng.normal(type, shape, 1, 2));
            program.add("Rng.truncatedNormal, " + type, () -> rng.truncatedNormal(type, shape, 0, 1, -2, 1));
            program.add("Rng.exponential, " + type, () -> rng.exponential(type, shape, 2));
            program.add("Rng.gumbel, " + type, () -> rng.gumbel(type, shape));
        }
        program.add("Rng.bernoulli", () -> rng.bernoulli(shape, 0.3));
        program.add("Rng.bernoulli, tensor", () -> rng.bernoulli(rng.uniform(DType.F32, shape, 0, 1)));
        program.add("Rng.integers", () -> rng.integers(shape, -5, 1000));
        Tensor weights = rng.uniform(DType.F32, Shape.of(3, 50), 0, 1);
        program.add(
                "Rng.multinomial",
                () -> List.of(rng.multinomial(weights, 20, true), rng.multinomial(weights, 20, false)));
    }
}
