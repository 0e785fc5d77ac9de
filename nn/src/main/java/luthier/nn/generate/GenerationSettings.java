package luthier.nn.generate;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How texts are continued.
 *
 * {@snippet :
 * GenerationSettings settings = GenerationSettings.greedy(100).endingWith(Set.of(2)).filtering(Filters.usual().temperature(0.7));
 * settings.maxNew(); // 100
 * }
 *
 * @param maxNew the most new tokens
 * @param ends the tokens that end a text; the one that does is given back with it
 * @param penalties what makes tokens less likely
 * @param filters which of them may be drawn
 * @param beams beam search instead of drawing, if asked for
 * @param returned how many texts for each prompt
 * @param seed of the draws: the same seed gives the same texts, alone or in a batch
 * @param vocabulary ids from here on are no tokens, where a model's table is longer than its tokenizer's; empty for all
 */
public record GenerationSettings(
        int maxNew,
        Set<Integer> ends,
        Penalties penalties,
        Filters filters,
        Optional<Beams> beams,
        int returned,
        long seed,
        Optional<Integer> vocabulary) {
    /**
     * Checks what must fit together.
     *
     * @throws GenerationException naming the setting out of range
     */
    public GenerationSettings {
        ends = Set.copyOf(new TreeSet<>(ends));
        GenerationException.require(maxNew >= 0, "max_new_tokens", "at least 0", maxNew);
        GenerationException.require(returned >= 1, "num_return_sequences", "at least 1", returned);
        int most = beams.isPresent() ? beams.get().count() : filters.isGreedy() ? 1 : Integer.MAX_VALUE;
        GenerationException.require(
                returned <= most, "num_return_sequences", "at most the number of beams, 1 if greedy", returned);
    }

    /** Returns choosing the best token, always. */
    public static GenerationSettings greedy(int maxNew) {
        return new GenerationSettings(
                maxNew, Set.of(), Penalties.none(), Filters.greedy(), Optional.empty(), 1, 0, Optional.empty());
    }

    /** Returns the same with other tokens that end a text. */
    public GenerationSettings endingWith(Set<Integer> tokens) {
        return new GenerationSettings(maxNew, tokens, penalties, filters, beams, returned, seed, vocabulary);
    }

    /** Returns the same with other penalties. */
    public GenerationSettings penalizing(Penalties others) {
        return new GenerationSettings(maxNew, ends, others, filters, beams, returned, seed, vocabulary);
    }

    /** Returns the same with other filters. */
    public GenerationSettings filtering(Filters others) {
        return new GenerationSettings(maxNew, ends, penalties, others, beams, returned, seed, vocabulary);
    }

    /** Returns the same with a beam search. */
    public GenerationSettings searching(Beams search) {
        return new GenerationSettings(
                maxNew, ends, penalties, filters, Optional.of(search), returned, seed, vocabulary);
    }

    /** Returns the same with so many texts for each prompt. */
    public GenerationSettings returning(int texts) {
        return new GenerationSettings(maxNew, ends, penalties, filters, beams, texts, seed, vocabulary);
    }

    /** Returns the same with another seed. */
    public GenerationSettings seeded(long other) {
        return new GenerationSettings(maxNew, ends, penalties, filters, beams, returned, other, vocabulary);
    }

    /** Returns the same where ids from a number on are no tokens. */
    public GenerationSettings within(int tokens) {
        return new GenerationSettings(maxNew, ends, penalties, filters, beams, returned, seed, Optional.of(tokens));
    }

    /**
     * Returns the scores of the next token after penalties.
     *
     * @param tokens the prompt and what was generated
     * @param prompt how many of the tokens are the prompt
     */
    void penalize(double[] scores, int[] tokens, int prompt) {
        vocabulary.ifPresent(size -> {
            for (int i = Math.max(0, size); i < scores.length; i++) {
                scores[i] = Scores.OUT;
            }
        });
        penalties.apply(scores, tokens, prompt, ends);
    }
}
