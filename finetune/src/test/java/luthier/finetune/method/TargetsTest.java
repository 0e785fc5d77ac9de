package luthier.finetune.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import luthier.finetune.lora.Lora;
import luthier.finetune.reft.Loreft;
import luthier.nn.Seed;
import luthier.tiny.TinyNet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {
    private static final List<String> PATHS = List.of("", "layer.0.query", "layer.0.value", "layer.1.query", "head");

    @Test
    void matchesNamesAndRegularExpressions() {
        assertEquals(Set.of("layer.0.query", "layer.1.query"), Targets.match("target", List.of("query"), PATHS));
        assertEquals(Set.of("head"), Targets.match("target", List.of("head"), PATHS));
        assertEquals(
                Set.of("layer.0.query", "layer.0.value"), Targets.match("target", List.of("layer\\.0\\..*"), PATHS));
        assertEquals(
                List.of("layer.0.query", "layer.1.query", "head"),
                List.copyOf(Targets.match("target", List.of("head", "query"), PATHS)));
    }

    @Test
    void refusesWhatMatchesNothing() {
        TargetException e =
                assertThrows(TargetException.class, () -> Targets.match("target", List.of("head", "querry"), PATHS));
        assertEquals(
                "target: every pattern must match; got \"querry\", which matches none of 5 names; nearest: query, head,"
                        + " value",
                e.getMessage());
        e = assertThrows(TargetException.class, () -> Targets.match("freeze", List.of(), PATHS));
        assertEquals("freeze: at least one pattern is needed; got none", e.getMessage());
        e = assertThrows(TargetException.class, () -> Targets.match("target", List.of("(a"), PATHS));
        assertEquals("target: must be a name or a regular expression; got \"(a\" (Unclosed group)", e.getMessage());
    }

    @Test
    void measuresDistances() {
        assertEquals(1, Targets.distance("querry", "query"));
        assertEquals(3, Targets.distance("kitten", "sitting"));
        assertEquals(4, Targets.distance("", "head"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*Z", "(.*)(.*)(.*)(.*)\\1\\2\\3\\4Z", "(a|b|.)*Z", "(.+)+Z"})
    void refusesPatternsThatWouldTakeForEver(String pattern) {
        List<String> paths = List.of("encoder.layer.0.attention.self.query.".repeat(400) + "weight");
        TargetException e = assertThrows(TargetException.class, () -> Targets.match("target", List.of(pattern), paths));
        assertTrue(
                e.getMessage().startsWith("target: a regular expression must match in few steps; got \"" + pattern)
                        || e.getMessage().startsWith("target: every pattern must match"),
                e.getMessage());
    }

    @Test
    void aLayerOfAnotherKindIsRefusedByItsName() {
        TinyNet net = new TinyNet();
        net.initialize(Seed.of(1));
        Method lora = new Lora();
        assertEquals(
                "targets: layers must be of a kind that the method can adapt; got \"conv\", which matches only conv (Conv); such"
                        + " are fc (Linear)",
                assertThrows(
                                TargetException.class,
                                () -> lora.attach(
                                        net, "a", lora.options().parse(Map.of("targets", "conv")), Seed.of(1)))
                        .getMessage());
        Method loreft = new Loreft();
        assertEquals(
                "loreft: the model must have blocks; got none; give its blocks the role @block where it makes them",
                assertThrows(
                                TargetException.class,
                                () -> loreft.attach(net, "a", loreft.options().usual(), Seed.of(1)))
                        .getMessage());
    }
}
