package luthier.autograd;

import static luthier.autograd.GradSamples.index;
import static luthier.autograd.GradSamples.normal;

import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.DropoutOps;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.RotaryOps;
import luthier.tensor.Attention.Options;
import luthier.tensor.Rng;
import luthier.tensor.Rotary;
import luthier.tensor.Tensor;

/** Samples of attention and what goes with it. */
final class SamplesAttention {
    private SamplesAttention() {}

    static void register() {
        Tensor q = normal(80, 1, 4, 3, 2);
        Tensor k = normal(81, 1, 2, 4, 2);
        Tensor v = normal(82, 1, 2, 4, 3);
        Options causal = Options.scaled(0.7).causally();
        GradSamples.add(
                "attention, causal, grouped, bias",
                in -> AttentionOps.attention(in.get(0), in.get(1), in.get(2), in.get(3), causal),
                q,
                k,
                v,
                normal(83, 4, 1, 4));
        Tensor fewKeys = k.slice(2, 0, 2);
        GradSamples.add(
                "attention, queries before all keys",
                in -> AttentionOps.attention(in.get(0), in.get(1), in.get(2), causal),
                q,
                fewKeys,
                v.slice(2, 0, 2));
        GradSamples.add(
                "rotate",
                in -> RotaryOps.rotate(in.get(0), Rotary.positions(5, 3), Rotary.half()),
                normal(84, 2, 3, 4));
        GradSamples.add(
                "rotate, interleaved",
                in -> RotaryOps.rotate(in.get(0), index(7, 0, 2), new Rotary(Rotary.Layout.INTERLEAVED, 500, 4)),
                normal(85, 2, 3, 4));
        Rotary.Angles angles = Rotary.Angles.of(
                Rotary.Layout.HALF, Tensor.of(new long[] {3, 4, 0, 1}, 2, 2), new double[] {1, 0.3}, 1.3);
        GradSamples.add("rotate, by rows, in part", in -> RotaryOps.rotate(in.get(0), angles), normal(88, 2, 2, 3, 5));
        GradSamples.add("dropout, drawn", in -> DropoutOps.dropout(in.get(0), 0.3, Rng.of(5)), normal(86, 4, 5));
        GradSamples.add(
                "embedding, padded", in -> IndexingOps.embedding(in.get(0), index(1, 0, 1), 2), normal(87, 3, 2));
    }
}
