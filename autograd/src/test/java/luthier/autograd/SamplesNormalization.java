package luthier.autograd;

import static luthier.autograd.GradSamples.normal;
import static luthier.autograd.GradSamples.positive;

import luthier.autograd.ops.NormalizationOps;
import luthier.tensor.Normalization;
import luthier.tensor.Tensor;

/** Samples of normalisations. */
final class SamplesNormalization {
    private SamplesNormalization() {}

    static void register() {
        Tensor x = normal(60, 3, 4, 2);
        Tensor w = normal(61, 4);
        Tensor b = normal(62, 4);
        GradSamples.add("rmsNorm", in -> NormalizationOps.rmsNorm(in.get(0), in.get(1), 1e-5), x, normal(63, 4, 2));
        GradSamples.add("rmsNorm, plain", in -> NormalizationOps.rmsNorm(in.get(0), 1, 1e-3), x);
        GradSamples.add(
                "groupNorm", in -> NormalizationOps.groupNorm(in.get(0), 2, in.get(1), in.get(2), 1e-5), x, w, b);
        GradSamples.add(
                "instanceNorm",
                in -> NormalizationOps.instanceNorm(in.get(0), in.get(1), in.get(2), 1e-2),
                normal(64, 2, 4, 5),
                w,
                b);
        GradSamples.add("batchNorm", in -> NormalizationOps.batchNorm(in.get(0), in.get(1), in.get(2), 1e-5), x, w, b);
        Normalization.RunningStatistics seen = new Normalization.RunningStatistics(normal(65, 4), positive(66, 4));
        GradSamples.add(
                "batchNorm, given statistics",
                in -> NormalizationOps.batchNorm(in.get(0), seen, in.get(1), in.get(2), 1e-5),
                x,
                w,
                b);
    }
}
