package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import luthier.finetune.task.Metric;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;

class BestKeeperTest {
    private static final Metric ACCURACY = Metric.named("accuracy");
    private static final BestKeeper START = BestKeeper.of(ACCURACY, 2, 0);

    @Test
    void keepsTheBestAndStops() {
        BestKeeper keeper = START.after(10, 0.5).after(20, 0.7).after(30, 0.7);
        assertEquals(20, keeper.kept(30));
        assertEquals(1, keeper.withoutGain());
        assertFalse(keeper.stops());
        assertTrue(keeper.after(40, Double.NaN).stops());
        assertFalse(keeper.after(40, 0.8).stops());
    }

    /** 0 is no patience at all: the run goes to its end. */
    @Test
    void withoutPatienceItNeverStops() {
        BestKeeper keeper = BestKeeper.of(ACCURACY, 0, 0).after(10, 0.5);
        for (int step = 20; step < 200; step += 10) {
            keeper = keeper.after(step, 0.1);
            assertFalse(keeper.stops());
        }
        assertEquals(10, keeper.kept(200));
    }

    @Test
    void theStateLivesOnInACheckpoint() {
        for (BestKeeper keeper : new BestKeeper[] {
            START,
            START.after(10, Double.NaN),
            START.after(10, Double.NEGATIVE_INFINITY).after(20, Double.POSITIVE_INFINITY),
            START.after(10, 0.1 + 0.2).after(20, -0.0)
        }) {
            String text = Json.of(keeper.toFields()).toJson(0);
            BestKeeper resumed = START.resumed(Json.parse(text, "state").asObject());
            assertEquals(text, Json.of(resumed.toFields()).toJson(0));
            assertEquals(keeper.stops(), resumed.stops());
            assertEquals(
                    keeper.after(99, 0.2).toFields(), resumed.after(99, 0.2).toFields());
        }
    }

    @Test
    void aStateOfAnotherMetricOrADamagedOneIsRefused() {
        JsonObject state = Json.of(START.after(10, 0.5).toFields()).asObject();
        assertEquals(
                "resume: the metric must be that of the checkpoint, accuracy; got loss",
                assertThrows(
                                TrainingException.class,
                                () -> BestKeeper.of(Metric.LOSS, 2, 0).resumed(state))
                        .getMessage());
        JsonObject damaged = Json.parse(state.toJson(0).replace("\"best\":0.5", "\"best\":\"half\""), "state")
                .asObject();
        assertThrows(ModelFormatException.class, () -> START.resumed(damaged));
    }

    @Test
    void onlyValidationChooses() {
        Map<String, Double> test = Map.of("accuracy", 0.9);
        assertEquals(
                "best: the split valid must have accuracy; got the splits [test]",
                assertThrows(IllegalArgumentException.class, () -> START.after(10, Map.of("test", test)))
                        .getMessage());
        assertEquals(
                "best: the split valid must have accuracy; got [loss]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> START.after(10, Map.of("valid", Map.of("loss", 0.1), "test", test)))
                        .getMessage());
        assertEquals(
                0.5,
                START.after(10, Map.of("valid", Map.of("accuracy", 0.5), "test", test))
                        .best());
    }

    @Test
    void refusesStepsOutOfOrderAndNumbersOutOfRange() {
        assertEquals(
                "best: evaluations must come in the order of their steps; got 10 after 10",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> START.after(10, 0.5).after(10, 0.5))
                        .getMessage());
        assertEquals(
                "patience: must be a number of evaluations, or 0 to train to the end; got -1",
                assertThrows(IllegalArgumentException.class, () -> BestKeeper.of(ACCURACY, -1, 0))
                        .getMessage());
        assertEquals(
                "min-gain: must be finite and not negative; got NaN",
                assertThrows(IllegalArgumentException.class, () -> BestKeeper.of(ACCURACY, 1, Double.NaN))
                        .getMessage());
        assertEquals(
                "train: an evaluation must be finite to be kept; every accuracy was not finite, the last NaN after step 10;"
                        + " lower the learning rate or look at the validation rows",
                assertThrows(
                                TrainingException.class,
                                () -> START.after(10, Double.NaN).kept(10))
                        .getMessage());
    }

    @Test
    void saysWhatIsKept() {
        assertEquals(
                "no validation rows: the last step is kept, and nothing stops the run early; give some with --valid",
                START.announcement(0));
        assertEquals(
                "the step with the best accuracy (greater is better) on 9 validation rows is kept; stops after 2 evaluations"
                        + " without a gain",
                START.announcement(9));
        assertEquals(
                "the step with the best loss (smaller is better) on 9 validation rows is kept; stops after 1 evaluation"
                        + " without a gain of more than 0.01",
                BestKeeper.of(Metric.LOSS, 1, 0.01).announcement(9));
        assertEquals(
                "the step with the best loss (smaller is better) on 9 validation rows is kept; trained to the end",
                BestKeeper.of(Metric.LOSS, 0, 0).announcement(9));
    }
}
