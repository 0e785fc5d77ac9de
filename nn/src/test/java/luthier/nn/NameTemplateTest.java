package luthier.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NameTemplateTest {
    private static Optional<List<String>> match(String template, String name) {
        return NameTemplate.of(template).match(name);
    }

    @Test
    void holesStandForAnyText() {
        assertEquals(Optional.of(List.of()), match("a.b", "a.b"));
        assertEquals(Optional.empty(), match("a.b", "a.b.c"));
        assertEquals(Optional.of(List.of("x.")), match("{}LayerNorm.gamma", "x.LayerNorm.gamma"));
        assertEquals(Optional.of(List.of("")), match("{}LayerNorm.gamma", "LayerNorm.gamma"));
        assertEquals(Optional.of(List.of("0", "weight")), match("h.{}.attn.c_attn.{}", "h.0.attn.c_attn.weight"));
        assertEquals(Optional.of(List.of("", "b.c")), match("{}a{}", "ab.c"));
        assertEquals(Optional.empty(), match("aba{}aba", "abaaba".substring(0, 5)));
        assertEquals(Optional.empty(), match("{}x{}y", "yx"));
        assertEquals(Optional.of(List.of("anything")), match("{}", "anything"));
    }

    @Test
    void numbersAreDigitsAlone() {
        assertEquals(Optional.of(List.of("12", "bias")), match("layer.{n}.output.{}", "layer.12.output.bias"));
        assertEquals(Optional.empty(), match("layer.{n}.output.{}", "layer.0.attention.output.bias"));
        assertEquals(Optional.empty(), match("layer.{n}", "layer."));
        assertEquals(Optional.empty(), match("layer.{n}", "layer.1x"));
        assertEquals(Optional.of(List.of("a.layer.b.", "3")), match("{}layer.{n}.x", "a.layer.b.layer.3.x"));
        assertEquals(Optional.of(List.of("1", "", "2")), match("{n}.{}{n}", "1.2"));
        assertEquals(Optional.of(List.of("e.layer.1.", "2")), match("{}layer.{n}", "e.layer.1.layer.2"));
    }

    @Test
    void whatOneTookFillsTheOther() {
        NameTemplate from = NameTemplate.of("h.{n}.c_attn.{}");
        NameTemplate to = NameTemplate.of("layer.{n}.query.{}");
        assertEquals("layer.3.query.bias", to.fill(from.match("h.3.c_attn.bias").orElseThrow()));
        assertEquals("h.{n}.c_attn.{}", from.toString());
    }

    @Test
    void templatesForEachOtherHaveTheSameHoles() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Names.same().rename("a.{}", "b"));
        assertEquals(
                "names: templates that stand for each other must have the same holes in the same order; got a.{} and [b]",
                e.getMessage());
    }

    @Test
    void longNamesTakeLinearTime() {
        String name = "a.".repeat(500_000);
        assertEquals(Optional.empty(), match("{}a.{}a.{}a.{}b", name));
        assertEquals(4, match("{}a.{}a.{}a.{}", name).orElseThrow().size());
    }
}
