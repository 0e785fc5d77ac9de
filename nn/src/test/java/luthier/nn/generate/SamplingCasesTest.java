package luthier.nn.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** From scores to probabilities, greedy choices and draws, against transformers in double precision. */
class SamplingCasesTest {
    @TestFactory
    Stream<DynamicTest> sampling() {
        return CaseFile.tests("sampling.json", SamplingCasesTest::check);
    }

    private static void check(JsonObject c) {
        if (c.find("drawn").isPresent()) {
            int drawn = Filters.draw(numbers(c.get("probabilities")), c.get("u").asDouble());
            assertEquals(c.get("drawn").asInt(), drawn);
            return;
        }
        if (c.find("error").isPresent()) {
            String message = assertThrows(GenerationException.class, () -> probabilities(c))
                    .getMessage();
            assertTrue(message.contains(c.get("error").asString()), message);
            return;
        }
        double[] got = probabilities(c);
        if (c.find("probabilities").isPresent()) {
            close(numbers(c.get("probabilities")), got);
        } else {
            assertEquals(c.get("kept").asInt(), (int)
                    Arrays.stream(got).filter(p -> p > 0).count());
            double[] sorted =
                    Arrays.stream(got).map(p -> -p).sorted().map(p -> -p).toArray();
            double[] wanted = numbers(c.get("sorted_probabilities"));
            close(wanted, Arrays.copyOf(sorted, wanted.length));
        }
        c.find("greedy").ifPresent(best -> assertEquals(best.asInt(), greedy(c)));
    }

    private static GenerationSettings settings(JsonObject c) {
        GenerationSettings usual = GenerationSettings.greedy(10).filtering(Filters.usual());
        return JsonSettings.of(c.get("settings").asObject(), usual);
    }

    private static double[] penalized(JsonObject c) {
        double[] scores = numbers(c.get("logits"));
        int[] prompt = JsonSettings.array(c.get("prompt"));
        int[] tokens = IntStream.concat(Arrays.stream(prompt), Arrays.stream(JsonSettings.array(c.get("generated"))))
                .toArray();
        settings(c).penalize(scores, tokens, prompt.length);
        return scores;
    }

    private static double[] probabilities(JsonObject c) {
        return settings(c).filters().probabilities(penalized(c));
    }

    private static int greedy(JsonObject c) {
        double[] one = Filters.greedy().probabilities(penalized(c));
        return Filters.draw(one, 0);
    }

    private static double[] numbers(JsonValue list) {
        return list.asList().stream().mapToDouble(CaseFile::number).toArray();
    }

    private static void close(double[] wanted, double[] got) {
        assertEquals(wanted.length, got.length);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], got[i], 1e-12 * wanted[i], "token " + i);
        }
    }
}
