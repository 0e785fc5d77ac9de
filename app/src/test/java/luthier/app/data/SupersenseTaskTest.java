package luthier.app.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.app.data.SupersenseTask.Example;
import luthier.app.data.SupersenseTask.Split;
import org.junit.jupiter.api.Test;

class SupersenseTaskTest {
    private static final SupersenseTask TASK = SupersenseTask.load();
    private static final Split SPLIT = TASK.split(42);

    @Test
    void hasTheClassesAndSynsetsOfTheTask() {
        assertEquals(39, TASK.classes().size());
        assertEquals(95_888, TASK.synsetCount());
        assertEquals(92_888, TASK.maxTrainSize());
        assertEquals(
                new SupersenseTask.Supersense(4, "noun.act", "nouns denoting acts or actions"),
                TASK.classes().getFirst());
        assertEquals("noun.object", TASK.classes().get(12).name());
        assertEquals("verb.weather", TASK.classes().getLast().name());
    }

    @Test
    void hasTheSizesAskedFor() {
        assertEquals(6_000, SPLIT.train().size());
        assertEquals(1_500, SPLIT.inDistribution().size());
        assertEquals(1_500, SPLIT.outOfDistribution().size());
        assertEquals(92_888, TASK.split(42, 92_888).train().size());
        assertEquals(1, TASK.split(42, 1).train().size());
    }

    @Test
    void sharesNoSynsetBetweenOrWithinTheSets() {
        for (int trainSize : new int[] {6_000, 92_888}) {
            Split split = TASK.split(7, trainSize);
            Set<String> synsets = new HashSet<>();
            Stream.of(split.train(), split.inDistribution(), split.outOfDistribution())
                    .flatMap(List::stream)
                    .forEach(example -> assertTrue(synsets.add(example.synset()), example.toString()));
            assertEquals(trainSize + 3_000, synsets.size());
        }
    }

    @Test
    void dependsOnTheSeedAlone() {
        assertEquals(SPLIT, SupersenseTask.load().split(42, 6_000));
        Split other = TASK.split(43);
        assertNotEquals(SPLIT.train(), other.train());
        assertNotEquals(SPLIT.inDistribution(), other.inDistribution());
        assertNotEquals(SPLIT.outOfDistribution(), other.outOfDistribution());
    }

    @Test
    void testsOnTheSameExamplesWhateverTheTrainingSize() {
        Split small = TASK.split(42, 100);
        assertEquals(SPLIT.inDistribution(), small.inDistribution());
        assertEquals(SPLIT.outOfDistribution(), small.outOfDistribution());
        assertEquals(SPLIT.train().subList(0, 100), small.train());
    }

    @Test
    void saysOfEachSynsetWhatWordNetSays() {
        Map<String, Synset> synsets = Stream.of(WordNet.PartOfSpeech.NOUN, WordNet.PartOfSpeech.VERB)
                .flatMap(partOfSpeech -> WordNet.read(partOfSpeech).stream())
                .collect(Collectors.toMap(Synset::id, Function.identity()));
        Stream.concat(SPLIT.train().stream(), SPLIT.inDistribution().stream())
                .forEach(example -> assertSays(synsets.get(example.synset()), example, Synset::definition));
        SPLIT.outOfDistribution()
                .forEach(example -> assertSays(
                        synsets.get(example.synset()),
                        example,
                        synset -> synset.examples().getFirst()));
    }

    private static void assertSays(Synset synset, Example example, Function<Synset, String> said) {
        assertEquals(synset.lemmas().getFirst() + " : " + said.apply(synset), example.text());
        assertEquals(synset.lexFile(), TASK.classes().get(example.label()).lexFile());
    }

    /** Shares of all 95,888 synsets: noun.artifact 12 %, verb.weather 0.07 %; nouns 86 %, and 47 % where an example is needed. */
    @Test
    void drawsClassesByTheirShare() {
        Map<String, Long> train = countByClass(SPLIT.train());
        assertTrue(train.size() >= 37, train.toString());
        assertEquals(0.12, train.get("noun.artifact") / 6_000.0, 0.02);
        assertEquals(0.86, nounShare(SPLIT.train()), 0.03);
        assertEquals(0.86, nounShare(SPLIT.inDistribution()), 0.03);
        assertEquals(0.47, nounShare(SPLIT.outOfDistribution()), 0.04);
    }

    private static Map<String, Long> countByClass(List<Example> examples) {
        return examples.stream()
                .collect(Collectors.groupingBy(
                        example -> TASK.classes().get(example.label()).name(), Collectors.counting()));
    }

    private static double nounShare(List<Example> examples) {
        return examples.stream()
                        .filter(example ->
                                TASK.classes().get(example.label()).name().startsWith("noun."))
                        .count()
                / (double) examples.size();
    }

    @Test
    void refusesImpossibleTrainingSizes() {
        for (int trainSize : new int[] {0, -5, 92_889}) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> TASK.split(42, trainSize));
            assertEquals(
                    "split: the training size must be from 1 to 92888, the synsets outside the test sets; got "
                            + trainSize,
                    e.getMessage());
        }
    }
}
