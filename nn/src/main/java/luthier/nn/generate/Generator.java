package luthier.nn.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.generate.Generated.Ending;
import luthier.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * Continues texts with a causal model, {@code ids I64 [B, T] -> logits [B, T, V]}: prompts of any lengths side by side, each with the bits
 * that it has alone, on a cache. All tokens of a call come from one state of the model's adapters, whatever is attached, switched or published
 * meanwhile.
 *
 * <p>Threads: any number may generate with one model; a call uses one, and the kernels' own.
 */
public final class Generator {
    private final Layer model;
    private final int maxLength;

    /**
     * Creates a generator.
     *
     * @param model a model that keeps its keys and values in a {@link luthier.nn.layers.KeyValueCache}
     * @param maxLength the longest text, prompt included, in tokens
     */
    public Generator(Layer model, int maxLength) {
        this.model = model;
        this.maxLength = maxLength;
    }

    /** Continues a prompt, as {@link #generate(List, GenerationSettings, Context, TokenListener)}. */
    public Generated generate(int[] prompt, GenerationSettings settings) {
        return generate(List.of(prompt), settings, Context.inference(), TokenListener.NONE)
                .getFirst();
    }

    /** Continues prompts, as {@link #generate(List, GenerationSettings, Context, TokenListener)}. */
    public List<Generated> generate(List<int[]> prompts, GenerationSettings settings) {
        return generate(prompts, settings, Context.inference(), TokenListener.NONE);
    }

    /**
     * Continues prompts.
     *
     * @param context a pass of inference, which may choose adapters
     * @param listener hears the tokens as they are chosen; a beam search tells them at its end
     * @return the texts, those of one prompt one after the other, the best first
     * @throws GenerationException if a prompt is empty or longer than the model's texts, or tokens cannot be chosen, which names the step
     * @throws IllegalArgumentException if adapters are chosen by rows: generate for each choice
     */
    public List<Generated> generate(
            List<int[]> prompts, GenerationSettings settings, Context context, TokenListener listener) {
        prompts.forEach(this::require);
        if (prompts.isEmpty()) {
            return List.of();
        }
        Context pass = model.begin(context);
        if (settings.maxNew() == 0) {
            Generated nothing = new Generated(List.of(), Ending.LENGTH, 0);
            return IntStream.range(0, prompts.size() * settings.returned())
                    .mapToObj(text -> nothing)
                    .toList();
        }
        return settings.beams().isPresent()
                ? search(prompts, settings, settings.beams().get(), pass, listener)
                : new Drawing(settings, listener, prompts).run(new Passes(model, pass));
    }

    private void require(int[] prompt) {
        if (prompt.length == 0) {
            throw new GenerationException("a prompt must have one token at least; got none; give the start token");
        }
        if (prompt.length > maxLength) {
            throw new GenerationException("a prompt must not be longer than the model's texts; got " + prompt.length
                    + " tokens for " + maxLength + "; shorten it");
        }
    }

    private List<Generated> search(
            List<int[]> prompts, GenerationSettings settings, Beams beams, Context pass, TokenListener listener) {
        List<Generated> all = new ArrayList<>();
        for (int[] prompt : prompts) {
            BeamSearch search = new BeamSearch(prompt, settings, beams, maxLength);
            for (Generated text : search.run(new Passes(model, pass))) {
                tell(text, all.size(), listener);
                all.add(text);
            }
        }
        return all;
    }

    private static void tell(Generated text, int index, TokenListener listener) {
        for (int token : text.tokens()) {
            if (!listener.accept(index, token)) {
                return;
            }
        }
    }

    /** Texts of which each token is chosen from the scores after the one before. */
    private final class Drawing {
        private final GenerationSettings settings;
        private final TokenListener listener;
        private final List<Text> texts = new ArrayList<>();
        private final List<int[]> prompts;

        private Drawing(GenerationSettings settings, TokenListener listener, List<int[]> prompts) {
            this.settings = settings;
            this.listener = listener;
            this.prompts = prompts;
            Rng draws = Rng.of(settings.seed()).split("generate");
            for (int[] prompt : prompts) {
                for (int i = 0; i < settings.returned(); i++) {
                    texts.add(new Text(texts.size(), prompt, draws.split(i)));
                }
            }
        }

        private List<Generated> run(Passes passes) {
            List<double[]> scores = passes.begin(prompts);
            List<Text> open = new ArrayList<>(texts);
            int times = settings.returned();
            if (times > 1) {
                passes.select(
                        IntStream.range(0, texts.size()).map(i -> i / times).toArray());
                List<double[]> each = scores;
                scores = IntStream.range(0, texts.size())
                        .mapToObj(i -> each.get(i / times).clone())
                        .toList();
            }
            while (true) {
                for (int i = 0; i < open.size(); i++) {
                    open.get(i).choose(scores.get(i));
                }
                List<Text> before = open;
                int[] rest = IntStream.range(0, before.size())
                        .filter(i -> before.get(i).ending == null)
                        .toArray();
                if (rest.length == 0) {
                    return texts.stream().map(Text::generated).toList();
                }
                if (rest.length < open.size()) {
                    passes.select(rest);
                    open = Arrays.stream(rest).mapToObj(before::get).toList();
                }
                scores = passes.step(open.stream().mapToInt(Text::last).toArray());
            }
        }

        /** One text so far. */
        private final class Text {
            private final int index;
            private final int prompt;
            private final Rng draws;
            private int[] tokens;
            private int length;
            private @Nullable Ending ending;

            private Text(int index, int[] prompt, Rng draws) {
                this.index = index;
                this.prompt = prompt.length;
                this.draws = draws;
                tokens = Arrays.copyOf(prompt, prompt.length + Math.min(settings.maxNew(), 64));
                length = prompt.length;
            }

            private void choose(double[] scores) {
                int token = next(scores);
                if (length == tokens.length) {
                    tokens = Arrays.copyOf(tokens, 2 * length);
                }
                tokens[length++] = token;
                boolean goesOn = listener.accept(index, token);
                ending = settings.ends().contains(token)
                        ? Ending.END
                        : !goesOn
                                ? Ending.STOP
                                : length - prompt == settings.maxNew()
                                        ? Ending.LENGTH
                                        : length >= maxLength ? Ending.CONTEXT_FULL : null;
            }

            private int next(double[] scores) {
                int step = length - prompt;
                if (length >= maxLength) {
                    throw new GenerationException("a prompt must leave room for a token; got " + prompt + " tokens for "
                            + maxLength + "; shorten it");
                }
                try {
                    if (!settings.penalties().isNone() || settings.vocabulary().isPresent()) {
                        settings.penalize(scores, Arrays.copyOf(tokens, length), prompt);
                    }
                    if (settings.filters().isGreedy()) {
                        Scores.require(scores);
                        return Scores.best(scores);
                    }
                    return Filters.draw(settings.filters().probabilities(scores), draws.uniform(step));
                } catch (GenerationException e) {
                    throw e.at(step);
                }
            }

            private int last() {
                return tokens[length - 1];
            }

            private Generated generated() {
                List<Integer> mine =
                        Arrays.stream(tokens, prompt, length).boxed().toList();
                return new Generated(mine, ending == null ? Ending.LENGTH : ending, 0);
            }
        }
    }
}
