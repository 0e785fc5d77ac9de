package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import luthier.autograd.Variable;
import luthier.finetune.lora.Lora;
import luthier.finetune.method.Adaptation;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.layers.Linear;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.nn.optim.Schedule;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.Test;

/** An adapter that no pass meets is never left untrained in silence. */
class UnmetAdapterTest {
    private static final Lora METHOD = new Lora();

    /** A layer that is in the tree and in no pass. */
    private static final class Half extends Layer {
        private final Linear used = child("used", new Linear(3, 2));

        private Half() {
            child("unused", new Linear(3, 2));
            initialize(Seed.of(1));
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            return used.forward(x, c);
        }
    }

    private final Half model = new Half();
    private final Adaptation adaptation =
            METHOD.attach(model, "lora", METHOD.options().parse(Map.of("rank", 1)), Seed.of(2));

    private void train() {
        RunPlan plan = new RunPlan(
                4,
                RunSettings.usual()
                        .withBatches(4, 1)
                        .withLength(new RunLength.Steps(2))
                        .withEvery(OptionalLong.of(2), OptionalLong.of(2)));
        Variable x = Variable.constant(Tiny.normal(1, 4, 3));
        Trainer.Objective<Integer> objective =
                (batch, c) -> model.forward(x, c).square().mean();
        TrainingData<Integer> data = new TrainingData<>() {
            @Override
            public int batchesPerEpoch() {
                return 1;
            }

            @Override
            public Integer batch(int epoch, int index) {
                return index;
            }

            @Override
            public int examples(Integer batch) {
                return 4;
            }
        };
        new Trainer<>(
                        model,
                        adaptation,
                        objective,
                        new Optimizer(AdamW.USUAL, adaptation.parameters(), 0),
                        Schedule.constant(0.01),
                        new Trainer.Config(plan, 1, 0, Optional.empty()),
                        List.of())
                .run(data, Map::of);
    }

    @Test
    void aLayerThatIsNeverCalledIsNamed() {
        String message = assertThrows(TrainingException.class, this::train).getMessage();
        assertTrue(message.contains("every trainable parameter must receive a gradient at the first step"), message);
        assertTrue(message.contains("unused.lora_A.weight, unused.lora_B.weight"), message);
    }

    @Test
    void aClosedAdaptationIsNotTrained() {
        adaptation.close();
        assertEquals(
                "trained: the adaptation must be attached, as no pass meets it otherwise; got \"lora\" after close; attach"
                        + " it again and load its state",
                assertThrows(IllegalStateException.class, this::train).getMessage());
    }
}
