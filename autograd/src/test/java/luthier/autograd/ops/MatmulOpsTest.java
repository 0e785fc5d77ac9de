package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import luthier.autograd.Backward;
import luthier.autograd.GradCheck;
import luthier.autograd.Variable;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.tensor.BlockQuantized;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Quantized;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Test;

/** Products with frozen weights give the bits, forward and backward, of products with the unpacked weight as a constant. */
class MatmulOpsTest {
    private static final Tensor W = normal(1, DType.F32, 70, 96);

    private static List<FrozenMatrix> storages() {
        return List.of(
                FrozenMatrix.of(W),
                FrozenMatrix.of(W.to(DType.BF16)),
                FrozenMatrix.of(W.to(DType.F16)),
                Quantized.int8(W),
                Quantized.int8Blocks(W, 64),
                Quantized.nf4(W, 64),
                BlockQuantized.of(BlockQuantized.Type.Q4_0, W),
                BlockQuantized.of(BlockQuantized.Type.Q4_1, W),
                BlockQuantized.of(BlockQuantized.Type.Q8_0, W));
    }

    @Test
    void gradientsAreThoseOfTheUnpackedWeight() {
        for (FrozenMatrix frozen : storages()) {
            Variable w = Variable.constant(frozen.dequantize());
            for (long[] shape : new long[][] {{96}, {1, 96}, {2, 5, 96}}) {
                Variable x = Variable.parameter(normal(2, DType.F32, shape));
                Variable b = Variable.parameter(normal(3, DType.F32, 70));
                Variable expected = MatmulOps.linear(x, w, b);
                Variable seed =
                        Variable.constant(normal(4, DType.F32, expected.shape().toArray()));
                Variable actual = MatmulOps.linear(x, frozen, b);
                assertSame(frozen, expected, actual);
                assertSame(frozen, gradients(expected, seed, x, b), gradients(actual, seed, x, b));
                assertSame(frozen, MatmulOps.linear(x, w), MatmulOps.linear(x, frozen));
                Variable back = Variable.parameter(expected.value());
                Variable y = MatmulOps.matmul(back, frozen);
                assertSame(frozen, MatmulOps.matmul(back, w), y);
                assertSame(frozen, gradients(MatmulOps.matmul(back, w), x, back), gradients(y, x, back));
            }
        }
    }

    /** An adapter over an NF4 weight: its value and the gradients of x, A and B. */
    @Test
    void goldenQlora() {
        GoldenSet set = GoldenSet.open();
        GoldenSet.Case golden = set.find("quant/qlora_linear").orElseThrow();
        Map<String, Tensor> t = set.tensors(golden.data());
        JsonObject variant =
                set.json(golden.meta()).get("variants").asList().getFirst().asObject();
        double scaling = variant.get("args").asObject().get("scaling").asDouble();
        Variable x = Variable.parameter(t.get("v0.in.x"));
        Variable a = Variable.parameter(t.get("v0.in.A"));
        Variable b = Variable.parameter(t.get("v0.in.B"));
        Variable low = MatmulOps.linear(MatmulOps.linear(x, a), b).mul(scaling);
        Variable y = MatmulOps.linear(x, Quantized.nf4(t.get("v0.in.wq"), 64)).add(low);
        Tolerance.of(variant.get("tol").asObject(), "out.y", DType.F32)
                .assertClose("y", t.get("v0.out.y.f64"), y.value());
        List<Variable> gradients = gradients(y, Variable.constant(t.get("v0.gout.y")), x, a, b);
        for (int i = 0; i < 3; i++) {
            String name = "gin." + List.of("x", "A", "B").get(i);
            Tolerance.of(variant.get("tol").asObject(), name, DType.F32)
                    .assertClose(
                            name, t.get("v0." + name + ".f64"), gradients.get(i).value());
        }
    }

    @Test
    void derivativesOfAllOrdersAreRight() {
        for (FrozenMatrix frozen : storages()) {
            GradCheck.checkSecondOrder(
                            in -> {
                                Variable y = MatmulOps.linear(in.get(0), frozen, in.get(1));
                                return MatmulOps.matmul(y.mul(y), frozen)
                                        .mul(in.get(0))
                                        .sum();
                            },
                            normal(5, DType.F64, 1, 96).mul(0.1),
                            normal(6, DType.F64, 70).mul(0.1))
                    .assertPassed();
        }
    }

    @Test
    void aLossWithoutInputsThatLearnHasNoHistory() {
        Variable y = MatmulOps.linear(Variable.constant(normal(2, DType.F32, 1, 96)), Quantized.int8(W));
        assertFalse(y.requiresGrad());
    }

    @Test
    void theFormulaNamesTheWeight() {
        FrozenMatrix w = FrozenMatrix.of(Tensor.of(new float[] {1, 2}, 1, 2));
        Variable x = Variable.parameter(Tensor.of(new float[] {1, 1}, 1, 2)).named("x");
        String text = MatmulOps.linear(x, w).explain();
        assertTrue(text.contains("dx = dv2 W"), text);
        Variable y = Variable.parameter(Tensor.of(new float[] {1}, 1, 1)).named("y");
        String back = MatmulOps.matmul(y, w).explain();
        assertTrue(back.contains("dy = dv2 W^T"), back);
    }

    @Test
    void errors() {
        Variable x = Variable.constant(Tensor.ones(DType.F32, 2, 70)).named("hidden");
        assertEquals(
                """
                linear: x must be [.., in] and weight [out, in]; got x [2, 70] and weight [70, 96]; transpose the weight
                  x [2, 70] F32, hidden""",
                assertThrows(ShapeException.class, () -> MatmulOps.linear(x, Quantized.int8(W)))
                        .getMessage());
        Variable whole = Variable.constant(Tensor.ones(DType.I64, 2, 96)).named("ids");
        assertEquals(
                """
                linear: x must be F32 or F64 beside a quantised weight; got I64; convert with to()
                  x [2, 96] >I64<, ids
                  try Variable.constant(x.value().to(DType.F32))""",
                assertThrows(DTypeException.class, () -> MatmulOps.linear(whole, Quantized.int8(W)))
                        .getMessage());
    }

    private static List<Variable> gradients(Variable y, Variable seed, Variable... with) {
        return Backward.from(y, seed).gradients(with);
    }

    private static void assertSame(FrozenMatrix frozen, List<Variable> expected, List<Variable> actual) {
        for (int i = 0; i < expected.size(); i++) {
            assertSame(frozen, expected.get(i), actual.get(i));
        }
    }

    private static void assertSame(FrozenMatrix frozen, Variable expected, Variable actual) {
        assertTrue(expected.value().bitEquals(actual.value()), () -> frozen + ": " + expected + " and " + actual);
    }

    private static Tensor normal(long seed, DType type, long... shape) {
        return Rng.of(seed).normal(type, Shape.of(shape), 0, 1);
    }
}
