package luthier.finetune.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How high the own document of each query ranks. Ties count against it, so a model that scores everything alike finds nothing; documents
 * of equal text are one. Immutable.
 */
public final class RetrievalMetrics {
    /** The usual numbers of documents looked at: 1, 5, 10. */
    public static final List<Integer> USUAL = List.of(1, 5, 10);

    /** What {@link #values} holds for the usual numbers. */
    public static final List<Metric> METRICS = Metric.all("recall@1", "recall@5", "recall@10", "mean_reciprocal_rank");

    private final int[] ranks;

    private RetrievalMetrics(int[] ranks) {
        this.ranks = ranks;
    }

    /**
     * Ranks the own document of each query: 1 + the number of other documents that score at least as high.
     *
     * @param scores of all documents for each query, {@code [queries, documents]}; higher is nearer
     * @param documents their texts; of equal ones the first is scored
     * @param positive the index of each query's own document
     * @throws IllegalArgumentException if the sizes differ or an index names no document
     * @throws NotFiniteException if a score is not finite, naming the query's row
     */
    public static RetrievalMetrics of(double[][] scores, List<String> documents, int[] positive) {
        if (scores.length != positive.length) {
            throw new IllegalArgumentException("recall: every query needs its own document; got " + scores.length
                    + " queries and " + positive.length + " documents");
        }
        Map<String, Integer> firsts = new HashMap<>();
        for (int i = 0; i < documents.size(); i++) {
            firsts.putIfAbsent(documents.get(i), i);
        }
        List<Integer> distinct = new ArrayList<>(firsts.values());
        int[] ranks = new int[scores.length];
        for (int query = 0; query < scores.length; query++) {
            if (scores[query].length != documents.size()
                    || positive[query] < 0
                    || positive[query] >= documents.size()) {
                throw new IllegalArgumentException("recall: every query must score " + documents.size()
                        + " documents and own one of them; got " + scores[query].length + " scores and document "
                        + positive[query] + " in row " + (query + 1));
            }
            for (double score : scores[query]) {
                NotFiniteException.require("recall", "a score", query, score);
            }
            int own = firsts.getOrDefault(documents.get(positive[query]), positive[query]);
            ranks[query] = rank(scores[query], distinct, own);
        }
        return new RetrievalMetrics(ranks);
    }

    private static int rank(double[] scores, List<Integer> documents, int own) {
        int rank = 1;
        for (int document : documents) {
            if (document != own && scores[document] >= scores[own]) {
                rank++;
            }
        }
        return rank;
    }

    /**
     * Returns the share of queries whose own document is among the first k; NaN without queries.
     *
     * @throws IllegalArgumentException if k is below 1
     */
    public double recallAt(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("recall: k must be at least 1; got " + k);
        }
        return Arrays.stream(ranks)
                .mapToDouble(rank -> rank <= k ? 1 : 0)
                .average()
                .orElse(Double.NaN);
    }

    /** Returns the mean of 1 / rank; NaN without queries. */
    public double meanReciprocalRank() {
        return Arrays.stream(ranks).mapToDouble(rank -> 1.0 / rank).average().orElse(Double.NaN);
    }

    /** Returns {@code recall@k} for the usual k, and {@code mean_reciprocal_rank}, by name. */
    public Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>();
        USUAL.forEach(k -> values.put("recall@" + k, recallAt(k)));
        values.put("mean_reciprocal_rank", meanReciprocalRank());
        return values;
    }
}
