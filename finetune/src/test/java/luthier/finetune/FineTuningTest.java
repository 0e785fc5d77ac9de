package luthier.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import luthier.finetune.TextClassifier.Labelled;
import luthier.finetune.method.Method;
import luthier.finetune.task.Answer;
import luthier.finetune.train.RunLength;
import luthier.finetune.train.RunSettings;
import luthier.finetune.train.TrainingEvent;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.models.bert.BertModel;
import luthier.tensor.Tensor;
import luthier.tensor.io.Safetensors;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A run beside those who ask: what they are answered meanwhile, and what is left when a run does not end well. */
class FineTuningTest {
    private static final List<String> WORDS = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "my", "the", "bill", "page", "is", "late", "down", "wrong");
    private static final List<String> ASKED = texts(150);

    @TempDir
    private Path directory;

    private TextClassifier router;
    private List<Double> untuned;

    private static List<String> texts(int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(String.join(" ", WORDS.subList(5, 6 + i % 8)));
        }
        return texts;
    }

    @BeforeEach
    void write() throws IOException {
        BertModel model = new BertModel(new BertConfig(WORDS.size(), 8, 12, 1, 2, 16, 2, 1e-12, 0), true);
        model.initialize(Seed.of(3));
        Safetensors.write(directory.resolve("model.safetensors"), model.weights(), Map.of("format", "pt"));
        Files.write(directory.resolve("vocab.txt"), WORDS);
        Files.writeString(directory.resolve("config.json"), """
                {"model_type": "bert", "vocab_size": %d, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1,
                 "num_attention_heads": 2, "max_position_embeddings": 16, "type_vocab_size": 2}
                """.formatted(WORDS.size()));
        router = loaded();
        untuned = answers();
    }

    private List<Double> answers() {
        return router.predictAll(ASKED).stream().map(Answer::probability).toList();
    }

    private static List<Labelled> tickets() {
        List<Labelled> tickets = new ArrayList<>();
        for (String fault : List.of("late", "wrong", "down", "is late", "is wrong", "is down")) {
            tickets.add(new Labelled("my bill " + fault, "bill"));
            tickets.add(new Labelled("the page " + fault, "page"));
        }
        return tickets;
    }

    private FineTuning tuning(int steps) {
        return tuning(steps, 0);
    }

    private FineTuning tuning(int steps, long seed) {
        RunSettings run = RunSettings.usual()
                .withBatches(4, 1)
                .withSchedule("constant", 2e-2, 0)
                .withLength(new RunLength.Steps(steps));
        return router.fineTuning(
                tickets(),
                0,
                TuningSettings.usual(Methods.named("lora")).withRun(run).withSeed(seed));
    }

    private FineTuning full(int steps, boolean inPlace) {
        Method full = Methods.named("full");
        RunSettings run = RunSettings.usual().withBatches(4, 1).withLength(new RunLength.Steps(steps));
        return router.fineTuning(
                tickets(),
                0,
                TuningSettings.usual(full)
                        .withOptions(full.options().parse(Map.of("in-place", inPlace)))
                        .withRun(run));
    }

    @Test
    void inPlaceTheWeightsAreThoseOfCopiesMerged(@TempDir Path saved) throws IOException {
        full(6, false).run();
        List<Double> copies = answers();
        router.merge(List.of("my bill"));
        Map<String, Tensor> expected = router.model().layers().weights();
        router = loaded();
        assertEquals(
                List.of(),
                full(6, true).trained().keySet().stream()
                        .filter(name -> !expected.containsKey(name))
                        .toList());
        assertEquals(untuned, answers(), "what is attached to be looked at can be taken off again");
        FineTuning.Outcome outcome = full(6, true).run();
        assertEquals(copies, answers());
        assertEquals(outcome.after(), full(6, true).measure());
        Tiny.assertBits(expected, router.model().layers().weights(), "weights");
        assertEquals(Optional.empty(), router.model().learned());
        router.save(saved);
        assertFalse(Files.exists(saved.resolve("adapter")));
        router = TextClassifier.open(saved);
        assertEquals(copies, answers());
    }

    @Test
    void weightsTrainedInPlaceAnswerNothingUntilTheRunIsDone() {
        String being =
                ": a model must have whole weights; got one where its own weights are being trained in place; wait for"
                        + " the end of the run, or train copies";
        String left =
                ": a model must have whole weights; got one where a run in place ended before its time, and left its"
                        + " own weights half-trained; load it anew, or resume the run";
        List<String> refusals = new ArrayList<>();
        FineTuning.Running[] running = new FineTuning.Running[1];
        List<Runnable> given = new ArrayList<>();
        running[0] = full(6, true).start(given::add, Optional.empty(), List.of(event -> {
            if (event instanceof TrainingEvent.Step step && step.step() == 2) {
                refusals.add(refusal(() -> answers()));
                refusals.add(refusal(() -> router.save(directory)));
                running[0].cancel();
            }
        }));
        assertEquals(untuned, answers(), "until it begins it answers");
        given.getFirst().run();
        FineTuning.Outcome outcome = running[0].join();
        assertEquals(TrainingEvent.Reason.STOPPED, outcome.end().reason());
        assertEquals(Map.of(), outcome.after());
        refusals.add(refusal(() -> answers()));
        refusals.add(refusal(() -> router.save(directory)));
        refusals.add(refusal(() -> full(2, true).run()));
        assertEquals(
                List.of("predict" + being, "save" + being, "predict" + left, "save" + left, "fine-tuning" + left),
                refusals);
    }

    private static String refusal(Executable what) {
        return assertThrows(IllegalStateException.class, what).getMessage();
    }

    @Test
    void aRunInPlaceThatEndsBeforeItsFirstStepLeavesTheModelAsItWas() {
        IllegalStateException mine = new IllegalStateException("mine");
        assertSame(
                mine,
                assertThrows(
                        IllegalStateException.class,
                        () -> full(3, true).run(event -> {
                            if (event instanceof TrainingEvent.Start) {
                                refusal(() -> answers());
                                throw mine;
                            }
                        })));
        assertNothingIsLeft();
    }

    @Test
    void anotherMethodIsMergedBeforeWeightsAreTrainedInPlace() {
        tuning(2).run();
        List<Double> tuned = answers();
        assertEquals(
                "full: weights are trained in place where nothing else is attached that trains; got a model with attachments;"
                        + " merge them first, or train copies",
                refusal(() -> full(2, true).run()));
        assertEquals(tuned, answers());
        router.merge(List.of("my bill"));
        full(2, true).run();
        assertNotEquals(tuned, answers());
    }

    @Test
    void everyQuestionIsAnsweredWholeByTheOldOrTheNew() {
        Set<List<Double>> seen = ConcurrentHashMap.newKeySet();
        List<List<Double>> published = new ArrayList<>(List.of(untuned));
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread asks = Thread.ofPlatform().start(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    seen.add(answers());
                }
            } catch (RuntimeException | Error e) {
                failed.set(e);
            }
        });
        for (int run = 0; run < 12; run++) {
            tuning(2, run).run();
            published.add(answers());
        }
        router.merge(List.of("my bill"));
        published.add(answers());
        asks.interrupt();
        joined(asks);
        assertEquals(null, failed.get());
        assertTrue(published.containsAll(seen), "every answer is one of a state that was published");
        assertEquals(13, Set.copyOf(published.subList(0, 13)).size());
    }

    private static void joined(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anExecutorThatRefusesLeavesTheModelAsItWas() {
        RejectedExecutionException refusal = new RejectedExecutionException("full");
        assertSame(
                refusal,
                assertThrows(
                        RejectedExecutionException.class,
                        () -> tuning(2)
                                .start(
                                        _ -> {
                                            throw refusal;
                                        },
                                        Optional.empty(),
                                        List.of())));
        assertNothingIsLeft();
    }

    @Test
    void whatEndsARunComesThroughAndLeavesTheModelAsItWas() {
        for (Throwable fault : List.of(new IllegalStateException("mine"), new OutOfMemoryError("made up"))) {
            Throwable seen = assertThrows(
                    Throwable.class,
                    () -> tuning(3).run(event -> {
                        if (event instanceof TrainingEvent.Step step && step.step() == 2) {
                            throwAnyway(fault);
                        }
                    }));
            assertSame(fault, seen);
            assertNothingIsLeft();
        }
    }

    private static void throwAnyway(Throwable fault) {
        switch (fault) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new AssertionError(fault);
        }
    }

    private void assertNothingIsLeft() {
        assertEquals(untuned, answers());
        assertEquals(Optional.empty(), router.model().learned());
        tuning(3).run();
        List<Double> again = answers();
        router = loaded();
        tuning(3).run();
        assertEquals(answers(), again, "a second try trains as a first");
        router = loaded();
    }

    private TextClassifier loaded() {
        try {
            return TextClassifier.load(directory, List.of("bill", "page"), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneRunAtATime() {
        tuning(2).run();
        List<Double> tuned = answers();
        assertNotEquals(untuned, tuned);
        List<String> refusals = new ArrayList<>();
        tuning(2).run(event -> {
            if (event instanceof TrainingEvent.Step) {
                refusals.add(assertThrows(
                                IllegalStateException.class, () -> tuning(2).run())
                        .getMessage());
                refusals.add(assertThrows(IllegalStateException.class, () -> router.merge(ASKED))
                        .getMessage());
                assertEquals(tuned, answers());
            }
        });
        String rule =
                ": one run at a time changes a model; got a second while one is under way; wait for its end, or cancel it";
        assertEquals(List.of("fine-tuning" + rule, "merge" + rule, "fine-tuning" + rule, "merge" + rule), refusals);
    }
}
