package luthier.nn.optim;

import java.util.function.DoubleFunction;
import luthier.nn.optim.Lbfgs.Point;

/**
 * Searches a length t along a direction d with f(t) at most f(0) + c1 t f'(0) and |f'(t)| at most c2 |f'(0)|; Nocedal and Wright 2006,
 * algorithms 3.5 and 3.6, with cubic interpolation.
 */
final class StrongWolfe {
    private static final double SUFFICIENT = 1e-4;
    private static final double CURVATURE = 0.9;
    private static final double LEAST_CHANGE = 1e-9;
    private static final int MOST = 25;

    /** A length and what is there. */
    record Found(double length, Point point) {}

    /** A length, what is there, and the slope along the direction. */
    private record Try(double length, Point point, double slope) {
        double loss() {
            return point.loss();
        }
    }

    private final DoubleFunction<Point> at;
    private final double[] direction;

    private Try start = new Try(0, new Point(0, new double[0]), 0);
    private int tries;

    /**
     * Creates a search.
     *
     * @param at the loss and gradient at a length
     */
    StrongWolfe(DoubleFunction<Point> at, double[] direction) {
        this.at = at;
        this.direction = direction;
    }

    /** Returns a length that satisfies both conditions, or the best that was found. */
    Found from(double length, Point here) {
        start = measured(0, here);
        Try before = start;
        Try now = measured(length);
        while (tries < MOST) {
            if (tooHigh(now) || (tries > 1 && now.loss() >= before.loss())) {
                return within(before, now);
            }
            if (isFlat(now)) {
                return found(now);
            }
            if (now.slope() >= 0) {
                return within(before, now);
            }
            double least = now.length() + 0.01 * (now.length() - before.length());
            double next = cubic(before, now, least, now.length() * 10);
            before = now;
            now = measured(next);
            tries++;
        }
        return found(start.loss() <= now.loss() ? start : now);
    }

    /** Narrows a bracket until it holds a length that satisfies both conditions. */
    private Found within(Try first, Try second) {
        boolean inOrder = first.loss() <= second.loss();
        Try low = inOrder ? first : second;
        Try high = inOrder ? second : first;
        boolean stuck = false;
        while (tries < MOST) {
            double least = Math.min(low.length(), high.length());
            double most = Math.max(low.length(), high.length());
            if ((most - least) * Lbfgs.largest(direction) < LEAST_CHANGE) {
                break;
            }
            double t = cubic(low, high, least, most);
            double edge = 0.1 * (most - least);
            if (Math.min(most - t, t - least) < edge) {
                if (stuck || t >= most || t <= least) {
                    t = Math.abs(t - most) < Math.abs(t - least) ? most - edge : least + edge;
                    stuck = false;
                } else {
                    stuck = true;
                }
            } else {
                stuck = false;
            }
            Try now = measured(t);
            tries++;
            if (tooHigh(now) || now.loss() >= low.loss()) {
                high = now;
            } else {
                if (isFlat(now)) {
                    return found(now);
                }
                if (now.slope() * (high.length() - low.length()) >= 0) {
                    high = low;
                }
                low = now;
            }
            if (high.loss() < low.loss()) {
                Try swapped = low;
                low = high;
                high = swapped;
            }
        }
        return found(low);
    }

    private Try measured(double length) {
        return measured(length, at.apply(length));
    }

    private Try measured(double length, Point point) {
        return new Try(length, point, Lbfgs.dot(point.gradient(), direction));
    }

    private boolean tooHigh(Try now) {
        return now.loss() > start.loss() + SUFFICIENT * now.length() * start.slope();
    }

    private boolean isFlat(Try now) {
        return Math.abs(now.slope()) <= -CURVATURE * start.slope();
    }

    private static Found found(Try best) {
        return new Found(best.length(), best.point());
    }

    /** Returns the least point of the cubic through two losses and slopes, within bounds; their middle if there is none. */
    private static double cubic(Try a, Try b, double least, double most) {
        boolean rising = a.length() <= b.length();
        Try left = rising ? a : b;
        Try right = rising ? b : a;
        double d1 = a.slope() + b.slope() - 3 * (a.loss() - b.loss()) / (a.length() - b.length());
        double square = d1 * d1 - a.slope() * b.slope();
        if (!(square >= 0)) {
            return (least + most) / 2;
        }
        double d2 = Math.sqrt(square);
        double share = (right.slope() + d2 - d1) / (right.slope() - left.slope() + 2 * d2);
        double at = right.length() - (right.length() - left.length()) * share;
        return Math.min(Math.max(at, least), most);
    }
}
