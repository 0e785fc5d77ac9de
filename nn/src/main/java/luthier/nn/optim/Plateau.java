package luthier.nn.optim;

/**
 * A learning rate that falls when a metric does not get better: after more than {@code patience} metrics in a row without gain it is
 * multiplied by {@code factor}, and the next {@code cooldown} metrics do not count against it. A metric that is NaN is no gain. Immutable:
 * {@link #after} returns the next state.
 *
 * @param rate the rate now
 * @param rules when it falls, and by how much
 * @param best the best metric so far; NaN before the first
 * @param bad metrics in a row without gain
 * @param resting metrics that do not count yet
 */
public record Plateau(double rate, Rules rules, double best, int bad, int resting) {
    /**
     * When a rate falls, and by how much.
     *
     * @param rising whether larger metrics are better
     * @param factor what the rate is multiplied by, in (0, 1)
     * @param patience metrics in a row without gain that are borne
     * @param threshold a gain is more than this
     * @param relative whether the threshold is a share of the best
     * @param cooldown metrics after a fall that do not count against the rate
     * @param least the rate never falls below
     */
    public record Rules(
            boolean rising,
            double factor,
            int patience,
            double threshold,
            boolean relative,
            int cooldown,
            double least) {
        /** For losses: a tenth after 10 losses without a gain of 1e-4 of the best. */
        public static final Rules USUAL = new Rules(false, 0.1, 10, 1e-4, true, 0, 0);

        /** Checks the numbers. */
        public Rules {
            Bounds.require(factor > 0 && factor < 1, "plateau", "the factor", "in (0, 1)", factor);
            Bounds.require(patience >= 0, "plateau", "the patience", "at least 0", patience);
            Bounds.requireFactor("plateau", "the threshold", threshold);
            Bounds.require(cooldown >= 0, "plateau", "the cooldown", "at least 0", cooldown);
            Bounds.requireFactor("plateau", "the least rate", least);
        }

        private boolean isGain(double metric, double best) {
            if (Double.isNaN(best)) {
                return !Double.isNaN(metric);
            }
            double sign = rising ? 1 : -1;
            // A share of the best as it stands, also of a negative one, as PyTorch counts.
            double bound = relative ? best * (1 + sign * threshold) : best + sign * threshold;
            return rising ? metric > bound : metric < bound;
        }
    }

    /** Returns a rate before its first metric. */
    public static Plateau of(double rate, Rules rules) {
        Bounds.requireFactor("plateau", "the rate", rate);
        return new Plateau(rate, rules, Double.NaN, 0, 0);
    }

    /** Returns what it is after a metric. */
    public Plateau after(double metric) {
        boolean gain = rules.isGain(metric, best);
        double bestNow = gain ? metric : best;
        int badNow = gain || resting > 0 ? 0 : bad + 1;
        int restingNow = Math.max(0, resting - 1);
        if (badNow > rules.patience()) {
            double lower = Math.max(rate * rules.factor(), rules.least());
            return new Plateau(Math.min(rate, lower), rules, bestNow, 0, rules.cooldown());
        }
        return new Plateau(rate, rules, bestNow, badNow, restingNow);
    }
}
