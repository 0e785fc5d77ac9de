package luthier.nn.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.Active;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Seed;
import luthier.nn.generate.Generated.Ending;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.layers.Linear;
import luthier.nn.layers.RotaryEmbedding;
import luthier.nn.layers.RotaryScaling;
import luthier.nn.models.CausalModel;
import luthier.nn.models.HiddenActivation;
import luthier.nn.models.llama.LlamaConfig;
import luthier.nn.models.llama.LlamaModel;
import luthier.tensor.Rng;
import luthier.tensor.Rotary;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tiny.TinyAdapters.LowRank;
import luthier.tiny.TinyAdapters.Prompt;
import org.junit.jupiter.api.Test;

/** Texts of a random decoder: alone and side by side, cached and not, ended in every way, while adapters change. */
class GeneratorTest {
    private static final int LONGEST = 40;
    private static final List<int[]> PROMPTS = List.of(new int[] {3, 1, 4, 1, 5}, new int[] {2}, new int[] {7, 1, 8});

    private final Layer model = model();
    private final Generator generator = new Generator(model, LONGEST);

    private static Layer model() {
        RotaryEmbedding rotary = new RotaryEmbedding(Rotary.Layout.HALF, 8, 100, new RotaryScaling.None());
        AttentionDesign attention =
                AttentionDesign.of(new AttentionDesign.Heads(24, 4, 2, 8)).turning(Optional.of(rotary));
        LlamaModel decoder = new LlamaModel(new LlamaConfig(
                50, 24, 32, Collections.nCopies(2, attention), 1e-5, HiddenActivation.SILU, false, false, LONGEST));
        Layer model = new CausalModel("model", decoder, "lm_head", new Linear(24, 50, false), 0);
        model.initialize(Seed.of(2));
        model.parameters()
                .forEach((name, parameter) -> parameter
                        .value()
                        .copyInPlace(parameter
                                .value()
                                .add(Rng.of(9).split(name).normal(parameter.dtype(), parameter.shape(), 0, 0.3))));
        model.freeze();
        return model;
    }

    /** Without a cache: the whole text in every pass. */
    private static List<Integer> byHand(Layer model, int[] prompt, int count, Context c) {
        List<Long> tokens = new ArrayList<>();
        for (int token : prompt) {
            tokens.add((long) token);
        }
        List<Integer> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Tensor ids = Tensor.of(tokens.stream().mapToLong(id -> id).toArray(), 1, tokens.size());
            Tensor logits =
                    Grad.disabled(() -> model.forward(Variable.constant(ids), c).value());
            int best = (int) logits.select(1, logits.size(1) - 1).argmax(-1).longItem();
            made.add(best);
            tokens.add((long) best);
        }
        return made;
    }

    @Test
    void greedyTextsAreThoseWithoutCache() {
        List<Generated> texts = generator.generate(PROMPTS, GenerationSettings.greedy(12));
        for (int i = 0; i < PROMPTS.size(); i++) {
            assertEquals(
                    byHand(model, PROMPTS.get(i), 12, Context.inference()),
                    texts.get(i).tokens());
            assertEquals(Ending.LENGTH, texts.get(i).ending());
        }
    }

    @Test
    void aSeedGivesTheSameTextAloneAndSideBySide() {
        GenerationSettings drawn = GenerationSettings.greedy(15)
                .filtering(Filters.usual().temperature(1.3).topK(20).topP(0.95))
                .seeded(11);
        List<Generated> together = generator.generate(PROMPTS, drawn);
        for (int i = 0; i < PROMPTS.size(); i++) {
            assertEquals(together.get(i), generator.generate(PROMPTS.get(i), drawn));
        }
        assertNotEquals(together, generator.generate(PROMPTS, drawn.seeded(12)));
        List<Generated> three =
                generator.generate(PROMPTS.subList(0, 1), drawn.returning(3), Context.inference(), TokenListener.NONE);
        assertEquals(together.getFirst(), three.getFirst());
        assertNotEquals(three.get(0), three.get(1));
    }

    @Test
    void rowsEndAtUnlikeTimes() {
        List<Integer> first = byHand(model, PROMPTS.get(0), 12, Context.inference());
        Set<Integer> ends = Set.of(first.get(4));
        List<Generated> texts =
                generator.generate(PROMPTS, GenerationSettings.greedy(12).endingWith(ends));
        for (int i = 0; i < PROMPTS.size(); i++) {
            List<Integer> whole = byHand(model, PROMPTS.get(i), 12, Context.inference());
            int end = whole.indexOf(first.get(4));
            assertEquals(
                    end < 0 ? whole : whole.subList(0, end + 1), texts.get(i).tokens());
            assertEquals(end < 0 ? Ending.LENGTH : Ending.END, texts.get(i).ending());
        }
    }

    @Test
    void aListenerHearsEveryTokenAndEndsATextAlone() {
        List<List<Integer>> heard = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<Generated> texts =
                generator.generate(PROMPTS, GenerationSettings.greedy(8), Context.inference(), (text, token) -> {
                    heard.get(text).add(token);
                    return text != 1 || heard.get(1).size() < 3;
                });
        assertEquals(heard, texts.stream().map(Generated::tokens).toList());
        assertEquals(List.of(8, 3, 8), heard.stream().map(List::size).toList());
        assertEquals(Ending.STOP, texts.get(1).ending());
    }

    @Test
    void aFullContextEndsATextAndALongerPromptIsRefused() {
        int[] prompt = new int[LONGEST - 2];
        Generated text = generator.generate(prompt, GenerationSettings.greedy(10));
        assertEquals(2, text.tokens().size());
        assertEquals(Ending.CONTEXT_FULL, text.ending());
        assertEquals(
                "generate: a prompt must not be longer than the model's texts; got 41 tokens for 40; shorten it",
                message(() -> generator.generate(new int[LONGEST + 1], GenerationSettings.greedy(1))));
        assertEquals(
                "generate: a prompt must have one token at least; got none; give the start token",
                message(() -> generator.generate(new int[0], GenerationSettings.greedy(1))));
        assertEquals(
                "generate: one token at least must be possible; got none: no token is left; rule out fewer of them (step 0)",
                message(() -> generator.generate(
                        new int[] {1}, GenerationSettings.greedy(1).within(0))));
        assertEquals(
                "generate: the setting top_p must be 0 to 1; got 1.5",
                message(() -> Filters.usual().topP(1.5)));
    }

    private static String message(Runnable run) {
        return assertThrows(GenerationException.class, run::run).getMessage();
    }

    /** What is switched while a text is written is for the next one. */
    @Test
    void oneStateOfTheAdaptersForAWholeText() {
        List<Integer> plain = byHand(model, PROMPTS.get(0), 10, Context.inference());
        List<Layer> hosts = model.layers().values().stream()
                .filter(layer -> layer.role() == Role.ATTENTION_OUTPUT)
                .toList();
        hosts.forEach(layer -> layer.attach("a" + layer.place(), LowRank.of(3, 2, 32, 24)));
        model.use(Active.none());
        Generated text = generator
                .generate(PROMPTS.subList(0, 1), GenerationSettings.greedy(10), Context.inference(), (index, token) -> {
                    model.use(Active.all());
                    return true;
                })
                .getFirst();
        assertEquals(plain, text.tokens());
        assertEquals(
                byHand(model, PROMPTS.get(0), 10, Context.inference()),
                generator
                        .generate(PROMPTS.get(0), GenerationSettings.greedy(10))
                        .tokens());
        assertEquals(
                plain,
                generator
                        .generate(
                                PROMPTS.subList(0, 1),
                                GenerationSettings.greedy(10),
                                Context.inference().with(Context.ACTIVE, Active.none()),
                                TokenListener.NONE)
                        .getFirst()
                        .tokens());
    }

    @Test
    void rowsInFrontOfUnlikePrompts() {
        model.attach("prompt", Prompt.of(5, 3, 24));
        Context c = Context.inference();
        List<Generated> texts = generator.generate(PROMPTS, GenerationSettings.greedy(6), c, TokenListener.NONE);
        for (int i = 0; i < PROMPTS.size(); i++) {
            assertEquals(byHand(model, PROMPTS.get(i), 6, c), texts.get(i).tokens());
        }
    }

    /** One beam is greedy; more find what scores better. */
    @Test
    void beams() {
        GenerationSettings greedy = GenerationSettings.greedy(6);
        List<Generated> one = generator.generate(PROMPTS, greedy.searching(Beams.of(1)));
        assertEquals(
                generator.generate(PROMPTS, greedy).stream()
                        .map(Generated::tokens)
                        .toList(),
                one.stream().map(Generated::tokens).toList());
        List<Generated> four =
                generator.generate(PROMPTS, greedy.searching(Beams.of(4)).returning(2));
        for (int i = 0; i < PROMPTS.size(); i++) {
            Generated best = four.get(2 * i);
            assertTrue(best.score() >= one.get(i).score());
            assertTrue(best.score() >= four.get(2 * i + 1).score());
            assertEquals(logProbability(PROMPTS.get(i), best.tokens()) / 6, best.score(), 1e-5);
        }
    }

    private double logProbability(int[] prompt, List<Integer> tokens) {
        int length = prompt.length + tokens.size();
        long[] ids = new long[length];
        for (int i = 0; i < length; i++) {
            ids[i] = i < prompt.length ? prompt[i] : tokens.get(i - prompt.length);
        }
        Tensor logits =
                Grad.disabled(() -> model.forward(Variable.constant(Tensor.of(ids, 1, length)), Context.inference())
                        .value());
        double sum = 0;
        for (int i = prompt.length; i < length; i++) {
            double[] scores = logits.select(1, i - 1).select(0, 0).toDoubleArray();
            Scores.logSoftmax(scores);
            sum += scores[(int) ids[i]];
        }
        return sum;
    }

    @Test
    void scoresOnePlaceOfEachRowWhereOneIsAskedFor() {
        assertEquals(
                Shape.of(1, 1, 50),
                Grad.disabled(() -> model.forward(
                                Variable.constant(Tensor.of(new long[] {1, 2, 3}, 1, 3)),
                                Context.inference().with(CausalModel.AT, Tensor.of(new long[] {2}, 1)))
                        .shape()));
    }
}
