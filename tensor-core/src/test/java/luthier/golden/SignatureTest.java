package luthier.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.Map;
import luthier.tensor.DType;
import org.junit.jupiter.api.Test;

class SignatureTest {
    private static final Signature BATCH_NORM =
            Signatures.find("ops/batch_norm_train").orElseThrow();

    private static Map<String, DType> real(String... names) {
        Map<String, DType> types = new LinkedHashMap<>();
        for (String name : names) {
            types.put(name, DType.F32);
        }
        return types;
    }

    @Test
    void aRolesOwnNameSettlesIt() {
        Signature sub = Signature.of("a b", "y", "");
        assertEquals(Map.of("b", "b", "a", "a"), sub.operandRoles(real("b", "a")));
        assertEquals(Map.of("left", "a", "right", "b"), sub.operandRoles(real("left", "right")));
        assertEquals(Map.of("left", "b", "a", "a"), sub.operandRoles(real("left", "a")));
    }

    @Test
    void typesFindIndicesAndMasks() {
        Signature embedding = Signature.of("weight idx:i", "y", "");
        Map<String, DType> types = new LinkedHashMap<>();
        types.put("ids", DType.I64);
        types.put("table", DType.F32);
        assertEquals(Map.of("ids", "idx", "table", "weight"), embedding.operandRoles(types));
    }

    @Test
    void operandsMayBeLeftOut() {
        assertEquals(Map.of("h", "x"), BATCH_NORM.operandRoles(real("h")));
        assertEquals(Map.of("h", "x", "m", "rm", "s", "rv"), BATCH_NORM.operandRoles(real("h", "m", "s")));
        assertEquals(
                Map.of("h", "x", "g", "weight", "b", "bias", "m", "rm", "s", "rv"),
                BATCH_NORM.operandRoles(real("h", "g", "b", "m", "s")));
        assertEquals(
                Map.of("h", "x", "weight", "weight", "bias", "bias"),
                BATCH_NORM.operandRoles(real("h", "weight", "bias")));
    }

    @Test
    void whatIsUnknownIsNotGuessed() {
        Signature sub = Signature.of("a b", "y", "");
        assertEquals(
                "operand c",
                assertThrows(NotCovered.class, () -> sub.operandRoles(real("a", "b", "c")))
                        .getMessage());
        assertEquals(
                "no operand b",
                assertThrows(NotCovered.class, () -> sub.operandRoles(real("a")))
                        .getMessage());
        Signature compare = Signatures.find("ops/compare").orElseThrow();
        assertEquals(
                "output less",
                assertThrows(NotCovered.class, () -> compare.outputRoles(Map.of("less", DType.BOOL)))
                        .getMessage());
    }

    @Test
    void outputsInAnyNumberAreCounted() {
        Signature split = Signature.of("x", "...", "");
        assertEquals(Map.of("head", "y0", "tail", "y1"), split.outputRoles(real("head", "tail")));
    }
}
