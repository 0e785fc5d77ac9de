package luthier.nn.generate;

import java.util.Arrays;

/**
 * The steps from the scores of all tokens to the probabilities of the next, one function each. They write into the scores they are given; what
 * is ruled out becomes minus infinity. Orders and ties are those of transformers, in double precision.
 */
final class Scores {
    static final double OUT = Double.NEGATIVE_INFINITY;

    private Scores() {}

    /**
     * Checks that there is something to choose from.
     *
     * @throws GenerationException if a score is not a number or infinite, or all tokens are ruled out
     */
    static void require(double[] scores) {
        boolean left = false;
        for (int i = 0; i < scores.length; i++) {
            if (Double.isNaN(scores[i])) {
                throw new GenerationException("scores must be numbers; got not a number for token " + i);
            }
            if (scores[i] == Double.POSITIVE_INFINITY) {
                throw new GenerationException(
                        "scores must be below infinity; got one that is not finite for token " + i);
            }
            left |= scores[i] > OUT;
        }
        if (!left) {
            throw new GenerationException(
                    "one token at least must be possible; got none: no token is left; rule out fewer of them");
        }
    }

    /** Returns the token with the largest score, the lowest id of equal ones. */
    static int best(double[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Returns softmax(scores); what is ruled out has exactly 0. */
    static double[] softmax(double[] scores) {
        double most = scores[best(scores)];
        double[] p = new double[scores.length];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(scores[i] - most);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    /** Turns scores into log-probabilities. */
    static void logSoftmax(double[] scores) {
        double most = scores[best(scores)];
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - most);
        }
        double log = most + Math.log(sum);
        for (int i = 0; i < scores.length; i++) {
            scores[i] -= log;
        }
    }

    // ---- filters

    /** (score - largest) / temperature. */
    static void temperature(double[] scores, double temperature) {
        double most = scores[best(scores)];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (scores[i] - most) / temperature;
        }
    }

    /** Rules out what is below the k-th largest; equal ones all stay. */
    static void topK(double[] scores, int k) {
        if (k >= scores.length) {
            return;
        }
        keepFrom(scores, largest(scores, k));
    }

    /** Returns the k-th largest of the scores. */
    private static double largest(double[] scores, int k) {
        double[] heap = new double[k]; // the k largest so far, the least of them first
        Arrays.fill(heap, OUT);
        for (double score : scores) {
            if (score > heap[0]) {
                sink(heap, score);
            }
        }
        return heap[0];
    }

    private static void sink(double[] heap, double score) {
        int at = 0;
        while (true) {
            int below = 2 * at + 1;
            if (below >= heap.length) {
                break;
            }
            if (below + 1 < heap.length && heap[below + 1] < heap[below]) {
                below++;
            }
            if (heap[below] >= score) {
                break;
            }
            heap[at] = heap[below];
            at = below;
        }
        heap[at] = score;
    }

    /**
     * Keeps the fewest most probable tokens whose probabilities reach p, one at least; of equal ones at the edge the lowest ids. Holtzman et al.
     * 2020, arXiv:1904.09751.
     */
    static void topP(double[] scores, double p) {
        double[] sorted = Arrays.stream(scores).filter(score -> score > OUT).toArray();
        Arrays.sort(sorted);
        double[] probabilities = softmax(sorted);
        double sum = 0;
        int out = 0;
        while (out < sorted.length - 1) {
            sum += probabilities[out];
            if (sum > 1 - p) {
                break;
            }
            out++;
        }
        keepBest(scores, sorted, sorted.length - out);
    }

    /** Keeps so many of the largest; of equal ones at the edge the lowest ids. */
    private static void keepBest(double[] scores, double[] sorted, int count) {
        double edge = sorted[sorted.length - count];
        int equal = 0;
        for (int i = sorted.length - count; i < sorted.length && sorted[i] == edge; i++) {
            equal++;
        }
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] < edge || scores[i] == edge && equal-- <= 0) {
                scores[i] = OUT;
            }
        }
    }

    /** Keeps what is at least p times as probable as the most probable. Nguyen et al. 2024, arXiv:2407.01082. */
    static void minP(double[] scores, double p) {
        double[] probabilities = softmax(scores);
        double least = p * probabilities[best(probabilities)];
        keep(scores, probabilities, least);
    }

    /** Keeps what is at least as probable as a number, and the most probable. */
    static void epsilon(double[] scores, double least) {
        keep(scores, softmax(scores), least);
    }

    /** Keeps what is at least min(e, sqrt(e) exp(-entropy)) probable, and the most probable. Hewitt et al. 2022, arXiv:2210.15191. */
    static void eta(double[] scores, double e) {
        double[] p = softmax(scores);
        keep(scores, p, Math.min(e, Math.sqrt(e) * Math.exp(-entropy(p))));
    }

    private static double entropy(double[] p) {
        double entropy = 0;
        for (double each : p) {
            entropy -= each > 0 ? each * Math.log(each) : 0;
        }
        return entropy;
    }

    private static void keep(double[] scores, double[] probabilities, double least) {
        double most = scores[best(scores)];
        for (int i = 0; i < scores.length; i++) {
            if (probabilities[i] < least && scores[i] < most) {
                scores[i] = OUT;
            }
        }
    }

    /**
     * Keeps the fewest tokens whose surprise is nearest to the entropy and whose probabilities reach p; equal ones at the edge all stay. Meister
     * et al. 2023, arXiv:2202.00666.
     */
    static void typical(double[] scores, double p) {
        double[] logs = scores.clone();
        logSoftmax(logs);
        double[] probabilities = softmax(scores);
        double entropy = entropy(probabilities);
        int n = scores.length;
        double[] distance = new double[n];
        Integer[] order = new Integer[n];
        for (int i = 0; i < n; i++) {
            distance[i] = Math.abs(-logs[i] - entropy);
            order[i] = i;
        }
        Arrays.sort(order, (a, b) -> Double.compare(distance[a], distance[b]));
        double sum = 0;
        int last = 0;
        while (last < n - 1) {
            sum += probabilities[order[last]];
            if (!(sum < p)) {
                break;
            }
            last++;
        }
        double edge = distance[order[last]];
        for (int i = 0; i < n; i++) {
            if (distance[i] > edge) {
                scores[i] = OUT;
            }
        }
    }

    private static void keepFrom(double[] scores, double least) {
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] < least) {
                scores[i] = OUT;
            }
        }
    }
}
