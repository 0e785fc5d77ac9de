package luthier.nn.optim;

import java.util.List;

/**
 * The learning rate in force at an optimizer step, the first step being 0. A function of the step alone, so a run can be taken up
 * anywhere. With base the highest rate, i the step, w the steps of warm-up and n all steps. Past its last step a schedule stays where
 * it ended. All throw {@link IllegalArgumentException} for numbers that are NaN, infinite or out of range, and for a negative step.
 */
@FunctionalInterface
public interface Schedule {
    /** Returns the learning rate at a step. */
    double at(long step);

    /** base. */
    static Schedule constant(double base) {
        requireRate("constant", "base", base);
        return fromZero(i -> base);
    }

    /** base min(1, i / w). */
    static Schedule constantWithWarmup(double base, long warmup) {
        requireRate("constantWithWarmup", "base", base);
        requireSteps("constantWithWarmup", "warmup", warmup, 0);
        return fromZero(i -> base * rise(i, warmup));
    }

    /** base i / w, then base (n - i) / (n - w), not below 0. */
    static Schedule linearWithWarmup(double base, long warmup, long total) {
        requireWarmup("linearWithWarmup", base, warmup, total);
        return fromZero(i -> i < warmup ? base * rise(i, warmup) : base * (1 - progress(i, warmup, total)));
    }

    /** base i / w, then base (1 + cos(pi (i - w) / (n - w))) / 2. */
    static Schedule cosineWithWarmup(double base, long warmup, long total) {
        requireWarmup("cosineWithWarmup", base, warmup, total);
        return fromZero(i -> i < warmup ? base * rise(i, warmup) : base * fall(progress(i, warmup, total)));
    }

    /** base i / w, then (base - end) (1 - (i - w) / (n - w))^power + end. */
    static Schedule polynomialWithWarmup(double base, long warmup, long total, double power, double end) {
        requireWarmup("polynomialWithWarmup", base, warmup, total);
        requireRate("polynomialWithWarmup", "power", power);
        requireRate("polynomialWithWarmup", "end", end);
        return fromZero(i -> i < warmup
                ? base * rise(i, warmup)
                : (base - end) * StrictMath.pow(1 - progress(i, warmup, total), power) + end);
    }

    /** base gamma^(floor(i / size)). */
    static Schedule step(double base, long size, double gamma) {
        requireRate("step", "base", base);
        requireSteps("step", "size", size, 1);
        requireRate("step", "gamma", gamma);
        return fromZero(i -> {
            long drops = i / size;
            return base * StrictMath.pow(gamma, (double) drops);
        });
    }

    /** base gamma^i. */
    static Schedule exponential(double base, double gamma) {
        requireRate("exponential", "base", base);
        requireRate("exponential", "gamma", gamma);
        return fromZero(i -> base * StrictMath.pow(gamma, (double) i));
    }

    /** low + (base - low) (1 + cos(pi i / n)) / 2. */
    static Schedule cosineAnnealing(double base, long total, double low) {
        requireRate("cosineAnnealing", "base", base);
        requireSteps("cosineAnnealing", "total", total, 1);
        requireRate("cosineAnnealing", "low", low);
        return fromZero(i -> low + (base - low) * fall(progress(i, 0, total)));
    }

    /**
     * Cosine annealing that starts again after {@code first} steps, each round {@code factor} times as long as the one before.
     * Loshchilov and Hutter 2017, arXiv:1608.03983.
     */
    static Schedule cosineWarmRestarts(double base, long first, long factor, double low) {
        requireRate("cosineWarmRestarts", "base", base);
        requireSteps("cosineWarmRestarts", "first", first, 1);
        requireSteps("cosineWarmRestarts", "factor", factor, 1);
        requireRate("cosineWarmRestarts", "low", low);
        return fromZero(i -> {
            long within = factor == 1 ? i % first : i;
            long length = first;
            while (within >= length) {
                within -= length;
                length = length > Long.MAX_VALUE / factor ? Long.MAX_VALUE : length * factor;
            }
            return low + (base - low) * fall(within / (double) length);
        });
    }

    /** base i / w, then base sqrt(s / (i - w + s)), s the timescale. */
    static Schedule inverseSqrt(double base, long warmup, long timescale) {
        requireRate("inverseSqrt", "base", base);
        requireSteps("inverseSqrt", "warmup", warmup, 0);
        requireSteps("inverseSqrt", "timescale", timescale, 1);
        return fromZero(i ->
                i < warmup ? base * rise(i, warmup) : base / Math.sqrt((i - warmup + timescale) / (double) timescale));
    }

    /** base i / w, then {@code cycles} times from base to 0 along half a cosine, each as long as the others; 0 from step n on. */
    static Schedule cosineWithRestarts(double base, long warmup, long total, long cycles) {
        requireWarmup("cosineWithRestarts", base, warmup, total);
        requireSteps("cosineWithRestarts", "cycles", cycles, 1);
        return fromZero(i -> {
            double progress = progress(i, warmup, total);
            return i < warmup ? base * rise(i, warmup) : progress >= 1 ? 0 : base * fall(cycles * progress % 1);
        });
    }

    /** base i / w, then low + (base - low) (1 + cos(pi (i - w) / (n - w))) / 2. */
    static Schedule cosineToLow(double base, long warmup, long total, double low) {
        requireWarmup("cosineToLow", base, warmup, total);
        requireRate("cosineToLow", "low", low);
        return fromZero(
                i -> i < warmup ? base * rise(i, warmup) : low + (base - low) * fall(progress(i, warmup, total)));
    }

    /**
     * From low up to base in w steps, base, and in the last d of n steps down to low along half a cosine. Hu et al. 2024,
     * arXiv:2404.06395, section 4.
     */
    static Schedule warmupStableDecay(double base, long warmup, long total, long decay, double low) {
        requireWarmup("warmupStableDecay", base, warmup, total);
        requireSteps("warmupStableDecay", "decay", decay, 0);
        requireRate("warmupStableDecay", "low", low);
        long end = Math.max(warmup, total - decay);
        return fromZero(i -> {
            double share = i < warmup ? rise(i, warmup) : i < end ? 1 : fall(progress(i, end, total));
            return low + (base - low) * share;
        });
    }

    /** base gamma^(the number of milestones that are not after i). */
    static Schedule multiStep(double base, List<Long> milestones, double gamma) {
        requireRate("multiStep", "base", base);
        requireRate("multiStep", "gamma", gamma);
        List<Long> at = List.copyOf(milestones);
        return fromZero(i -> {
            long passed = at.stream().filter(milestone -> milestone <= i).count();
            return base * StrictMath.pow(gamma, (double) passed);
        });
    }

    /** From base start to base end in a straight line of n steps, and from there on base end. */
    static Schedule ramp(double base, double start, double end, long total) {
        requireRate("ramp", "base", base);
        requireRate("ramp", "start", start);
        requireRate("ramp", "end", end);
        requireSteps("ramp", "total", total, 1);
        return fromZero(i -> base * (start + (end - start) * progress(i, 0, total)));
    }

    /** How high the cycles of {@link #cyclic} are, the c-th beginning at 0. */
    enum Height {
        /** Each as the first. */
        EQUAL,
        /** 2^-c. */
        HALVED,
        /** gamma^i, step by step. */
        FALLING
    }

    /**
     * From low up to high and down again in straight lines, over and over. Smith 2017, arXiv:1506.01186.
     *
     * @param gamma of {@link Height#FALLING}
     */
    static Schedule cyclic(double low, double high, long up, long down, Height height, double gamma) {
        requireRate("cyclic", "low", low);
        requireRate("cyclic", "high", high);
        requireSteps("cyclic", "up", up, 1);
        requireSteps("cyclic", "down", down, 1);
        requireRate("cyclic", "gamma", gamma);
        return fromZero(i -> {
            long cycle = i / (up + down);
            long within = i % (up + down);
            double share = within <= up ? within / (double) up : (up + down - within) / (double) down;
            double scale = switch (height) {
                case EQUAL -> 1;
                case HALVED -> StrictMath.pow(2, (double) -cycle);
                case FALLING -> StrictMath.pow(gamma, (double) i);
            };
            return low + (high - low) * share * scale;
        });
    }

    /** This for so many steps, then another from its beginning. */
    default Schedule then(long steps, Schedule next) {
        requireSteps("then", "steps", steps, 0);
        return fromZero(i -> i < steps ? at(i) : next.at(i - steps));
    }

    /** A straight rise to the first rate of this in w steps, at(0) i / w, then this from its beginning. */
    default Schedule withWarmup(long warmup) {
        requireSteps("withWarmup", "warmup", warmup, 0);
        return fromZero(i -> i < warmup ? at(0) * rise(i, warmup) : at(i - warmup));
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
     * {@code endDivisor}. A rise of a single step is at max. Smith and Topin 2018, arXiv:1708.07120.
     */
    static Schedule oneCycle(
            double max, long total, double risingShare, double startDivisor, double endDivisor, Shape shape) {
        requireRate("oneCycle", "max", max);
        requireSteps("oneCycle", "total", total, 1);
        require(risingShare >= 0 && risingShare <= 1, "oneCycle", "the rising share must be in [0, 1]", risingShare);
        requireDivisor("start divisor", startDivisor);
        requireDivisor("end divisor", endDivisor);
        double start = max / startDivisor;
        double top = risingShare * total - 1;
        double rest = total - 1 - top;
        return fromZero(i -> {
            if (i <= top) {
                return top == 0 ? max : between(start, max, i / top, shape);
            }
            return between(max, start / endDivisor, rest > 0 ? Math.min(1, (i - top) / rest) : 1, shape);
        });
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

    private static Schedule fromZero(Schedule schedule) {
        return step -> {
            require(step >= 0, "schedule", "the step must not be negative", step);
            return schedule.at(step);
        };
    }

    private static void requireWarmup(String name, double base, long warmup, long total) {
        requireRate(name, "base", base);
        requireSteps(name, "warmup", warmup, 0);
        requireSteps(name, "total", total, 1);
    }

    private static void requireRate(String name, String what, double value) {
        require(value >= 0 && value < Double.POSITIVE_INFINITY, name, what + " must be finite and not negative", value);
    }

    private static void requireDivisor(String what, double value) {
        boolean positive = value > 0 && value < Double.POSITIVE_INFINITY;
        require(positive, "oneCycle", "the " + what + " must be finite and positive", value);
    }

    private static void requireSteps(String name, String what, long value, long least) {
        require(value >= least, name, what + " must be at least " + least, value);
    }

    private static void require(boolean holds, String name, String rule, Number got) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + rule + "; got " + got);
        }
    }
}
