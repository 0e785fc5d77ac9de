package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.distance;
import static luthier.tiny.Tiny.normal;
import static luthier.tiny.Tiny.out;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.nn.layers.Embedding;
import luthier.nn.layers.Linear;
import luthier.tensor.BlockQuantized;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Quantized;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters.Added;
import luthier.tiny.TinyAdapters.LowRank;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frozen weights in few bits: products, gradients through them, adapters on them, merging to F32. */
class StorageTest {
    private static final Map<String, Function<Tensor, FrozenMatrix>> STORAGES = storages();

    private static Map<String, Function<Tensor, FrozenMatrix>> storages() {
        Map<String, Function<Tensor, FrozenMatrix>> all = new LinkedHashMap<>();
        all.put("BF16", w -> FrozenMatrix.of(w.to(DType.BF16)));
        all.put("F16", w -> FrozenMatrix.of(w.to(DType.F16)));
        all.put("int8", Quantized::int8);
        all.put("int8 blocks", w -> Quantized.int8Blocks(w, 32));
        all.put("NF4", w -> Quantized.nf4(w, 64));
        all.put("NF4 double", w -> Quantized.nf4Double(w, 64));
        Arrays.stream(BlockQuantized.Type.values())
                .filter(BlockQuantized.Type::isMadeHere)
                .forEach(type -> all.put("GGUF " + type, w -> BlockQuantized.of(type, w)));
        return all;
    }

    static Stream<String> names() {
        return STORAGES.keySet().stream();
    }

    private final Linear plain = new Linear(64, 32);
    private final Linear packed = new Linear(64, 32);
    private final Variable x = Variable.parameter(normal(3, 5, 64));

    private void store(String name) {
        Tensor weight = normal(1, 32, 64);
        packed.load(Map.of("weight", weight, "bias", normal(2, 32)));
        packed.weight().store(STORAGES.get(name).apply(weight));
        plain.load(Map.of("weight", packed.weight().value(), "bias", normal(2, 32)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void computesLikeItsUnpackedValues(String name) {
        store(name);
        assertTrue(packed.weight().isStored() && packed.weight().hasValues());
        assertTrue(packed.weight().bytes() < 4 * 32 * 64);
        assertFalse(packed.weight().isTrainable());
        Variable y = packed.forward(x, Context.inference());
        assertBits(plain.forward(x, Context.inference()).value(), y.value(), "output");
        y.square().sum().backward();
        Tensor gradient = x.grad().orElseThrow();
        x.zeroGrad();
        plain.forward(x, Context.inference()).square().sum().backward();
        assertTrue(distance(x.grad().orElseThrow(), gradient) < 1e-4, "gradient of the input");
    }

    @ParameterizedTest
    @MethodSource("names")
    void adaptersTrainOnItAndMergeIntoF32(String name) {
        store(name);
        Tensor before = out(packed, x);
        LowRank low = LowRank.of(5, 2, 64, 32);
        Added added = Added.of(7, packed.weight());
        Attachment around = packed.attach("low", low);
        Attachment value = packed.attach("added", Map.of(), Map.of(packed.weight(), added));
        packed.forward(x, Context.inference()).square().sum().backward();
        Stream.of(low.a(), low.b(), added.d())
                .forEach(each -> assertTrue(each.grad().isPresent(), each.path()));
        Linear merged = new Linear(64, 32);
        merged.load(packed.merged(Active.all()).orElseThrow());
        assertFalse(merged.weight().isStored());
        assertEquals(DType.F32, merged.weight().dtype());
        assertTrue(distance(out(packed, x), out(merged, x)) < 1e-4);
        around.close();
        value.close();
        assertBits(before, out(packed, x), "detached");
        assertTrue(packed.weight().isStored());
    }

    @ParameterizedTest
    @MethodSource("names")
    void anEmbeddingReadsItsRows(String name) {
        Tensor weight = normal(1, 32, 64);
        Embedding table = new Embedding(32, 64);
        table.weight().store(STORAGES.get(name).apply(weight));
        Embedding unpacked = new Embedding(32, 64);
        unpacked.load(Map.of("weight", table.weight().value()));
        Variable ids = Variable.constant(Tensor.of(new long[] {3, 31, 3}, 3));
        assertBits(out(unpacked, ids), out(table, ids), "rows");
    }

    @Test
    void trainingItIsRefused() {
        store("NF4");
        Parameter weight = packed.weight();
        assertEquals(
                "unfreeze: a weight stored in few bits cannot be trained; got weight; load it as F32, or put an adapter on"
                        + " it",
                assertThrows(DTypeException.class, weight::unfreeze).getMessage());
        assertEquals(
                "parameter: a weight stored in few bits has no leaf on the tape; got weight; multiply by it with"
                        + " linear(x, bias, c)",
                assertThrows(DTypeException.class, weight::variable).getMessage());
    }

    @Test
    void onlyMatricesOfTheShapeAreStored() {
        assertThrows(
                ShapeException.class, () -> packed.weight().store(FrozenMatrix.of(Tensor.ones(DType.F32, 64, 32))));
        Parameter buffer = Parameter.buffer("table", plain.weight().shape(), luthier.nn.init.Initializer.zeros());
        assertEquals(
                "parameter: a buffer is not stored in few bits; got table",
                assertThrows(DTypeException.class, () -> buffer.store(FrozenMatrix.of(Tiny.normal(1, 32, 64))))
                        .getMessage());
    }
}
