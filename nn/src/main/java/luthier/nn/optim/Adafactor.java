package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Adam's divisor from sums of rows and columns, r + c numbers for a matrix of r c; Shazeer and Stern 2018, arXiv:1804.04235, algorithms 4
 * to 6. With gradient g at step t and b = 1 - t^-power: R = b R + (1 - b) mean over columns of g^2 + eps; C the same over rows; V = R C /
 * mean(R); parameters with less than two axes keep all of V. u = g / sqrt(V); u = u / max(1, rms(u) / clip); p *= 1 - lr decay; p -= a u with a = lr,
 * relative a = min(lr, 1 / sqrt(t)), scaled a max(least, rms(p)); with momentum m = beta1 m + (1 - beta1) a u in the place of a u.
 *
 * <p>Differences: decay is a share of the rate as given, as in {@link AdamW}, also where steps are scaled.
 *
 * @param power how fast the memory of squared gradients grows
 * @param clip the root mean square of a step before its rate is at most this
 * @param relative whether the rate is at most 1 / sqrt(t)
 * @param scaled whether steps are scaled by the values' root mean square
 * @param least the least of that scale
 * @param eps is added to squared gradients
 * @param beta1 the decay of the momentum, which costs a number a parameter; 0 for none
 */
public record Adafactor(
        double power, double clip, boolean relative, boolean scaled, double least, double eps, double beta1)
        implements UpdateRule {
    /** The paper's relative and scaled steps, for a rate of 0.01. */
    public static final Adafactor USUAL = new Adafactor(0.8, 1, true, true, 1e-3, 1e-30, 0);

    /** Checks the numbers. */
    public Adafactor {
        Bounds.require(power > 0 && power <= 1, "adafactor", "the power", "in (0, 1]", power);
        Bounds.requireDivisor("adafactor", "clip", clip);
        Bounds.requireFactor("adafactor", "the least scale", least);
        Bounds.requireDivisor("adafactor", "eps", eps);
        Bounds.requireShare("adafactor", "beta1", beta1);
    }

    @Override
    public String name() {
        return "adafactor";
    }

    @Override
    public Map<String, Shape> slots(Shape parameter) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        int rank = parameter.rank();
        if (rank < 2) {
            slots.put("squares", parameter);
        } else {
            slots.put("rows", without(parameter, rank - 1));
            slots.put("columns", without(parameter, rank - 2));
        }
        if (beta1 > 0) {
            slots.put("m", parameter);
        }
        return slots;
    }

    private static Shape without(Shape shape, int axis) {
        long[] sizes = shape.toArray();
        sizes[axis] = 1;
        return Shape.of(sizes);
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate, double decay) {
        double share = StrictMath.pow((double) step, -power);
        Tensor squares = gradient.square().add(eps);
        Tensor change = gradient.div(root(squares, slots, share));
        double size = rootMeanSquare(change);
        double length = relative ? Math.min(rate, 1 / Math.sqrt((double) step)) : rate;
        if (scaled) {
            length *= Math.max(least, rootMeanSquare(parameter));
        }
        if (decay != 0) {
            Updates.scaleInPlace(parameter, 1 - rate * decay);
        }
        change = change.mul(length / Math.max(1, size / clip));
        if (beta1 > 0) {
            Tensor m = slots.getLast();
            Updates.lerpInPlace(m, change, 1 - beta1);
            change = m;
        }
        Updates.addScaledInPlace(parameter, change, -1);
    }

    /** sqrt(V). */
    private static Tensor root(Tensor squares, List<Tensor> slots, double share) {
        if (squares.rank() < 2) {
            Updates.lerpInPlace(slots.getFirst(), squares, share);
            return slots.getFirst().sqrt();
        }
        Tensor rows = slots.get(0);
        Tensor columns = slots.get(1);
        Updates.lerpInPlace(rows, squares.mean(-1).unsqueeze(-1), share);
        Updates.lerpInPlace(columns, squares.mean(-2).unsqueeze(-2), share);
        // Two roots: the product of a row's and a column's mean may leave the range of single precision.
        return rows.div(rows.mean(-2).unsqueeze(-2)).sqrt().mul(columns.sqrt());
    }

    private static double rootMeanSquare(Tensor x) {
        return Math.sqrt(x.square().mean().item());
    }
}
