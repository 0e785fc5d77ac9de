package luthier.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.nn.Names.Wanted;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.WeightSource;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static final Names BERT = Names.same()
            .prefix("bert.", "module.", "model.", "0.auto_model.")
            .also("{}LayerNorm.gamma", "{}LayerNorm.weight")
            .also("{}LayerNorm.beta", "{}LayerNorm.bias")
            .ignore("{}position_ids", "cls.{}");

    private static Tensor row(float... numbers) {
        return Tensor.of(numbers, numbers.length);
    }

    private static Wanted wanted(String name, long... sizes) {
        return new Wanted(name, Shape.of(sizes), DType.F32);
    }

    /** A file of tensors given as name, value, name, value, ... */
    private static WeightSource file(Object... namesAndTensors) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTensors.length; i += 2) {
            tensors.put((String) namesAndTensors[i], (Tensor) namesAndTensors[i + 1]);
        }
        return WeightSource.of(tensors, "w.bin");
    }

    private static Map<String, String> read(LoadPlan plan) {
        Map<String, String> result = new LinkedHashMap<>();
        plan.read((name, tensor) -> result.put(name, tensor.toString()));
        return result;
    }

    private static String refusal(Names names, List<Wanted> wanted, WeightSource file) {
        String message = assertThrows(WeightsException.class, () -> names.plan(wanted, file))
                .getMessage();
        String start = "load: the weights must be the model's, name by name; got from w.bin: ";
        assertTrue(message.startsWith(start), message);
        return message.substring(start.length());
    }

    @Test
    void stripsUsualPrefixesOnBothSides() {
        List<Wanted> wanted = List.of(wanted("bert.w", 1), wanted("classifier.w", 1));
        for (String prefix : List.of("", "bert.", "module.", "module.bert.", "model.bert.", "0.auto_model.")) {
            LoadPlan plan = BERT.plan(wanted, file(prefix + "w", row(1), "classifier.w", row(2)));
            assertEquals(Map.of("bert.w", "F32[1][1.0]", "classifier.w", "F32[1][2.0]"), read(plan));
            assertEquals(prefix + "w", plan.report().loaded().get("bert.w"));
        }
    }

    @Test
    void refusesTwoNamesForOneParameter() {
        assertEquals(
                "1 with two tensors: bert.w and w for w",
                refusal(BERT, List.of(wanted("w", 1)), file("bert.w", row(1), "w", row(1))));
        assertEquals(
                "1 with two tensors: LayerNorm.gamma and LayerNorm.weight for LayerNorm.weight",
                refusal(
                        BERT,
                        List.of(wanted("LayerNorm.weight", 1), wanted("w", 1)),
                        file("LayerNorm.gamma", row(1), "LayerNorm.weight", row(1), "w", row(1))));
    }

    @Test
    void renamesGammaInLayerNormsAlone() {
        LoadPlan plan = BERT.plan(
                List.of(wanted("a.LayerNorm.weight", 1), wanted("a.LayerNorm.bias", 1)),
                file("a.LayerNorm.gamma", row(1), "a.LayerNorm.beta", row(2)));
        assertEquals(Map.of("a.LayerNorm.weight", "F32[1][1.0]", "a.LayerNorm.bias", "F32[1][2.0]"), read(plan));
        assertEquals(
                "1 unknown: bert.layer_scale.gamma F32 [1]",
                refusal(BERT, List.of(wanted("w", 1)), file("w", row(1), "bert.layer_scale.gamma", row(1))));
    }

    @Test
    void listsWhatIsNotNeededUnlessItIsWanted() {
        WeightSource file = file("w", row(1), "bert.position_ids", row(1, 2), "cls.bias", row(3));
        assertEquals(
                List.of("bert.position_ids", "cls.bias"),
                BERT.plan(List.of(wanted("w", 1)), file).report().ignored());
        LoadReport report =
                BERT.plan(List.of(wanted("w", 1), wanted("cls.bias", 1)), file).report();
        assertEquals(List.of("bert.position_ids"), report.ignored());
        assertEquals("cls.bias", report.loaded().get("cls.bias"));
    }

    @Test
    void namesEverythingThatDoesNotFitAtOnce() {
        List<Wanted> wanted =
                List.of(wanted("a", 2), wanted("b", 2, 3), wanted("c", 1), wanted("d", 1), wanted("e", 1));
        WeightSource file = file(
                "b",
                Tensor.zeros(DType.F32, 3, 2),
                "c",
                Tensor.zeros(DType.I8, 1),
                "bert.d",
                row(1),
                "d",
                row(1),
                "e",
                row(1),
                "x\u001b[2J",
                row(1, 2));
        assertEquals(
                "1 missing: a; 1 of another shape: b [3, 2] for [2, 3]; 1 of another type: c I8 for F32;"
                        + " 1 with two tensors: bert.d and d for d; 1 unknown: x\\u001b[2J F32 [2]",
                refusal(BERT, wanted, file));
    }

    @Test
    void saysWhenNothingFits() {
        assertEquals(
                "1 missing: w; 1 unknown: roberta.w F32 [1]; no name fits: are these weights of another model or another"
                        + " family?",
                refusal(BERT, List.of(wanted("w", 1)), file("roberta.w", row(1))));
        assertEquals("1 missing: w; the file holds no tensors", refusal(BERT, List.of(wanted("w", 1)), file()));
    }

    @Test
    void oneOfTwoTiedNamesIsEnough() {
        List<Wanted> tied = List.of(new Wanted(List.of("wte.weight", "lm_head.weight"), Shape.of(1), DType.F32));
        Names names = Names.same().prefix("transformer.");
        for (String name : List.of("transformer.wte.weight", "lm_head.weight")) {
            assertEquals(
                    Map.of("wte.weight", name),
                    names.plan(tied, file(name, row(1))).report().loaded());
        }
        LoadPlan both = names.plan(tied, file("wte.weight", row(1), "lm_head.weight", row(1)));
        assertEquals(Map.of("wte.weight", "F32[1][1.0]"), read(both));
        assertEquals(
                "1 tied, with different values: transformer.wte.weight and lm_head.weight",
                refusal(names, tied, file("transformer.wte.weight", row(1), "lm_head.weight", row(2))));
    }

    @Test
    void makesHeadsAnewWhateverTheFileHolds() {
        Names names = BERT.anew("classifier.{}", "classifier: made anew for 3 labels");
        List<Wanted> wanted = List.of(wanted("bert.w", 1), wanted("classifier.weight", 3, 1));
        LoadReport report = names.plan(wanted, file("w", row(1), "classifier.weight", Tensor.zeros(DType.F32, 5, 1)))
                .report();
        assertEquals(
                new LoadReport(
                        "w.bin",
                        Map.of("bert.w", "w"),
                        List.of("classifier.weight"),
                        List.of("classifier.weight"),
                        List.of("classifier: made anew for 3 labels")),
                report);
        assertEquals(
                List.of("classifier.weight"),
                names.plan(wanted, file("w", row(1))).report().anew());
    }

    @Test
    void transposesAndSplitsInTheOrderOfItsSteps() {
        // [2, 3] in the file: the columns are query [1 wide], key [1], value [1], each transposed to [1, 2].
        Tensor fused = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Names names = Names.same()
                .split("h.{}.qkv.weight", 1, "h.{}.q.weight", "h.{}.k.weight", "h.{}.v.weight")
                .transpose("{}.q.weight")
                .transpose("{}.v.weight");
        List<Wanted> wanted =
                List.of(wanted("h.0.q.weight", 1, 2), wanted("h.0.k.weight", 2, 1), wanted("h.0.v.weight", 1, 2));
        LoadPlan plan = names.plan(wanted, file("h.0.qkv.weight", fused));
        Map<String, Tensor> model = new LinkedHashMap<>();
        plan.read(model::put);
        assertEquals("F32[1, 2][1.0, 4.0]", model.get("h.0.q.weight").toString());
        assertEquals("F32[2, 1][2.0, 5.0]", model.get("h.0.k.weight").toString());
        assertEquals("F32[1, 2][3.0, 6.0]", model.get("h.0.v.weight").toString());
        Map<String, Tensor> back = names.toFile(model);
        assertEquals(List.of("h.0.qkv.weight"), List.copyOf(back.keySet()));
        assertTrue(back.get("h.0.qkv.weight").bitEquals(fused));
    }

    @Test
    void splitsPartsOfDifferentSizes() {
        Names names = Names.same().split("qkv", 0, "q", "k");
        LoadPlan plan = names.plan(List.of(wanted("q", 3), wanted("k", 1)), file("qkv", row(1, 2, 3, 4)));
        assertEquals(Map.of("q", "F32[3][1.0, 2.0, 3.0]", "k", "F32[1][4.0]"), read(plan));
        assertEquals(
                "2 of another shape: qkv [5] for [4], qkv [5] for [4]",
                refusal(names, List.of(wanted("q", 3), wanted("k", 1)), file("qkv", row(1, 2, 3, 4, 5))));
        WeightsException e = assertThrows(WeightsException.class, () -> names.toFile(Map.of("q", row(1))));
        assertEquals("names: the parts of qkv must be there together; got none called k", e.getMessage());
    }

    @Test
    void transposesMatricesAlone() {
        Names names = Names.same().transpose("c_attn.{}");
        Map<String, Tensor> model = new LinkedHashMap<>();
        names.plan(
                        List.of(wanted("c_attn.weight", 3, 2), wanted("c_attn.bias", 3)),
                        file(
                                "c_attn.weight",
                                Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
                                "c_attn.bias",
                                row(7, 8, 9)))
                .read(model::put);
        assertEquals(
                "F32[3, 2][1.0, 4.0, 2.0, 5.0, 3.0, 6.0]",
                model.get("c_attn.weight").toString());
        assertEquals("F32[3][7.0, 8.0, 9.0]", model.get("c_attn.bias").toString());
    }

    @Test
    void writesRenamedNamesAndNotTheOthers() {
        Names names = Names.same().rename("base_model.model.{}", "{}").also("{}LayerNorm.gamma", "{}LayerNorm.weight");
        Map<String, Tensor> back = names.toFile(Map.of("a.LayerNorm.weight", row(1)));
        assertEquals(List.of("base_model.model.a.LayerNorm.weight"), List.copyOf(back.keySet()));
        Names colliding = Names.same().rename("x", "a");
        Map<String, Tensor> two = new LinkedHashMap<>();
        two.put("a", row(1));
        two.put("x", row(2));
        WeightsException e = assertThrows(WeightsException.class, () -> colliding.toFile(two));
        assertEquals("names: two tensors must not have one name; got x twice", e.getMessage());
    }

    @Test
    void findsTheTensorOfAName() {
        WeightSource file = file("bert.pooler.w", row(1), "a", row(1), "bert.a", row(2));
        assertEquals("bert.pooler.w", BERT.find("pooler.w", file).orElseThrow().name());
        assertEquals(Optional.empty(), BERT.find("a", file));
        assertEquals(Optional.empty(), BERT.find("none", file));
    }

    @Test
    void refusesAModelWhoseNamesDifferInPrefixesAlone() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> BERT.plan(List.of(wanted("bert.w", 1), wanted("w", 1)), file()));
        assertEquals(
                "names: two parameters must differ in more than usual prefixes; got [bert.w] and [w]", e.getMessage());
    }

    @Test
    void wholeNumbersFillParametersOfWholeNumbers() {
        Wanted count = new Wanted("count", Shape.of(), DType.I64);
        assertEquals(
                Map.of("count", "I64[][3]"), read(Names.same().plan(List.of(count), file("count", Tensor.scalar(3L)))));
        assertTrue(refusal(Names.same(), List.of(count), file("count", Tensor.scalar(3f)))
                .startsWith("1 of another type: count F32 for I64"));
    }

    @Test
    void showsAHundredNamesOfAKindAndCountsTheRest() {
        List<Wanted> many = java.util.stream.IntStream.range(0, 120)
                .mapToObj(i -> wanted("layer." + i, 1))
                .toList();
        String message = refusal(Names.same(), many, file());
        assertTrue(message.startsWith("120 missing: layer.0, layer.1, "), message);
        assertTrue(message.contains("layer.99 and 20 more"), message);
    }
}
