package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import luthier.autograd.Variable;
import luthier.finetune.TinyBert;
import luthier.finetune.Tuning;
import luthier.finetune.freeze.Full;
import luthier.finetune.freeze.Head;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Method;
import luthier.nn.Context;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.nn.optim.Schedule;
import luthier.tensor.DType;
import luthier.tensor.Updates;
import org.junit.jupiter.api.Test;

/** The loop reports what it does and refuses to train what it should not. */
class TrainerTest {
    private static final TrainingData<Integer> DATA = new TrainingData<>() {
        @Override
        public int batchesPerEpoch() {
            return 5;
        }

        @Override
        public Integer batch(int epoch, int index) {
            return epoch * 5 + index;
        }

        @Override
        public int examples(Integer batch) {
            return 4;
        }
    };

    private final BertClassifier model = TinyBert.model(DType.F32);
    private Adaptation adaptation = attach(new Full());
    private final List<TrainingEvent> events = new ArrayList<>();

    /** Two epochs at most, an evaluation each. */
    private static RunPlan plan(long maxSteps) {
        return new RunPlan(
                20,
                RunSettings.usual()
                        .withBatches(4, 1)
                        .withLength(new RunLength.Steps(Math.min(10, maxSteps)))
                        .withEvery(OptionalLong.of(5), OptionalLong.of(5)));
    }

    private Trainer<Integer> trainer(Trainer.Objective<Integer> objective, long maxSteps) {
        return new Trainer<>(
                model,
                adaptation,
                objective,
                new Optimizer(AdamW.USUAL, adaptation.trained(), 0.01),
                Schedule.constant(0.01),
                new Trainer.Config(plan(maxSteps), 1, 0, Optional.empty()),
                List.of(events::add));
    }

    private Adaptation attach(Method method) {
        return Tuning.fresh(model, method, method.options().usual(), Seed.of(1));
    }

    private void trainTheHeadAlone() {
        adaptation.close();
        adaptation = attach(new Head());
    }

    private Variable loss(Integer batch, Context context) {
        return TinyBert.loss(model, context);
    }

    private <E extends TrainingEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Test
    void trainsEvaluatesAndReports() {
        trainer(this::loss, Long.MAX_VALUE).run(DATA, () -> Map.of("valid", Map.of("accuracy", 0.5)));
        List<TrainingEvent.Step> steps = events(TrainingEvent.Step.class);
        assertEquals(10, steps.size());
        assertTrue(steps.getLast().loss() < steps.getFirst().loss());
        assertEquals(2, steps.getLast().epoch());
        assertEquals(2, events(TrainingEvent.Evaluation.class).size());
        assertEquals(10, events(TrainingEvent.Start.class).getFirst().totalSteps());
        TrainingEvent.End end = events(TrainingEvent.End.class).getFirst();
        assertEquals(10, end.steps());
        assertEquals(40, end.examples());
        assertEquals(TrainingEvent.Reason.DONE, end.reason());
    }

    @Test
    void endsEarlyWhereAskedTo() {
        trainer(this::loss, 7).run(DATA, Map::of);
        assertEquals(7, events(TrainingEvent.Step.class).size());
        assertEquals(2, events(TrainingEvent.Evaluation.class).size());
        events.clear();
        Trainer<Integer> trainer = trainer(this::loss, Long.MAX_VALUE);
        trainer.stop();
        trainer.run(DATA, Map::of);
        assertEquals(TrainingEvent.Reason.STOPPED, events(TrainingEvent.End.class).getFirst().reason());
    }

    private String failure(Trainer.Objective<Integer> objective) {
        return assertThrows(TrainingException.class, () -> trainer(objective, 7).run(DATA, Map::of))
                .getMessage();
    }

    @Test
    void refusesToTrainNothing() {
        adaptation.parameters().values().forEach(Parameter::freeze);
        assertTrue(failure(this::loss).startsWith("train: at least one parameter must be trainable; got none of"));
    }

    @Test
    void refusesATrainableParameterWithoutAGradient() {
        String message = failure((batch, context) ->
                adaptation.trained().get("classifier.bias").variable().sum());
        assertTrue(
                message.startsWith("train: every trainable parameter must receive a gradient at the first step"),
                message);
        assertTrue(message.contains("bert.embeddings.word_embeddings.weight"), message);
    }

    @Test
    void noticesAFrozenParameterThatChanged() {
        trainTheHeadAlone();
        String message = failure((batch, context) -> {
            Updates.scaleInPlace(
                    model.parameters().get("bert.embeddings.LayerNorm.weight").value(), 1.001);
            return TinyBert.loss(model, context);
        });
        assertEquals(
                "train: frozen parameters must not change; got a change of bert.embeddings.LayerNorm.weight; something writes"
                        + " to them outside the optimizer",
                message);
    }

    @Test
    void stopsAtALossThatIsNotFinite() {
        String message =
                failure((batch, context) -> TinyBert.loss(model, context).mul(batch == 3 ? Double.NaN : 1));
        assertEquals(
                "train: the loss must be finite; got NaN at step 4; lower the learning rate or look for bad inputs",
                message);
    }

    @Test
    void countsBytesByGroup() {
        trainTheHeadAlone();
        ParameterTable.Group total =
                ParameterTable.of(model, adaptation.trained(), AdamW.USUAL).total();
        assertEquals(16 * 3 + 3, total.trainable());
        assertEquals(4 * total.trainable(), total.gradientBytes());
        assertEquals(8 * total.trainable(), total.optimizerBytes());
        assertEquals(4 * (total.total() + total.trainable()), total.weightBytes(), "the head and its copy");
    }
}
