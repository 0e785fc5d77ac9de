package luthier.nn.generate;

/**
 * Which tokens may be drawn, and how sharply: applied in this order, each on what the ones before have left. Temperature 0 is greedy.
 *
 * {@snippet :
 * double[] p = Filters.usual().temperature(0.5).topK(2).probabilities(new double[] {2, 1, 0});
 * p[2]; // 0.0
 * }
 *
 * @param temperature scores are divided by it; 0 chooses the best
 * @param topK so many of the best stay, equal ones at the edge all; 0 for all
 * @param topP the fewest whose probabilities reach this stay, one at least; 1 for all
 * @param minP what is at least so many times as probable as the best stays; 0 for all
 * @param typicalP the fewest of typical surprise whose probabilities reach this stay; 1 for all
 * @param epsilon what is at least so probable stays; 0 for all
 * @param eta as epsilon, less where the entropy is large; 0 for all
 */
public record Filters(
        double temperature, int topK, double topP, double minP, double typicalP, double epsilon, double eta) {
    /**
     * Checks the ranges.
     *
     * @throws GenerationException naming the first setting out of range
     */
    public Filters {
        GenerationException.require(
                temperature >= 0 && temperature < Double.POSITIVE_INFINITY, "temperature", "at least 0", temperature);
        GenerationException.require(topK >= 0, "top_k", "at least 0", topK);
        GenerationException.require(topP >= 0 && topP <= 1, "top_p", "0 to 1", topP);
        GenerationException.require(minP >= 0 && minP <= 1, "min_p", "0 to 1", minP);
        GenerationException.require(typicalP > 0 && typicalP <= 1, "typical_p", "above 0, at most 1", typicalP);
        GenerationException.require(epsilon >= 0 && epsilon < 1, "epsilon_cutoff", "0 to below 1", epsilon);
        GenerationException.require(eta >= 0 && eta < 1, "eta_cutoff", "0 to below 1", eta);
    }

    /** Returns drawing from the model's own probabilities. */
    public static Filters usual() {
        return new Filters(1, 0, 1, 0, 1, 0, 0);
    }

    /** Returns choosing the best, always. */
    public static Filters greedy() {
        return usual().temperature(0);
    }

    /** Returns the same with another temperature. */
    public Filters temperature(double value) {
        return new Filters(value, topK, topP, minP, typicalP, epsilon, eta);
    }

    /** Returns the same with another number of best ones. */
    public Filters topK(int value) {
        return new Filters(temperature, value, topP, minP, typicalP, epsilon, eta);
    }

    /** Returns the same with another share of probability. */
    public Filters topP(double value) {
        return new Filters(temperature, topK, value, minP, typicalP, epsilon, eta);
    }

    /** Returns the same with another least share of the best's probability. */
    public Filters minP(double value) {
        return new Filters(temperature, topK, topP, value, typicalP, epsilon, eta);
    }

    /** Returns the same with another share of typical probability. */
    public Filters typicalP(double value) {
        return new Filters(temperature, topK, topP, minP, value, epsilon, eta);
    }

    /** Returns the same with another least probability. */
    public Filters epsilon(double value) {
        return new Filters(temperature, topK, topP, minP, typicalP, value, eta);
    }

    /** Returns the same with another least probability that follows the entropy. */
    public Filters eta(double value) {
        return new Filters(temperature, topK, topP, minP, typicalP, epsilon, value);
    }

    /** Returns whether the best is chosen, always. */
    public boolean isGreedy() {
        return temperature == 0;
    }

    /**
     * Returns the probability of each token; what is filtered has exactly 0.
     *
     * @param scores one for each token, after penalties; they stay as they are
     * @throws GenerationException if a score is not a number or infinite, or all tokens are ruled out
     */
    public double[] probabilities(double[] scores) {
        Scores.require(scores);
        double[] left = scores.clone();
        if (isGreedy()) {
            double[] one = new double[scores.length];
            one[Scores.best(scores)] = 1;
            return one;
        }
        Scores.temperature(left, temperature);
        if (topK > 0) {
            Scores.topK(left, topK);
        }
        if (topP < 1) {
            Scores.topP(left, topP);
        }
        if (minP > 0) {
            Scores.minP(left, minP);
        }
        if (typicalP < 1) {
            Scores.typical(left, typicalP);
        }
        if (epsilon > 0) {
            Scores.epsilon(left, epsilon);
        }
        if (eta > 0) {
            Scores.eta(left, eta);
        }
        return Scores.softmax(left);
    }

    /**
     * Returns the first token at which the running sum of probabilities exceeds u: never one of probability 0, and never past the end, however
     * the sum was rounded.
     *
     * @param u in [0, 1)
     */
    public static int draw(double[] probabilities, double u) {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < probabilities.length; i++) {
            if (probabilities[i] > 0) {
                last = i;
                sum += probabilities[i];
                if (sum > u) {
                    break;
                }
            }
        }
        return last;
    }
}
