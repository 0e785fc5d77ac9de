package luthier.nn.layers;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How the frequencies of rotary positions are stretched, so that a model reads longer texts than it was first trained on. Without it the i-th
 * pair of a row of d numbers turns by theta^(-2i / d) from one position to the next. Computed in double precision, by the formulas of the
 * public checkpoints' {@code rope_type}s.
 */
public sealed interface RotaryScaling {
    /**
     * Returns the angle from one position to the next for each pair of numbers.
     *
     * @param width how many numbers of a head turn, even
     * @param theta the base of the frequencies
     * @param length the length of the text, with what is in caches; asked for by those alone that {@linkplain #followsLength follow it}
     */
    double[] frequencies(int width, double theta, long length);

    /** Returns what the turned numbers are multiplied by. */
    default double attentionFactor() {
        return 1;
    }

    /** Returns whether the frequencies depend on the length of the text: then caches hold keys that are not turned yet. */
    default boolean followsLength() {
        return false;
    }

    private static double[] plain(int width, double theta) {
        double[] frequencies = new double[width / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = StrictMath.pow(theta, -2.0 * i / width);
        }
        return frequencies;
    }

    private static void requireFactor(String what, double factor) {
        if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("rotary: " + what + " must be a number above 0; got " + factor);
        }
    }

    private static void requireLength(long length) {
        if (length < 1) {
            throw new IllegalArgumentException("rotary: the length trained on must be at least 1; got " + length);
        }
    }

    /** Frequencies as they are; Su et al. 2021, arXiv:2104.09864. */
    record None() implements RotaryScaling {
        @Override
        public double[] frequencies(int width, double theta, long length) {
            return plain(width, theta);
        }
    }

    /** All frequencies divided by a factor; Chen et al. 2023, arXiv:2306.15595. */
    record Linear(double factor) implements RotaryScaling {
        /** Checks the factor. */
        public Linear {
            requireFactor("factor", factor);
        }

        @Override
        public double[] frequencies(int width, double theta, long length) {
            double[] frequencies = plain(width, theta);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factor;
            }
            return frequencies;
        }
    }

    /**
     * The base grown by factor^(d / (d - 2)), so that the slowest pair is stretched by the factor and the fastest not at all ("NTK-aware").
     */
    record Ntk(double factor) implements RotaryScaling {
        /** Checks the factor. */
        public Ntk {
            requireFactor("factor", factor);
        }

        @Override
        public double[] frequencies(int width, double theta, long length) {
            return plain(width, theta * StrictMath.pow(factor, width / (width - 2.0)));
        }
    }

    /**
     * As {@link Ntk}, by the factor that the text's length n needs: factor n / trained - (factor - 1), from the length trained on upward.
     *
     * @param trained the length of texts that the model was trained on
     */
    record Dynamic(double factor, long trained) implements RotaryScaling {
        /** Checks the numbers. */
        public Dynamic {
            requireFactor("factor", factor);
            requireLength(trained);
        }

        @Override
        public double[] frequencies(int width, double theta, long length) {
            double times = factor * Math.max(length, trained) / trained - (factor - 1);
            return new Ntk(times).frequencies(width, theta, length);
        }

        @Override
        public boolean followsLength() {
            return true;
        }
    }

    /**
     * Slow pairs (fewer than {@code low} turns over the length trained on) divided by the factor, fast ones (more than {@code high}) left alone,
     * those between mixed; Llama 3.1.
     *
     * @param trained the length of texts that the model was first trained on
     */
    record Llama3(double factor, double low, double high, long trained) implements RotaryScaling {
        /** Checks the numbers. */
        public Llama3 {
            requireFactor("factor", factor);
            requireFactor("low_freq_factor", low);
            requireLength(trained);
            if (!(high > low)) {
                throw new IllegalArgumentException(
                        "rotary: high_freq_factor must be above low_freq_factor; got " + high + " and " + low);
            }
        }

        @Override
        public double[] frequencies(int width, double theta, long length) {
            double[] frequencies = plain(width, theta);
            for (int i = 0; i < frequencies.length; i++) {
                double turns = trained * frequencies[i] / (2 * Math.PI);
                double kept = Math.clamp((turns - low) / (high - low), 0, 1);
                frequencies[i] = kept * frequencies[i] + (1 - kept) * frequencies[i] / factor;
            }
            return frequencies;
        }
    }

    /**
     * As {@link Llama3}, with a ramp over the pairs' indices between {@code fast} and {@code slow} turns, and products of queries and keys made
     * sharper; Peng et al. 2023, arXiv:2309.00071, eq. 22 and 23.
     *
     * @param trained the length of texts that the model was first trained on
     * @param attention the factor of the turned numbers; 0.1 ln(factor) + 1 where it is empty
     * @param fast turns over the length trained on from which a pair is left alone, usually 32
     * @param slow turns below which it is divided by the factor, usually 1
     * @param whole whether the ramp begins and ends at whole indices, as a rule
     */
    record Yarn(double factor, long trained, OptionalDouble attention, double fast, double slow, boolean whole)
            implements RotaryScaling {
        /** Checks the numbers. */
        public Yarn {
            requireFactor("factor", factor);
            requireFactor("beta_fast", fast);
            requireFactor("beta_slow", slow);
            requireLength(trained);
        }

        /** Returns the usual of a factor. */
        public static Yarn of(double factor, long trained) {
            return new Yarn(factor, trained, OptionalDouble.empty(), 32, 1, true);
        }

        @Override
        public double[] frequencies(int width, double theta, long length) {
            double low = index(fast, width, theta);
            double high = index(slow, width, theta);
            low = Math.max(whole ? Math.floor(low) : low, 0);
            high = Math.min(whole ? Math.ceil(high) : high, width - 1);
            double span = low == high ? 0.001 : high - low;
            double[] frequencies = plain(width, theta);
            for (int i = 0; i < frequencies.length; i++) {
                double kept = 1 - Math.clamp((i - low) / span, 0, 1);
                frequencies[i] = (1 - kept) * frequencies[i] / factor + kept * frequencies[i];
            }
            return frequencies;
        }

        /** The index, not whole, of the pair that makes so many turns over the length trained on. */
        private double index(double turns, int width, double theta) {
            return width * StrictMath.log(trained / (turns * 2 * Math.PI)) / (2 * StrictMath.log(theta));
        }

        @Override
        public double attentionFactor() {
            return attention.orElseGet(() -> mscale(factor, 1));
        }

        /** Returns 0.1 m ln(factor) + 1; 1 where the factor stretches nothing. */
        public static double mscale(double factor, double m) {
            return factor <= 1 ? 1 : 0.1 * m * StrictMath.log(factor) + 1;
        }
    }

    /**
     * Each frequency divided by a number of its own, one list for texts up to the length trained on, one for longer ones; Ding et al. 2024,
     * arXiv:2402.13753.
     *
     * @param trained the length of texts that the model was first trained on
     * @param attentionFactor the factor of the turned numbers
     */
    record LongRope(List<Double> shorter, List<Double> longer, long trained, double attentionFactor)
            implements RotaryScaling {
        /** Copies and checks the numbers. */
        public LongRope {
            shorter = List.copyOf(shorter);
            longer = List.copyOf(longer);
            requireLength(trained);
            requireFactor("attention_factor", attentionFactor);
            shorter.forEach(factor -> requireFactor("every short_factor", factor));
            longer.forEach(factor -> requireFactor("every long_factor", factor));
        }

        /** Returns the factor of the turned numbers that a stretching implies: sqrt(1 + ln(factor) / ln(trained)). */
        public static double impliedAttention(double factor, long trained) {
            return factor <= 1 ? 1 : StrictMath.sqrt(1 + StrictMath.log(factor) / StrictMath.log((double) trained));
        }

        @Override
        public double[] frequencies(int width, double theta, long length) {
            List<Double> factors = length > trained ? longer : shorter;
            double[] frequencies = plain(width, theta);
            if (factors.size() != frequencies.length) {
                throw new IllegalArgumentException("rotary: longrope needs a factor for each of " + frequencies.length
                        + " pairs; got " + factors.size());
            }
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factors.get(i);
            }
            return frequencies;
        }

        @Override
        public boolean followsLength() {
            return true;
        }
    }
}
