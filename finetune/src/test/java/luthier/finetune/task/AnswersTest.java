package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {
    @Test
    void theFirstOfEqualClassesWins() {
        assertArrayEquals(new int[] {1, 0, 0}, Answers.classes(new double[][] {{-1, 2, 2}, {0.0, -0.0, 0.0}, {1}}));
        assertEquals(
                "answers: every row needs at least one logit; got none in row 2",
                assertThrows(IllegalArgumentException.class, () -> Answers.classes(new double[][] {{1}, {}}))
                        .getMessage());
    }

    @Test
    void aProbabilityOfTheThresholdCounts() {
        assertEquals(
                List.of(List.of(0, 2), List.of()),
                Answers.labels(new double[][] {{0, -1e-9, 1000}, {-1000, -1, -2}}, 0.5));
        for (double threshold : new double[] {0, 1, Double.NaN}) {
            assertEquals(
                    "answers: the threshold must be in (0, 1); got " + threshold,
                    assertThrows(IllegalArgumentException.class, () -> Answers.labels(new double[0][], threshold))
                            .getMessage());
        }
    }

    @Test
    void nothingButNumbersIsAnAnswer() {
        String message =
                "answers: logits must be finite; got NaN in row 1; the model has diverged or its weights are damaged";
        double[][] logits = {{1, Double.NaN}};
        assertEquals(
                message,
                assertThrows(NotFiniteException.class, () -> Answers.classes(logits))
                        .getMessage());
        assertEquals(
                message,
                assertThrows(NotFiniteException.class, () -> Answers.labels(logits, 0.5))
                        .getMessage());
    }
}
