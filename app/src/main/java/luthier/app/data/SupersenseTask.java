package luthier.app.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import luthier.finetune.train.Fingerprint;
import luthier.tensor.Rng;

/**
 * Supersense tagging: given a word and what is said about it, name the lexicographer file its synset belongs to
 * ({@code noun.animal}, {@code verb.motion} ...). The synsets are the nouns and verbs of WordNet 3.1 without
 * {@code noun.Tops} and {@code noun.motive}: 39 classes, 95,888 synsets.
 *
 * <p>A model trains on {@code lemma : definition}. It is tested in distribution on definitions of other synsets and out of
 * distribution on {@code lemma : example sentence} of yet other synsets, a real shift of register.
 *
 * <p>Source: the classes are those of Ciaramita and Johnson 2003, "Supersense tagging of unknown nouns in WordNet".
 */
public final class SupersenseTask {
    /** Examples in each of the two test sets. */
    public static final int TEST_SIZE = 1_500;

    /** Training examples unless asked otherwise. */
    public static final int DEFAULT_TRAIN_SIZE = 6_000;

    private final List<Supersense> classes;
    private final List<Synset> synsets;
    private final Map<Integer, Integer> classOfLexFile;

    /**
     * A class of the task; its index in {@link #classes()} is its label.
     *
     * @param lexFile the number of the lexicographer file
     * @param name its name, such as {@code noun.act}
     * @param description what it holds, such as {@code nouns denoting acts or actions}
     */
    public record Supersense(int lexFile, String name, String description) {}

    /**
     * A text with its class.
     *
     * @param text {@code lemma : definition} or {@code lemma : example sentence}
     * @param label the index of its class
     * @param synset the id of the synset it comes from
     */
    public record Example(String text, int label, String synset) {}

    /**
     * The examples of one experiment. No two of them, in any of the three sets, come from the same synset.
     *
     * @param train definitions to train on
     * @param inDistribution definitions to test on
     * @param outOfDistribution example sentences to test on
     */
    public record Split(List<Example> train, List<Example> inDistribution, List<Example> outOfDistribution) {
        /** Copies the lists. */
        public Split {
            train = List.copyOf(train);
            inDistribution = List.copyOf(inDistribution);
            outOfDistribution = List.copyOf(outOfDistribution);
        }

        /** Returns the SHA-256, in hexadecimal, of all texts and labels. */
        public String sha256() {
            return Fingerprint.sha256(Stream.of(train, inDistribution, outOfDistribution)
                    .flatMap(List::stream)
                    .flatMap(example -> Stream.of(example.text(), Integer.toString(example.label())))
                    .toList());
        }
    }

    SupersenseTask(List<Supersense> classes, List<Synset> candidates) {
        this.classes = List.copyOf(classes);
        Map<Integer, Integer> labels = new HashMap<>();
        for (Supersense supersense : this.classes) {
            labels.put(supersense.lexFile(), labels.size());
        }
        this.classOfLexFile = Map.copyOf(labels);
        this.synsets = candidates.stream()
                .filter(synset -> labels.containsKey(synset.lexFile()))
                .toList();
    }

    /**
     * Reads the classes and the nouns and verbs of WordNet from the class path; takes a second or two.
     *
     * @throws IllegalStateException if WordNet is not on the class path
     */
    public static SupersenseTask load() {
        List<Synset> candidates = Stream.of(WordNet.PartOfSpeech.NOUN, WordNet.PartOfSpeech.VERB)
                .flatMap(partOfSpeech -> WordNet.read(partOfSpeech).stream())
                .toList();
        return new SupersenseTask(Supersenses.read(), candidates);
    }

    /** Returns the classes in the order of their labels. */
    public List<Supersense> classes() {
        return classes;
    }

    /** Returns the number of synsets of the task. */
    public int synsetCount() {
        return synsets.size();
    }

    /** Returns the largest possible training set: every synset that is in neither test set. */
    public int maxTrainSize() {
        return synsets.size() - 2 * TEST_SIZE;
    }

    /** Returns {@code split(seed, DEFAULT_TRAIN_SIZE)}. */
    public Split split(long seed) {
        return split(seed, DEFAULT_TRAIN_SIZE);
    }

    /**
     * Draws an experiment. The test sets depend on the seed alone, so they are the same for every method and training size: the
     * one in distribution is drawn from all synsets, the one out of distribution from the rest that have an example sentence
     * (the first is taken). Of the training synsets, drawn from what is left, a smaller set is the beginning of a larger one.
     *
     * @throws IllegalArgumentException if {@code trainSize} is below 1 or above {@link #maxTrainSize()}
     */
    public Split split(long seed, int trainSize) {
        if (trainSize < 1 || trainSize > maxTrainSize()) {
            throw new IllegalArgumentException("split: the training size must be from 1 to " + maxTrainSize()
                    + ", the synsets outside the test sets; got " + trainSize);
        }
        Rng rng = Rng.of(seed);
        boolean[] taken = new boolean[synsets.size()];
        List<Synset> inDistribution = draw(rng.split("in distribution"), TEST_SIZE, taken, false);
        List<Synset> outOfDistribution = draw(rng.split("out of distribution"), TEST_SIZE, taken, true);
        List<Synset> train = draw(rng.split("train"), trainSize, taken, false);
        return new Split(
                train.stream().map(this::definition).toList(),
                inDistribution.stream().map(this::definition).toList(),
                outOfDistribution.stream().map(this::exampleSentence).toList());
    }

    /** Draws synsets that are not taken yet, and takes them. */
    private List<Synset> draw(Rng rng, int count, boolean[] taken, boolean needExample) {
        int[] free = IntStream.range(0, taken.length)
                .filter(i ->
                        !taken[i] && !(needExample && synsets.get(i).examples().isEmpty()))
                .toArray();
        List<Synset> drawn = new ArrayList<>(count);
        for (int position : rng.permutation(free.length)) {
            if (drawn.size() == count) {
                break;
            }
            taken[free[position]] = true;
            drawn.add(synsets.get(free[position]));
        }
        return drawn;
    }

    private Example definition(Synset synset) {
        return example(synset, synset.definition());
    }

    private Example exampleSentence(Synset synset) {
        return example(synset, synset.examples().getFirst());
    }

    private Example example(Synset synset, String said) {
        return new Example(
                synset.lemmas().getFirst() + " : " + said,
                Objects.requireNonNull(classOfLexFile.get(synset.lexFile())),
                synset.id());
    }
}
