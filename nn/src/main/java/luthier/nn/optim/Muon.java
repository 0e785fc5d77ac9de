package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import luthier.tensor.Norms;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Momentum whose matrices are made orthogonal; Jordan et al. 2024, with the decay and scale of Liu et al. 2025, arXiv:2502.16982. With
 * gradient g of a matrix: b = momentum b + (1 - momentum) g; u = b, Nesterov's u = (1 - momentum) g + momentum b; O = u with singular
 * values near 1, by five steps X = a X + (b A + c A A) X, A = X X^T, from X = u / |u|; p *= 1 - lr decay; p -= lr s O.
 *
 * <p>Parameters that are not matrices, biases and norms, move by {@link AdamW} at the same rate: {@code s = 0.2 sqrt(max(rows, columns))} gives
 * steps of its size. Embeddings and heads, though matrices, are better trained by AdamW: give them an optimizer of their own.
 *
 * <p>Differences: the iteration runs in the parameter's precision, not in BF16.
 *
 * @param momentum the share of the last change that is kept, in [0, 1)
 * @param nesterov whether the gradient's own step is taken after the momentum's
 * @param scale how long a step is
 * @param others the rule of parameters that are not matrices
 */
public record Muon(double momentum, boolean nesterov, Scale scale, AdamW others) implements UpdateRule {
    /** Momentum 0.95, Nesterov's form, steps of the size of AdamW's. */
    public static final Muon USUAL = new Muon(0.95, true, Scale.LIKE_ADAMW, AdamW.USUAL);

    private static final int ITERATIONS = 5;
    private static final double A = 3.4445;
    private static final double B = -4.7750;
    private static final double C = 2.0315;
    private static final double EPS = 1e-7;

    /** The factor s of a step. */
    public enum Scale {
        /** sqrt(max(1, rows / columns)), for rates of about 0.02. */
        ORIGINAL,
        /** 0.2 sqrt(max(rows, columns)), for AdamW's rates. */
        LIKE_ADAMW;

        double of(long rows, long columns) {
            return switch (this) {
                case ORIGINAL -> Math.sqrt(Math.max(1, (double) rows / columns));
                case LIKE_ADAMW -> 0.2 * Math.sqrt((double) Math.max(rows, columns));
            };
        }
    }

    /** Checks the numbers. */
    public Muon {
        Bounds.requireShare("muon", "momentum", momentum);
    }

    @Override
    public String name() {
        return "muon";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        return parameter.rank() == 2 ? Map.of("momentum", parameter) : others.slots(parameter);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        if (parameter.rank() != 2) {
            others.update(parameter, gradient, slots, step, rate, decay);
            return;
        }
        Tensor kept = slots.getFirst();
        Updates.lerpInPlace(kept, gradient, 1 - momentum);
        Tensor change = nesterov ? gradient.mul(1 - momentum).add(kept.mul(momentum)) : kept;
        if (decay != 0) {
            Updates.scaleInPlace(parameter, 1 - rate * decay);
        }
        Updates.addScaledInPlace(parameter, orthogonal(change), -rate * scale.of(parameter.size(0), parameter.size(1)));
    }

    /** A matrix with the singular vectors of this one, and singular values near 1: the Newton-Schulz iteration. */
    private static Tensor orthogonal(Tensor matrix) {
        boolean tall = matrix.size(0) > matrix.size(1);
        Tensor x = tall ? matrix.transpose(0, 1) : matrix;
        x = x.div(Math.max(Norms.norm(x).item(), EPS));
        for (int i = 0; i < ITERATIONS; i++) {
            Tensor square = x.matmul(x.transpose(0, 1));
            Tensor polynomial = square.mul(B).add(square.matmul(square).mul(C));
            x = x.mul(A).add(polynomial.matmul(x));
        }
        return tall ? x.transpose(0, 1) : x;
    }
}
