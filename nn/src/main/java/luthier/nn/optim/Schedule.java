package luthier.nn.optim;

/**
 * The learning rate in force at an optimizer step, the first step being 0. A function of the step alone, so a run can be taken up
 * anywhere. With base the highest rate, i the step, w the steps of warm-up and n all steps:
 */
@FunctionalInterface
public interface Schedule {
    /** Returns the learning rate at a step. */
    double at(long step);

    /** base. */
    static Schedule constant(double base) {
        return i -> base;
    }

    /** base min(1, i / w). */
    static Schedule constantWithWarmup(double base, long warmup) {
        return i -> base * rise(i, warmup);
    }

    /** base i / w, then base (n - i) / (n - w), not below 0. */
    static Schedule linearWithWarmup(double base, long warmup, long total) {
        return i -> i < warmup ? base * rise(i, warmup) : base * (1 - progress(i, warmup, total));
    }

    /** base i / w, then base (1 + cos(pi (i - w) / (n - w))) / 2. */
    static Schedule cosineWithWarmup(double base, long warmup, long total) {
        return i -> i < warmup ? base * rise(i, warmup) : base * fall(progress(i, warmup, total));
    }

    /** base i / w, then (base - end) (1 - (i - w) / (n - w))^power + end. */
    static Schedule polynomialWithWarmup(double base, long warmup, long total, double power, double end) {
        return i -> i < warmup
                ? base * rise(i, warmup)
                : (base - end) * StrictMath.pow(1 - progress(i, warmup, total), power) + end;
    }

    /** base gamma^(floor(i / size)). */
    static Schedule step(double base, long size, double gamma) {
        return i -> {
            long drops = i / size;
            return base * StrictMath.pow(gamma, (double) drops);
        };
    }

    /** base gamma^i. */
    static Schedule exponential(double base, double gamma) {
        return i -> base * StrictMath.pow(gamma, (double) i);
    }

    /** low + (base - low) (1 + cos(pi i / n)) / 2. */
    static Schedule cosineAnnealing(double base, long total, double low) {
        return i -> low + (base - low) * fall(i / (double) total);
    }

    /**
     * Cosine annealing that starts again after {@code first} steps, each round {@code factor} times as long as the one before.
     * Loshchilov and Hutter 2017, arXiv:1608.03983.
     */
    static Schedule cosineWarmRestarts(double base, long first, long factor, double low) {
        return i -> {
            long within = i;
            long length = first;
            while (within >= length) {
                within -= length;
                length *= factor;
            }
            return low + (base - low) * fall(within / (double) length);
        };
    }

    /** (base - end) (1 - i / n)^power + end. */
    static Schedule polynomial(double base, long total, double power, double end) {
        return polynomialWithWarmup(base, 0, total, power, end);
    }

    /** How {@link #oneCycle} moves between its rates. */
    enum Shape {
        /** Along half a cosine. */
        COSINE,
        /** In a straight line. */
        LINEAR
    }

    /**
     * From max / startDivisor up to max during the first {@code risingShare} of the steps, then down to the first rate over
     * {@code endDivisor}. Smith and Topin 2018, arXiv:1708.07120.
     */
    static Schedule oneCycle(
            double max, long total, double risingShare, double startDivisor, double endDivisor, Shape shape) {
        double start = max / startDivisor;
        double top = risingShare * total - 1;
        return i -> i <= top
                ? between(start, max, i / top, shape)
                : between(max, start / endDivisor, (i - top) / (total - 1 - top), shape);
    }

    private static double between(double from, double to, double share, Shape shape) {
        return switch (shape) {
            case COSINE -> to + (from - to) * fall(share);
            case LINEAR -> from + (to - from) * share;
        };
    }

    private static double rise(long i, long warmup) {
        return warmup == 0 ? 1 : Math.min(1, i / (double) warmup);
    }

    /** The share of the steps after warm-up that is done, at most 1. */
    private static double progress(long i, long warmup, long total) {
        return total <= warmup ? 1 : Math.min(1, (i - warmup) / (double) (total - warmup));
    }

    /** From 1 at 0 to 0 at 1 along half a cosine. */
    private static double fall(double share) {
        return (1 + StrictMath.cos(Math.PI * share)) / 2;
    }
}
