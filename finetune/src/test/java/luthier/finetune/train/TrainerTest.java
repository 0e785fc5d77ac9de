package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
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
import luthier.finetune.task.Metric;
import luthier.nn.Context;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.init.Initializer;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.nn.optim.Schedule;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
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
        assertEquals(
                TrainingEvent.Reason.STOPPED,
                events(TrainingEvent.End.class).getFirst().reason());
    }

    /** Evaluates to given values, one after the other. */
    private static Trainer.Evaluator accuracies(Double... values) {
        Iterator<Double> next = List.of(values).iterator();
        return () -> Map.of(BestKeeper.VALIDATION, Map.of("accuracy", next.next()));
    }

    private Trainer<Integer> choosing(int patience, long evaluateEvery) {
        RunSettings settings = RunSettings.usual()
                .withBatches(4, 1)
                .withLength(new RunLength.Steps(10))
                .withEvery(OptionalLong.of(evaluateEvery), OptionalLong.empty());
        BestKeeper best = BestKeeper.of(Metric.named("accuracy"), patience, 0);
        return new Trainer<>(
                model,
                adaptation,
                this::loss,
                new Optimizer(AdamW.USUAL, adaptation.trained(), 0.01),
                Schedule.constant(0.01),
                new Trainer.Config(new RunPlan(20, settings), 1, 0, Optional.of(best)),
                List.of(events::add, this::watch));
    }

    private final List<String> fingerprints = new ArrayList<>();

    /** Remembers the weights at every evaluation. */
    private void watch(TrainingEvent event) {
        if (event instanceof TrainingEvent.Evaluation) {
            fingerprints.add(weights());
        }
    }

    private String weights() {
        Map<String, Tensor> values = new LinkedHashMap<>();
        adaptation.trained().forEach((name, parameter) -> values.put(name, parameter.value()));
        return Fingerprint.sha256(values);
    }

    @Test
    void answersWithTheBestAllOfIt() {
        choosing(0, 2).run(DATA, accuracies(0.5, 0.9, 0.7, 0.9, 0.8));
        TrainingEvent.End end = events(TrainingEvent.End.class).getFirst();
        assertEquals(10, end.steps());
        assertEquals(4, end.kept());
        assertEquals(
                "{best_step=4, best=0.9, last_step=10, last=0.8}",
                end.best().orElseThrow().report().toString());
        assertEquals(fingerprints.get(1), weights());
    }

    @Test
    void endsWithoutGain() {
        choosing(2, 2).run(DATA, accuracies(0.5, 0.4, 0.3));
        TrainingEvent.End end = events(TrainingEvent.End.class).getFirst();
        assertEquals(TrainingEvent.Reason.EARLY, end.reason());
        assertEquals(6, end.steps());
        assertEquals(2, end.kept());
        assertEquals(fingerprints.getFirst(), weights());
    }

    @Test
    void refusesDataOfAnotherPlan() {
        RunPlan plan = new RunPlan(24, RunSettings.usual().withBatches(4, 1));
        Trainer<Integer> trainer = new Trainer<>(
                model,
                adaptation,
                this::loss,
                new Optimizer(AdamW.USUAL, adaptation.trained(), 0.01),
                Schedule.constant(0.01),
                new Trainer.Config(plan, 1, 0, Optional.empty()),
                List.of());
        assertEquals(
                "train: the data must have the batches of the plan, 6 an epoch; got 5",
                assertThrows(IllegalArgumentException.class, () -> trainer.run(DATA, Map::of))
                        .getMessage());
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
    void noticesThatNothingMoved() {
        Parameter other = new Parameter("other", Shape.of(1), Initializer.zeros()).initialize(Seed.of(0));
        Trainer<Integer> idle = new Trainer<>(
                model,
                adaptation,
                this::loss,
                new Optimizer(AdamW.USUAL, Map.of("other", other), 0.01),
                Schedule.constant(0.01),
                new Trainer.Config(plan(7), 1, 0, Optional.empty()),
                List.of(events::add));
        String message = assertThrows(TrainingException.class, () -> idle.run(DATA, Map::of))
                .getMessage();
        assertEquals(
                "train: the first step whose rate is not 0 must move something; got no change at step 1 with rate 0.01; the"
                        + " optimizer has other parameters, or every gradient is 0",
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
