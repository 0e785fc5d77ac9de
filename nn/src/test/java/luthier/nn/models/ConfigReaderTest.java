package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ConfigReaderTest {
    private static ConfigReader of(String json) {
        return new ConfigReader(Json.parse(json, "config.json").asObject());
    }

    @Test
    void readsFieldsAndTakesTheirFirstValuesWhereTheyAreAbsent() {
        ConfigReader config = of("{\"n\": 8, \"p\": 0.5, \"e\": 1e-5, \"a\": \"gelu_new\", \"z\": null}");
        assertEquals(8, config.size("n"));
        assertEquals(2, config.size("none", 2));
        assertEquals(2, config.size("z", 2));
        assertEquals(0.5, config.probability("p", 0.1));
        assertEquals(0.1, config.probability("none", 0.1));
        assertEquals(1e-5, config.number("e", 1));
        assertEquals(3, config.id("none", 3));
        assertEquals(HiddenActivation.GELU_TANH, config.activation("a"));
        assertEquals(HiddenActivation.GELU, config.activation("none"));
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatDoesNotFit() {
        Map<String, Map.Entry<String, Consumer<ConfigReader>>> refusals = Map.ofEntries(
                refusal("n must be at least 1; got 0", "{\"n\": 0}", config -> config.size("n")),
                refusal(
                        "n: must be a whole number of at most 32 bits; got 1099511627776",
                        "{\"n\": 1099511627776}",
                        config -> config.size("n")),
                refusal("the field \"n\" is missing", "{}", config -> config.size("n")),
                refusal("l must be 0 to 1000; got 1001", "{\"l\": 1001}", config -> config.layers("l")),
                refusal("p must be in [0, 1); got 1.0", "{\"p\": 1}", config -> config.probability("p", 0)),
                refusal("e must be above 0; got 0.0", "{\"e\": 0}", config -> config.number("e", 1)),
                refusal(
                        "i must be below the size of the vocabulary, 5; got 5",
                        "{\"i\": 5}",
                        config -> config.padding("i", 0, 5)),
                refusal("i must not be negative; got -1", "{\"i\": -1}", config -> config.id("i", 0)),
                refusal(
                        "a must be one of gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, tanh; got mish",
                        "{\"a\": \"mish\"}",
                        config -> config.activation("a")),
                refusal(
                        "h must divide d; got 5 and 8",
                        "{\"h\": 5, \"d\": 8}",
                        config -> config.requireDivides("h", 5, "d", 8)));
        return refusals.entrySet().stream()
                .map(refusal -> DynamicTest.dynamicTest(refusal.getKey(), () -> {
                    ConfigReader config = of(refusal.getValue().getKey());
                    ModelFormatException e = assertThrows(
                            ModelFormatException.class,
                            () -> refusal.getValue().getValue().accept(config));
                    assertEquals(refusal.getKey(), e.rule());
                }));
    }

    private static Map.Entry<String, Map.Entry<String, Consumer<ConfigReader>>> refusal(
            String rule, String json, Consumer<ConfigReader> read) {
        return Map.entry(rule, Map.entry(json, read));
    }

    @Test
    void readsOnlyWhatIsDeclared() {
        ConfigFields fields = ConfigFields.COMMON.honours("n");
        ConfigReader config =
                new ConfigReader(Json.parse("{\"n\": 8}", "config.json").asObject(), fields);
        assertEquals(8, config.size("n"));
        assertEquals(
                "config.json: a field must be declared to be read; got m",
                assertThrows(IllegalStateException.class, () -> config.size("m", 2))
                        .getMessage());
    }
}
