package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricTest {
    @Test
    void theLastWordOfANameSaysTheDirection() {
        for (String name : List.of("loss", "valid/loss", "eval_loss", "mean_absolute_error", "perplexity")) {
            assertTrue(Metric.named(name).smallerIsBetter(), name);
        }
        for (String name : List.of("accuracy", "loss_free", "valid/macro_f1", "recall@1", "glossy")) {
            assertFalse(Metric.named(name).smallerIsBetter(), name);
        }
    }

    @Test
    void onlyWhatIsFiniteIsBetter() {
        Metric accuracy = Metric.named("accuracy");
        assertTrue(accuracy.isBetter(0.5, 0.4));
        assertFalse(accuracy.isBetter(0.5, 0.5));
        assertFalse(accuracy.isBetter(0.0, -0.0));
        assertTrue(accuracy.isBetter(-1, Double.NaN));
        assertFalse(accuracy.isBetter(Double.POSITIVE_INFINITY, 0.5));
        assertFalse(accuracy.isBetter(Double.NaN, Double.NaN));
        assertTrue(Metric.LOSS.isBetter(0.4, 0.5));
        assertFalse(Metric.LOSS.isBetter(Double.NEGATIVE_INFINITY, 0.5));
    }

    @Test
    void aTaskNamesWhatItMeasures() {
        assertEquals(
                "metric: must be one that task score measures (pearson, spearman, mean_absolute_error,"
                        + " mean_squared_error); got accuracy",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Metric.choose("score", "accuracy", NumberMetrics.METRICS))
                        .getMessage());
        assertTrue(Metric.choose("score", "mean_squared_error", NumberMetrics.METRICS)
                .smallerIsBetter());
        assertThrows(IllegalArgumentException.class, () -> Metric.named(" "));
    }

    /** Every family of metrics lists exactly the names of its values. */
    @Test
    void theListsAreTheValues() {
        Map<List<Metric>, Map<String, Double>> families = Map.of(
                ConfusionMatrix.METRICS,
                        ConfusionMatrix.of(List.of("a"), new int[1], new int[1]).values(),
                NumberMetrics.METRICS,
                        NumberMetrics.of(new double[1], new double[1]).values(),
                MultiLabelMetrics.METRICS,
                        MultiLabelMetrics.of(List.of("a"), List.of(), List.of()).values(),
                EntityMetrics.METRICS,
                        EntityMetrics.of(TagReading.FORGIVING, List.of(), List.of())
                                .values(),
                RetrievalMetrics.METRICS,
                        RetrievalMetrics.of(new double[0][], List.of(), new int[0])
                                .values());
        families.forEach((metrics, values) ->
                assertEquals(metrics.stream().map(Metric::name).toList(), List.copyOf(values.keySet())));
    }
}
