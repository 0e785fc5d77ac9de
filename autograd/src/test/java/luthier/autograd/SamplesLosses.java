package luthier.autograd;

import static luthier.autograd.GradSamples.index;
import static luthier.autograd.GradSamples.normal;
import static luthier.autograd.GradSamples.positive;

import luthier.autograd.ops.CrossEntropyOptions;
import luthier.autograd.ops.DistanceOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.LossReduction;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.Tensor;

/** Samples of losses and softmaxes. */
final class SamplesLosses {
    private SamplesLosses() {}

    static void register() {
        CrossEntropyOptions weighted =
                CrossEntropyOptions.usual().weightedBy(positive(40, 3)).classesAlong(1);
        Tensor logits = normal(41, 2, 3, 2);
        Tensor target = Tensor.of(new long[] {2, 0, -100, 1}, 2, 2);
        Tensor a = normal(42, 2, 3);
        Tensor b = normal(43, 2, 3);
        GradSamples.add("crossEntropy, weighted", in -> LossOps.crossEntropy(in.get(0), target, weighted), logits);
        GradSamples.add(
                "crossEntropy, weighted and smoothed",
                in -> LossOps.crossEntropy(
                        in.get(0), target, weighted.smoothedBy(0.2).reducedTo(LossReduction.NONE)),
                logits);
        GradSamples.add(
                "crossEntropy, distributions",
                in -> LossOps.crossEntropy(in.get(0), in.get(1), weighted.smoothedBy(0.1)),
                logits,
                positive(44, 2, 3, 2));
        GradSamples.add("nll", in -> LossOps.nll(in.get(0), target, weighted), logits);
        GradSamples.add(
                "bceWithLogits",
                in -> LossOps.bceWithLogits(
                        in.get(0), in.get(1), positive(45, 3), positive(46, 2, 1), LossReduction.NONE),
                a,
                positive(47, 2, 3));
        GradSamples.add(
                "klDiv",
                in -> LossOps.klDiv(in.get(0), in.get(1), false, LossReduction.BATCH_MEAN),
                a,
                positive(48, 2, 3));
        GradSamples.add("klDiv, logarithms", in -> LossOps.klDiv(in.get(0), in.get(1), true, LossReduction.SUM), a, b);
        GradSamples.add(
                "hinge",
                in -> LossOps.hinge(in.get(0), Tensor.of(new double[] {1, -1, 1, -1, 1, -1}, 2, 3), LossReduction.NONE),
                a);
        distances(a, b);
        GradSamples.add(
                "logSumExp, several axes", in -> SoftmaxOps.logSumExp(in.get(0), new int[] {0, 2}, true), logits);
        Tensor visible = Tensor.of(new boolean[] {true, false, true, false, false, false}, 2, 3);
        GradSamples.add("maskedSoftmax", in -> SoftmaxOps.maskedSoftmax(in.get(0), visible, 1), a);
    }

    private static void distances(Tensor a, Tensor b) {
        GradSamples.add("mse", in -> DistanceOps.mse(in.get(0), in.get(1), LossReduction.NONE), a, b);
        GradSamples.add("l1", in -> DistanceOps.l1(in.get(0), in.get(1), LossReduction.MEAN), a, b);
        GradSamples.add("huber", in -> DistanceOps.huber(in.get(0), in.get(1), 0.8, LossReduction.NONE), a, b);
        GradSamples.add("smoothL1", in -> DistanceOps.smoothL1(in.get(0), in.get(1), 0.7, LossReduction.NONE), a, b);
        GradSamples.add("cosineSimilarity", in -> DistanceOps.cosineSimilarity(in.get(0), in.get(1), -1, 1e-8), a, b);
        GradSamples.add(
                "cosineEmbedding",
                in -> DistanceOps.cosineEmbedding(in.get(0), in.get(1), index(1, -1), -2, LossReduction.NONE),
                a,
                b);
        Tensor c = normal(49, 2, 3);
        for (double p : new double[] {1, 2, 3, Double.POSITIVE_INFINITY}) {
            GradSamples.add(
                    "tripletMargin, norm " + p,
                    in -> DistanceOps.tripletMargin(
                            in.get(0), in.get(1), in.get(2), 4, p, 1e-6, p == 2, LossReduction.NONE),
                    a,
                    b,
                    c);
        }
        GradSamples.add("infoNce", in -> DistanceOps.infoNce(in.get(0), in.get(1), 0.5), a, b);
    }
}
