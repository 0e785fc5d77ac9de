package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.WeightSource;
import luthier.tiny.Tiny;
import luthier.tiny.TinyGpt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frozen matrices in few bits, from the moment a model is loaded. */
class WeightStorageTest {
    private static final String QUERY = "bert.encoder.layer.0.attention.self.query.weight";

    private static BertClassifier shapes() {
        return new BertClassifier(new BertConfig(20, 16, 32, 2, 4, 12, 2, 1e-12, 0), 3, BertClassifier.Pooling.POOLER);
    }

    private static Map<String, Tensor> weights() {
        return new LinkedHashMap<>(shapes().initialize(Seed.of(5)).weights());
    }

    private static BertClassifier loaded(Map<String, Tensor> weights, WeightStorage storage) {
        BertClassifier model = shapes();
        model.load(WeightSource.of(weights, "a file"), Names.same(), storage);
        return model;
    }

    private static Set<String> stored(Layer model) {
        return model.parameters().entrySet().stream()
                .filter(entry -> entry.getValue().isStored())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AS_IS")
    void keepsTheMatricesOutsideOfHeadsAndComputesAsUnpacked(WeightStorage storage) {
        BertClassifier model = loaded(weights(), storage);
        Set<String> expected = weights().entrySet().stream()
                .filter(entry -> entry.getValue().rank() == 2)
                .map(Map.Entry::getKey)
                .filter(name -> storage != WeightStorage.F32 && !name.equals("classifier.weight"))
                .collect(Collectors.toSet());
        assertEquals(expected, stored(model));
        assertTrue(model.parameters().values().stream().noneMatch(Parameter::isTrainable));
        BertClassifier unpacked = loaded(model.weights(), WeightStorage.F32);
        assertEquals(Set.of(), stored(unpacked));
        Context c = Context.inference().withMask(Tiny.mask(6, 6, 4));
        assertBits(Tiny.out(unpacked, Tiny.ids(2, 6), c), Tiny.out(model, Tiny.ids(2, 6), c), storage.toString());
    }

    @Test
    void tellsWhatTheyTake() {
        LoadReport report = shapes().load(WeightSource.of(weights(), "a file"), Names.same(), WeightStorage.BF16);
        assertEquals(List.of("storage bf16: 16 matrices take 9792 bytes instead of 19584"), report.notes());
        long bytes = loaded(weights(), WeightStorage.BF16).parameters().values().stream()
                .mapToLong(Parameter::bytes)
                .sum();
        long before = loaded(weights(), WeightStorage.F32).parameters().values().stream()
                .mapToLong(Parameter::bytes)
                .sum();
        assertEquals(before - 9792, bytes);
    }

    @Test
    void keepsHalvesAsTheFileHasThem() {
        Map<String, Tensor> mixed = weights();
        mixed.replaceAll((name, tensor) -> name.equals(QUERY) ? tensor.to(DType.F16) : tensor);
        mixed.computeIfPresent("classifier.weight", (name, tensor) -> tensor.to(DType.BF16));
        BertClassifier model = loaded(mixed, WeightStorage.AS_IS);
        assertEquals(Set.of(QUERY), stored(model));
        assertBits(mixed.get(QUERY).to(DType.F32), model.weights().get(QUERY), "the file's own numbers");
        assertEquals(
                List.of("storage as-is: no matrix of the file is kept in fewer bits than F32"),
                shapes().load(WeightSource.of(weights(), "a file"), Names.same(), WeightStorage.AS_IS)
                        .notes());
    }

    @Test
    void aTiedHeadIsKeptLikeItsTable() {
        TinyGpt model = new TinyGpt(true, 0, false);
        Map<String, Tensor> weights =
                new TinyGpt(true, 0, false).initialize(Seed.of(1)).weights();
        model.load(WeightSource.of(weights, "a file"), Names.same(), WeightStorage.INT8);
        assertTrue(model.names().get("lm_head.weight").isStored());
        TinyGpt unpacked = new TinyGpt(true, 0, false);
        unpacked.load(model.weights());
        assertBits(Tiny.out(unpacked, Tiny.ids(2, 6)), Tiny.out(model, Tiny.ids(2, 6)), "logits");
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16", "INT8", "NF4"})
    void refusesNumbersThatAreNotFiniteByName(WeightStorage storage) {
        Map<String, Tensor> weights = weights();
        float[] numbers = weights.get(QUERY).toFloatArray();
        numbers[51] = Float.NaN;
        weights.put(QUERY, Tensor.of(numbers, 16, 16));
        BertClassifier model = shapes();
        model.initialize(Seed.of(2));
        Tensor before = model.weights().get(QUERY).copy();
        WeightSource source = WeightSource.of(weights, "a file");
        assertEquals(
                "load: numbers kept as " + storage + " must be finite, before and after; got NaN in " + QUERY
                        + "; keep them as f32",
                assertThrows(WeightsException.class, () -> model.load(source, Names.same(), storage))
                        .getMessage());
        assertBits(before, model.weights().get(QUERY), "nothing is loaded then");
    }

    @Test
    void refusesNumbersThatHalvesDoNotReach() {
        Map<String, Tensor> weights = weights();
        weights.put(QUERY, weights.get(QUERY).mul(1e9));
        assertTrue(assertThrows(WeightsException.class, () -> loaded(weights, WeightStorage.F16))
                .getMessage()
                .contains("Infinity in " + QUERY));
        assertFalse(stored(loaded(weights, WeightStorage.BF16)).isEmpty());
    }

    @Test
    void isNamedByItsWord() {
        for (WeightStorage storage : WeightStorage.values()) {
            assertEquals(storage, WeightStorage.named(storage.toString()));
        }
        assertEquals(
                "storage: must be one of f32, bf16, f16, int8, nf4, as-is; got fp4",
                assertThrows(IllegalArgumentException.class, () -> WeightStorage.named("fp4"))
                        .getMessage());
    }
}
