package luthier.finetune.task;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import luthier.finetune.task.TagReading.Entity;

/**
 * How well entities were found: an entity is right if its type, its first and its last token are. Computed over all rows of a split at
 * once; the reading says what counts as an entity, and the names of strict values say strict.
 *
 * @param reading how entities were read
 * @param precision right entities / predicted ones; 0 if none was predicted
 * @param recall right entities / true ones; 0 if there is none
 * @param f1 2 right / (predicted + true); 0 if there is none on either side
 * @param macroF1 the mean F1 of the types that occur in truth or prediction; NaN if none does
 * @param tokenAccuracy the share of tags that are equal; NaN without tokens
 * @param cut tokens beyond the length limit, for which nothing was predicted: their entities are missed
 */
public record EntityMetrics(
        TagReading reading,
        double precision,
        double recall,
        double f1,
        double macroF1,
        double tokenAccuracy,
        long cut) {
    /** What {@link #values} holds where entities are read forgivingly; read strictly, {@code strict_} stands before the first four. */
    public static final List<Metric> METRICS =
            Metric.all("entity_f1", "entity_precision", "entity_recall", "entity_macro_f1", "token_accuracy");

    /**
     * Measures rows of tags. A prediction shorter than its row was cut off by the length limit: what is missing counts as {@code O}.
     *
     * @throws IllegalArgumentException if the numbers of rows differ, a prediction is longer than its row, or a tag is none that the
     *     reading knows
     */
    public static EntityMetrics of(TagReading reading, List<List<String>> truth, List<List<String>> predicted) {
        if (truth.size() != predicted.size()) {
            throw new IllegalArgumentException("entities: every row needs a truth and a prediction; got " + truth.size()
                    + " and " + predicted.size());
        }
        Map<String, LabelCounts> types = new TreeMap<>();
        long tokens = 0;
        long equal = 0;
        long cut = 0;
        for (int row = 0; row < truth.size(); row++) {
            List<String> asked = truth.get(row);
            List<String> given = predicted.get(row);
            if (given.size() > asked.size()) {
                throw new IllegalArgumentException("entities: a prediction must not be longer than its row; got "
                        + given.size() + " tags for " + asked.size() + " tokens in row " + (row + 1));
            }
            tokens += asked.size();
            cut += asked.size() - given.size();
            for (int token = 0; token < asked.size(); token++) {
                String tag = token < given.size() ? given.get(token) : "O";
                equal += tag.equals(asked.get(token)) ? 1 : 0;
            }
            count(types, reading.entities(asked, row), reading.entities(given, row));
        }
        Collection<LabelCounts> counts = types.values();
        LabelCounts all = LabelCounts.sum(counts);
        return new EntityMetrics(
                reading,
                all.precision(),
                all.recall(),
                all.f1(),
                LabelCounts.macroF1(counts),
                tokens == 0 ? Double.NaN : equal / (double) tokens,
                cut);
    }

    private static void count(Map<String, LabelCounts> types, List<Entity> truth, List<Entity> predicted) {
        Set<Entity> asked = new HashSet<>(truth);
        for (Entity entity : truth) {
            types.merge(entity.type(), new LabelCounts(0, 0, 1), LabelCounts::plus);
        }
        for (Entity entity : predicted) {
            types.merge(entity.type(), new LabelCounts(asked.contains(entity) ? 1 : 0, 1, 0), LabelCounts::plus);
        }
    }

    /** Returns the values by name. */
    public Map<String, Double> values() {
        String kind = reading.isStrict() ? "strict_entity_" : "entity_";
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(kind + "f1", f1);
        values.put(kind + "precision", precision);
        values.put(kind + "recall", recall);
        values.put(kind + "macro_f1", macroF1);
        values.put("token_accuracy", tokenAccuracy);
        return values;
    }
}
