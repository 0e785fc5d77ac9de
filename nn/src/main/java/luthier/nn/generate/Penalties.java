package luthier.nn.generate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What makes tokens less likely, or rules them out, because of what is there already: applied in this order before any filter. Beams apply them
 * to log-probabilities.
 *
 * @param bias added to the scores of tokens
 * @param repetition scores of tokens that occur, in the prompt too, are divided by it, negative ones multiplied, once each; 1 for none. Keskar et
 *     al. 2019, arXiv:1909.05858
 * @param presence taken off the scores of tokens that were generated
 * @param frequency taken off for every time that a token was generated
 * @param noRepeat n-grams of so many tokens never occur twice; 0 for any
 * @param badWords token sequences that must not come
 * @param leastNew before so many tokens were generated, none ends the text
 * @param suppressed tokens that must not come
 */
public record Penalties(
        Map<Integer, Double> bias,
        double repetition,
        double presence,
        double frequency,
        int noRepeat,
        List<List<Integer>> badWords,
        int leastNew,
        Set<Integer> suppressed) {
    /**
     * Copies and checks them.
     *
     * @throws GenerationException naming the first setting out of range
     */
    public Penalties {
        bias = Map.copyOf(new TreeMap<>(bias));
        badWords = badWords.stream().map(List::copyOf).toList();
        suppressed = Set.copyOf(new TreeSet<>(suppressed));
        GenerationException.require(
                repetition > 0 && repetition < Double.POSITIVE_INFINITY, "repetition_penalty", "above 0", repetition);
        GenerationException.require(Double.isFinite(presence), "presence_penalty", "a number", presence);
        GenerationException.require(Double.isFinite(frequency), "frequency_penalty", "a number", frequency);
        GenerationException.require(noRepeat >= 0, "no_repeat_ngram_size", "at least 0", noRepeat);
        GenerationException.require(leastNew >= 0, "min_new_tokens", "at least 0", leastNew);
        GenerationException.require(
                badWords.stream().noneMatch(List::isEmpty), "bad_words_ids", "words of one token at least", badWords);
        GenerationException.require(
                bias.values().stream().noneMatch(value -> Double.isNaN(value)), "logit_bias", "numbers", bias);
    }

    /** Returns none. */
    public static Penalties none() {
        return new Penalties(Map.of(), 1, 0, 0, 0, List.of(), 0, Set.of());
    }

    /** Returns the same with a bias. */
    public Penalties bias(Map<Integer, Double> value) {
        return new Penalties(value, repetition, presence, frequency, noRepeat, badWords, leastNew, suppressed);
    }

    /** Returns the same with another penalty of repetition. */
    public Penalties repetition(double value) {
        return new Penalties(bias, value, presence, frequency, noRepeat, badWords, leastNew, suppressed);
    }

    /** Returns the same with another penalty of presence. */
    public Penalties presence(double value) {
        return new Penalties(bias, repetition, value, frequency, noRepeat, badWords, leastNew, suppressed);
    }

    /** Returns the same with another penalty of frequency. */
    public Penalties frequency(double value) {
        return new Penalties(bias, repetition, presence, value, noRepeat, badWords, leastNew, suppressed);
    }

    /** Returns the same with another length of n-grams. */
    public Penalties noRepeat(int value) {
        return new Penalties(bias, repetition, presence, frequency, value, badWords, leastNew, suppressed);
    }

    /** Returns the same with other words that must not come. */
    public Penalties badWords(List<List<Integer>> value) {
        return new Penalties(bias, repetition, presence, frequency, noRepeat, value, leastNew, suppressed);
    }

    /** Returns the same with another least number of new tokens. */
    public Penalties leastNew(int value) {
        return new Penalties(bias, repetition, presence, frequency, noRepeat, badWords, value, suppressed);
    }

    /** Returns the same with other tokens that must not come. */
    public Penalties suppressed(Set<Integer> value) {
        return new Penalties(bias, repetition, presence, frequency, noRepeat, badWords, leastNew, value);
    }

    /** Returns whether scores stay as they are. */
    boolean isNone() {
        return equals(none());
    }

    /**
     * Writes the penalties into scores.
     *
     * @param scores one for each token
     * @param tokens the prompt and what was generated
     * @param prompt how many of the tokens are the prompt
     * @param ends the tokens that end a text
     */
    public void apply(double[] scores, int[] tokens, int prompt, Set<Integer> ends) {
        bias.forEach((token, value) -> add(scores, token, value));
        if (repetition != 1) {
            repetition(scores, tokens);
        }
        if (presence != 0 || frequency != 0) {
            counted(scores, tokens, prompt);
        }
        if (noRepeat > 0) {
            noRepeat(scores, tokens);
        }
        for (List<Integer> word : badWords) {
            boolean ending = word.size() == 1 && ends.contains(word.getFirst());
            if (!ending && endsWith(tokens, word.subList(0, word.size() - 1))) {
                out(scores, word.getLast());
            }
        }
        if (tokens.length - prompt < leastNew) {
            ends.forEach(end -> out(scores, end));
        }
        suppressed.forEach(token -> out(scores, token));
    }

    private void repetition(double[] scores, int[] tokens) {
        Arrays.stream(tokens)
                .distinct()
                .filter(token -> token >= 0 && token < scores.length)
                .forEach(token ->
                        scores[token] = scores[token] < 0 ? scores[token] * repetition : scores[token] / repetition);
    }

    private void counted(double[] scores, int[] tokens, int prompt) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = prompt; i < tokens.length; i++) {
            counts.merge(tokens[i], 1, Integer::sum);
        }
        counts.forEach((token, count) -> add(scores, token, -presence - frequency * count));
    }

    /** Rules out what followed an earlier occurrence of the last n - 1 tokens. */
    private void noRepeat(double[] scores, int[] tokens) {
        int before = noRepeat - 1;
        int last = tokens.length - before;
        for (int at = 0; at + before < tokens.length; at++) {
            if (Arrays.equals(tokens, at, at + before, tokens, last, tokens.length)) {
                out(scores, tokens[at + before]);
            }
        }
    }

    private static boolean endsWith(int[] tokens, List<Integer> end) {
        int from = tokens.length - end.size();
        for (int i = 0; i < end.size(); i++) {
            if (from < 0 || tokens[from + i] != end.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static void add(double[] scores, int token, double value) {
        if (token >= 0 && token < scores.length) {
            scores[token] += value;
        }
    }

    private static void out(double[] scores, int token) {
        if (token >= 0 && token < scores.length) {
            scores[token] = Scores.OUT;
        }
    }
}
