package luthier.autograd;

import static luthier.autograd.GradSamples.normal;

import java.util.function.UnaryOperator;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.QuantilesOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.ScanOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.autograd.ops.SortingOps;
import luthier.tensor.Quantiles.Interpolation;
import luthier.tensor.Tensor;

/** Samples of reductions, scans and orders. */
final class SamplesReduction {
    private static final Tensor X = normal(111, 2, 3, 2);
    private static final Tensor ONE_ZERO = Tensor.of(new double[] {2, 0, 3, 1.5, -1, 0.5}, 2, 3);
    private static final Tensor TWO_ZEROS = Tensor.of(new double[] {0, 2, 0, 1.5, -1, 0}, 2, 3);

    private SamplesReduction() {}

    private static void one(String name, UnaryOperator<Variable> f, Tensor x) {
        GradSamples.add(name, in -> f.apply(in.get(0)), x);
    }

    static void register() {
        one("std", x -> ReductionOps.std(x, 1, true, 0, 2), X);
        one("std, biased", x -> ReductionOps.std(x, 0, false), X);
        one("prod", x -> ReductionOps.prod(x, false, 0, 2), X);
        one("prod, all", x -> ReductionOps.prod(x, true), X);
        one("prod, one zero", x -> ReductionOps.prod(x, false, 1), ONE_ZERO);
        one("prod, two zeros", x -> ReductionOps.prod(x, false, 1), TWO_ZEROS);
        one("max, several axes", x -> ReductionOps.max(x, true, 0, 2), X);
        one("logSumExp, outer axes", x -> SoftmaxOps.logSumExp(x, true, 0, 2), X);
        one("logSumExp, all", x -> SoftmaxOps.logSumExp(x, false), X);
        one("norm", x -> NormsOps.norm(x, false, 1), X);
        one("norm, 1", x -> NormsOps.norm(x, 1, true, 0, 2), X);
        one("norm, 3", x -> NormsOps.norm(x, 3, false, 1), X);
        one("norm, 1.5", x -> NormsOps.norm(x, 1.5, false), X);
        one("norm, -2", x -> NormsOps.norm(x, -2, false, 1), X);
        one("norm, 0", x -> NormsOps.norm(x, 0, false, 1), X);
        one("norm, infinite", x -> NormsOps.norm(x, Double.POSITIVE_INFINITY, false, 1), X);
        one("norm, minus infinite", x -> NormsOps.norm(x, Double.NEGATIVE_INFINITY, true, 0, 1), X);
        one("cumsum", x -> ScanOps.cumsum(x, 1), X);
        one("cumsum, exclusive, reverse", x -> ScanOps.cumsum(x, -1, true, true), X);
        one("cumprod", x -> ScanOps.cumprod(x, 1), X);
        one("cumprod, one zero", x -> ScanOps.cumprod(x, 1), ONE_ZERO);
        one("cumprod, two zeros", x -> ScanOps.cumprod(x, 1), TWO_ZEROS);
        one("cumprod, exclusive", x -> ScanOps.cumprod(x, 0, true, false), X);
        one("cumprod, reverse", x -> ScanOps.cumprod(x, 1, false, true), ONE_ZERO);
        one("cumprod, exclusive, reverse", x -> ScanOps.cumprod(x, 1, true, true), TWO_ZEROS);
        one("sort", x -> SortingOps.sort(x, 1, false).values(), X);
        one("sort, descending", x -> SortingOps.sort(x, 0, true).values(), X);
        one("topk", x -> SortingOps.topk(x, 2, 1, true).values(), X);
        one("topk, smallest", x -> SortingOps.topk(x, 1, -1, false).values(), X);
        one("maxWithIndex", x -> ReductionOps.maxWithIndex(x, 1, false).values(), X);
        one("minWithIndex", x -> ReductionOps.minWithIndex(x, 1, true).values(), X);
        one("cummax", x -> ScanOps.cummax(x, 1).values(), X);
        one("cummin", x -> ScanOps.cummin(x, -1).values(), X);
        one("logCumSumExp", x -> ScanOps.logCumSumExp(x, 1), X);
        one("logCumSumExp, last axis", x -> ScanOps.logCumSumExp(x, -1), X);
        one("median", x -> QuantilesOps.median(x, 1, false).values(), X);
        one("median, kept", x -> QuantilesOps.median(x, 0, true).values(), X);
        one("median, all", QuantilesOps::median, X);
        one("quantile", x -> QuantilesOps.quantile(x, 0.3, false, 1), X);
        one("quantile, several axes", x -> QuantilesOps.quantile(x, 0.9, true, 0, 2), X);
        one("quantile, all, midpoint", x -> QuantilesOps.quantile(x, 0.5, Interpolation.MIDPOINT, false), X);
        one("quantile, lower", x -> QuantilesOps.quantile(x, 0.7, Interpolation.LOWER, true, 1), X);
    }
}
