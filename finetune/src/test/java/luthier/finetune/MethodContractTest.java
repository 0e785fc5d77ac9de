package luthier.finetune;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.distance;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.finetune.lora.Lora;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.nn.Active;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Role;
import luthier.nn.Seed;
import luthier.nn.WeightsException;
import luthier.nn.layers.Linear;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Quantized;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every method keeps on every model: a new method is one row. A method of {@link Methods#ALL} without a row fails, and so does a
 * row without its method.
 */
class MethodContractTest {
    /** What is not as usual with a row. */
    private enum Unusual {
        /** A fresh adaptation changes the model already. */
        STARTS_ELSEWHERE,
        /** It leaves no weights to merge. */
        LEAVES_NO_WEIGHTS,
        /** It trains copies of weights, which must not be stored in few bits. */
        COPIES_WEIGHTS,
        /** It trains the model's own weights: once they have changed it cannot be taken off. */
        IN_PLACE,
        /** It changes one of two tied names: merged it fits an untied model alone. */
        UNTIES
    }

    private record Row(String method, Map<String, ?> options, Set<ContractHost> hosts, Set<Unusual> unusual) {
        static Row of(String method, Map<String, ?> options, ContractHost... hosts) {
            return new Row(method, options, Set.of(hosts), Set.of());
        }

        Row but(Unusual... what) {
            return new Row(method, options, hosts, Set.of(what));
        }
    }

    private static final ContractHost BERT = ContractHost.BERT;
    private static final ContractHost GPT = ContractHost.GPT;
    private static final ContractHost NET = ContractHost.NET;
    private static final ContractHost SEQUENCE = ContractHost.SEQUENCE;

    private static final List<Row> ROWS = List.of(
            Row.of("head", Map.of(), BERT, NET),
            Row.of("head", Map.of(), GPT),
            Row.of("head", Map.of("modules-to-save", "output.dense"), BERT).but(Unusual.COPIES_WEIGHTS),
            Row.of("full", Map.of(), BERT, GPT, NET).but(Unusual.COPIES_WEIGHTS),
            Row.of("full", Map.of("layerwise-rate", 0.5), BERT, GPT).but(Unusual.COPIES_WEIGHTS),
            Row.of("full", Map.of("in-place", true), BERT, GPT, NET).but(Unusual.COPIES_WEIGHTS, Unusual.IN_PLACE),
            Row.of("freeze", Map.of(), BERT, GPT, NET).but(Unusual.COPIES_WEIGHTS),
            Row.of("freeze", Map.of("freeze", "@norm,@tokens"), BERT).but(Unusual.COPIES_WEIGHTS),
            Row.of("bitfit", Map.of(), BERT, GPT, NET),
            Row.of("ln-tuning", Map.of(), BERT, GPT, NET),
            Row.of("lora", Map.of("rank", 3), BERT, GPT),
            Row.of("lora", Map.of("rank", 2, "targets", "fc"), NET),
            Row.of("lora", Map.of("rank", 2), SEQUENCE),
            Row.of("lora", Map.of("rank", 2, "layers", "1"), BERT, GPT),
            Row.of("lora", Map.of("rank", 2, "targets", "lm_head,c_attn"), GPT).but(Unusual.UNTIES),
            Row.of("lora", Map.of("rank", 2, "targets", "@qkv", "modules-to-save", "lm_head"), GPT),
            Row.of("lora", many(), BERT),
            Row.of("lora", Map.of("rank", 2, "dora", true), BERT, GPT),
            Row.of("lora", Map.of("rank", 2, "dora", true, "dropout", 0.2, "modules-to-save", "@head"), BERT),
            Row.of("lora", Map.of("rank", 2, "dora", true, "targets", "fc"), NET),
            Row.of("ia3", Map.of(), BERT, GPT),
            Row.of("ia3", Map.of("layers", "0"), BERT),
            Row.of("ia3", Map.of("targets", "c_attn,@mlp-out"), GPT),
            Row.of("ia3", Map.of("targets", "fc", "feedforward", ""), NET),
            Row.of("loreft", Map.of("rank", 2), SEQUENCE).but(Unusual.LEAVES_NO_WEIGHTS),
            Row.of("loreft", Map.of("rank", 2, "modules-to-save", "bn"), SEQUENCE)
                    .but(Unusual.LEAVES_NO_WEIGHTS),
            Row.of("loreft", Map.of("rank", 3), BERT, GPT).but(Unusual.LEAVES_NO_WEIGHTS),
            Row.of("loreft", Map.of("rank", 2, "positions", "f1+l1"), BERT, GPT).but(Unusual.LEAVES_NO_WEIGHTS),
            Row.of("loreft", Map.of("rank", 2, "identity-start", false, "layers", "1"), BERT)
                    .but(Unusual.LEAVES_NO_WEIGHTS, Unusual.STARTS_ELSEWHERE));

    private static Map<String, ?> many() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("rank", 2);
        options.put("alpha", 3);
        options.put("dropout", 0.3);
        options.put("targets", "query,value,.*intermediate\\.dense");
        options.put("rank-stabilised", true);
        options.put("rank-pattern", "query=3");
        options.put("alpha-pattern", "value=5");
        options.put("modules-to-save", "classifier");
        return options;
    }

    /** A row on one of its models. */
    private record On(Row row, ContractHost host) {
        Method method() {
            return Methods.named(row.method);
        }

        Config config() {
            return method().options().parse(row.options);
        }

        boolean is(Unusual what) {
            return row.unusual.contains(what);
        }

        Adaptation attach(Layer model, String as) {
            return method().attach(model, as, config(), Seed.of(7));
        }

        /** Attached and moved away from its start. */
        Adaptation moved(Layer model, String as) {
            Adaptation adaptation = attach(model, as);
            Tiny.noise(adaptation.trained(), 9);
            return adaptation;
        }

        Variable train(Layer model, Adaptation adaptation, long step) {
            Context c = Context.training(Rng.of(step)).with(Context.ACTIVE, adaptation.active());
            Variable loss = model.forward(host.input(model.dtype()), host.pass(c))
                    .square()
                    .sum();
            loss.backward();
            c.commit();
            return loss;
        }

        @Override
        public String toString() {
            return row.method + row.options + " on " + host;
        }
    }

    static Stream<On> all() {
        return ROWS.stream()
                .flatMap(row -> Arrays.stream(ContractHost.values())
                        .filter(row.hosts::contains)
                        .map(host -> new On(row, host)));
    }

    @Test
    void everyMethodHasARowAndEveryRowItsMethod() {
        assertEquals(
                Methods.ALL.stream().map(Method::name).collect(Collectors.toSet()),
                ROWS.stream().map(Row::method).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @MethodSource("all")
    void startsAsTheIdentityAndDetachesBitExactly(On on) {
        Layer model = on.host.model(DType.F32);
        Tensor before = on.host.out(model);
        Map<String, Tensor> weights = Tiny.copies(model.weights());
        Adaptation adaptation = on.attach(model, "a");
        double start = distance(before, on.host.out(model));
        assertEquals(on.is(Unusual.STARTS_ELSEWHERE), start > 1e-5, () -> "starts at a distance of " + start);
        Tiny.noise(adaptation.trained(), 9);
        assertTrue(distance(before, on.host.out(model)) > 1e-5, "noise must change something");
        if (on.is(Unusual.IN_PLACE)) {
            assertStays(on, model, adaptation);
            return;
        }
        assertBits(before, on.host.out(model, Context.inference().with(Context.ACTIVE, Active.none())), "none");
        adaptation.close();
        adaptation.close();
        assertBits(before, on.host.out(model), "detached");
        assertBits(weights, model.weights(), "weights");
        assertTrue(model.parameters().values().stream().noneMatch(each -> each.isTrainable() == each.isBuffer()));
    }

    /** It cannot be taken off, only ended: the model keeps what was learned. */
    private static void assertStays(On on, Layer model, Adaptation adaptation) {
        Tensor adapted = on.host.out(model);
        assertEquals(
                "close: weights that were trained in place cannot be taken off, as no copy is kept; got \"a\" with "
                        + adaptation.trained().size() + " changed, "
                        + adaptation.trained().keySet().iterator().next()
                        + " first; merge() ends their training, a model loaded anew has the old ones",
                assertThrows(IllegalStateException.class, adaptation::close).getMessage());
        assertBits(
                adapted,
                on.host.out(model, Context.inference().with(Context.ACTIVE, Active.none())),
                "without it the model is no other");
        assertEquals(model.parameters().keySet(), adaptation.state().keySet());
        adaptation.merge();
        adaptation.close();
        assertBits(adapted, on.host.out(model), "ended");
        assertTrue(model.parameters().values().stream().noneMatch(each -> each.isTrainable() || each.isLive()));
    }

    @ParameterizedTest
    @MethodSource("all")
    void trainsItsOwnParametersAlone(On on) {
        Layer model = on.host.model(DType.F32);
        Map<String, Tensor> weights = Tiny.copies(model.weights());
        Adaptation adaptation = on.moved(model, "a");
        assertFalse(adaptation.trained().isEmpty());
        on.train(model, adaptation, 1);
        assertEquals(
                List.of(),
                Tiny.withoutGradient(adaptation.trained()).map(Parameter::path).toList(),
                "every trained parameter gets a gradient");
        assertTrue(
                model.parameters().values().stream()
                        .filter(each -> !adaptation.trained().containsValue(each))
                        .allMatch(each -> each.grad().isEmpty()),
                "frozen ones get none");
        Map<String, Tensor> before = new LinkedHashMap<>();
        adaptation
                .trained()
                .forEach((name, each) -> before.put(name, each.value().copy()));
        Optimizer optimizer = new Optimizer(AdamW.USUAL, adaptation.trained(), adaptation::group, 0.01);
        optimizer.step(1e-2);
        adaptation.afterStep(1, 2);
        adaptation
                .trained()
                .forEach((name, each) -> assertFalse(before.get(name).bitEquals(each.value()), name));
        if (!on.is(Unusual.IN_PLACE)) {
            assertBits(weights, model.weights(), "the model's own");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void mergedIsAdapted(On on) {
        Layer model = on.host.model(DType.F32);
        Adaptation adaptation = on.moved(model, "a");
        on.train(model, adaptation, 1);
        Map<String, Tensor> weights = Tiny.copies(model.weights());
        Tensor adapted = on.host.out(model);
        Optional<Map<String, Tensor>> merged = model.merged(adaptation.active());
        assertEquals(on.is(Unusual.LEAVES_NO_WEIGHTS), merged.isEmpty());
        if (merged.isEmpty()) {
            return;
        }
        Map<String, Tensor> values = merged.get();
        assertEquals(weights.keySet(), values.keySet());
        if (on.is(Unusual.UNTIES)) {
            String message = assertThrows(WeightsException.class, () -> on.host.outOf(values, on.host.shapes()))
                    .getMessage();
            assertTrue(message.endsWith("and lm_head.weight; build the model untied"), message);
            assertTrue(distance(adapted, on.host.outOf(values, on.host.untied())) < 2e-5);
        } else {
            assertTrue(distance(adapted, on.host.outOf(values, on.host.shapes())) < 2e-5);
        }
        assertBits(weights, model.weights(), "merging writes nothing");
    }

    @ParameterizedTest
    @MethodSource("all")
    void mergedIntoTheModelItIsGone(On on) {
        Layer model = on.host.model(DType.F32);
        Map<String, Tensor> weights = Tiny.copies(model.weights());
        Adaptation adaptation = on.moved(model, "a");
        on.train(model, adaptation, 1);
        Tensor adapted = on.host.out(model);
        if (on.is(Unusual.LEAVES_NO_WEIGHTS)) {
            assertEquals(
                    "merge: method " + on.row.method
                            + " changes what layers compute, not their weights; predict with the adapter instead",
                    assertThrows(IllegalStateException.class, adaptation::merge).getMessage());
        } else if (on.is(Unusual.UNTIES)) {
            assertThrows(WeightsException.class, adaptation::merge);
        } else {
            adaptation.merge();
            assertTrue(distance(adapted, on.host.out(model)) < 2e-5);
            assertTrue(model.parameters().values().stream().noneMatch(Parameter::isTrainable));
            assertThrows(IllegalStateException.class, adaptation::merge);
            adaptation.close();
            on.attach(model, "a").close();
            return;
        }
        assertBits(adapted, on.host.out(model), "nothing is merged then");
        adaptation.close();
        assertBits(weights, model.weights(), "and it can be taken off");
    }

    @ParameterizedTest
    @MethodSource("all")
    void savedAndLoadedElsewhereItHasTheSameBits(On on, @TempDir Path folder) throws IOException {
        Layer model = on.host.model(DType.F32);
        Adaptation adaptation = on.moved(model, "a");
        on.train(model, adaptation, 1);
        new Optimizer(AdamW.USUAL, adaptation.trained(), 0).step(1e-2);
        Tensor adapted = on.host.out(model);
        Tuning.save(adaptation, folder, Optional.of("SEQ_CLS"));
        Layer other = on.host.model(DType.F32);
        Adaptation loaded = Tuning.load(other, "elsewhere", folder);
        assertEquals("elsewhere", loaded.name());
        assertBits(adaptation.state(), loaded.state(), "state");
        assertBits(adapted, on.host.out(other), "output");
        assertEquals(adaptation.trained().keySet(), loaded.trained().keySet());
        if (on.row.method.equals(loaded.method().name())
                && on.method().peftType().isEmpty()) {
            assertEquals(adaptation.config(), loaded.config());
        }
        Path again = folder.resolve("again");
        Tuning.save(loaded, again, Optional.of("SEQ_CLS"));
        Layer third = on.host.model(DType.F32);
        Tuning.load(third, "third", again);
        assertBits(adapted, on.host.out(third), "saved again");
    }

    @ParameterizedTest
    @MethodSource("all")
    void itsConfigurationGoesThereAndBack(On on) {
        Layer model = on.host.model(DType.F32);
        Adaptation adaptation = on.attach(model, "a");
        Config config = adaptation.config();
        assertEquals(config, on.method().options().parse(config.fields()));
        Map<String, Object> peft = on.method().options().peft(config);
        assertEquals(peft, on.method().options().peft(on.method().options().fromPeft(peft)));
        adaptation.close();
        Adaptation same = on.method().attach(model, "b", config, Seed.of(7));
        assertEquals(adaptation.state().keySet(), same.state().keySet());
        assertEquals(adaptation.parameters().keySet(), same.parameters().keySet());
    }

    @ParameterizedTest
    @MethodSource("all")
    void severalLieOnOneLayerInBothOrders(On on) {
        for (boolean first : new boolean[] {true, false}) {
            Layer model = on.host.model(DType.F32);
            if (on.is(Unusual.IN_PLACE)) {
                Layer own = model;
                new Lora()
                        .attach(
                                own,
                                "other",
                                new Lora().options().parse(Map.of("targets", on.host.linear())),
                                Seed.of(3));
                assertEquals(
                        "full: weights are trained in place where nothing else is attached that trains; got a model with"
                                + " attachments; merge them first, or train copies",
                        assertThrows(IllegalStateException.class, () -> on.attach(own, "mine"))
                                .getMessage());
                return;
            }
            Tensor base = on.host.out(model);
            Method lora = new Lora();
            Config low = lora.options().parse(Map.of("rank", 2, "targets", on.host.linear()));
            Adaptation mine = first ? on.moved(model, "mine") : null;
            Adaptation other = lora.attach(model, "other", low, Seed.of(3));
            Tiny.noise(other.trained(), 4);
            mine = mine == null ? on.moved(model, "mine") : mine;
            Tensor both = on.host.out(model);
            Layer alone = on.host.model(DType.F32);
            on.moved(alone, "alone");
            assertBits(
                    on.host.out(alone),
                    on.host.out(model, Context.inference().with(Context.ACTIVE, mine.active())),
                    "one of two");
            Optional<Map<String, Tensor>> merged = model.merged(Active.all());
            assertEquals(on.is(Unusual.LEAVES_NO_WEIGHTS), merged.isEmpty());
            merged.ifPresent(values -> assertTrue(
                    distance(both, on.host.outOf(values, on.host.untied())) < 5e-5, "merged in their order"));
            other.close();
            assertBits(on.host.out(alone), on.host.out(model), "the other closed");
            mine.close();
            assertBits(base, on.host.out(model), "both closed");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void refusesByNameWhatDoesNotFit(On on) {
        Layer model = on.host.model(DType.F32);
        Adaptation adaptation = on.moved(model, "a");
        Tensor adapted = on.host.out(model);
        Map<String, Tensor> state = adaptation.state();
        state.replaceAll((name, tensor) -> tensor.add(1));
        List<String> names = List.copyOf(state.keySet());
        String misshapen = names.getLast();
        state.put(misshapen, Tensor.zeros(DType.F32, 1, 1, 1));
        state.put("unknown.weight", Tensor.zeros(DType.F32, 1));
        String missing = names.getFirst();
        if (names.size() > 1) {
            state.remove(missing);
        }
        String message = assertThrows(WeightsException.class, () -> adaptation.load(state))
                .getMessage();
        assertTrue(message.contains("unknown [unknown.weight]"), message);
        assertTrue(message.contains("of another shape [" + misshapen + " [1, 1, 1] instead of "), message);
        assertTrue(names.size() == 1 || message.contains("missing [" + missing + "]"), message);
        assertBits(adapted, on.host.out(model), "nothing is loaded then");
        assertThrows(IllegalStateException.class, () -> on.attach(model, "a"));
        assertBits(adapted, on.host.out(model), "nothing is attached then");
        if (on.is(Unusual.IN_PLACE)) {
            adaptation.merge();
        }
        adaptation.close();
        assertEquals(
                "trained: the adaptation must be attached, as no pass meets it otherwise; got \"a\" after close; attach it"
                        + " again and load its state",
                assertThrows(IllegalStateException.class, adaptation::trained).getMessage());
        assertThrows(IllegalStateException.class, () -> adaptation.load(adaptation.state()));
    }

    @ParameterizedTest
    @MethodSource("all")
    void namesAreThoseOfTheModelWhateverItIsCalled(On on) {
        Layer model = on.host.model(DType.F32);
        Adaptation adaptation = on.attach(model, "some-name");
        Set<String> places = new TreeSet<>(model.layers().keySet());
        adaptation.parameters().forEach((name, parameter) -> {
            assertEquals(!on.is(Unusual.IN_PLACE), parameter.path().startsWith("some-name/"), parameter::path);
            assertTrue(
                    model.names().containsKey(name) || places.stream().anyMatch(place -> name.startsWith(place + ".")),
                    name);
        });
        assertTrue(adaptation.state().keySet().stream().noneMatch(name -> name.contains("some-name")));
        assertTrue(adaptation
                .parameters()
                .keySet()
                .containsAll(adaptation.trained().keySet()));
        adaptation
                .trained()
                .keySet()
                .forEach(name -> assertTrue(adaptation.group(name).rate() >= 0));
    }

    @ParameterizedTest
    @MethodSource("all")
    void isPlannedOnShapesAlone(On on) {
        Layer model = on.host.shapes();
        Adaptation adaptation = on.attach(model, "a");
        assertTrue(model.parameters().values().stream().noneMatch(Parameter::hasValues));
        Layer real = on.host.model(DType.F32);
        Adaptation there = on.attach(real, "a");
        Map<String, Shape> shapes = new LinkedHashMap<>();
        adaptation.trained().forEach((name, each) -> shapes.put(name, each.shape()));
        there.trained().forEach((name, each) -> assertEquals(each.shape(), shapes.remove(name), name));
        assertEquals(Map.of(), shapes);
        model.initialize(new Seed(DType.F32, Rng.of(5)));
        assertBits(on.host.out(real), on.host.out(model), "values that come later");
        assertBits(there.state(), adaptation.state(), "state");
    }

    @ParameterizedTest
    @MethodSource("all")
    void followsTheTypeOfItsModel(On on) {
        Layer model = on.host.model(DType.F64);
        Tensor before = on.host.out(model);
        Adaptation adaptation = on.attach(model, "a");
        assertTrue(adaptation.parameters().values().stream().allMatch(each -> each.dtype() == DType.F64));
        if (!on.is(Unusual.STARTS_ELSEWHERE)) {
            assertTrue(distance(before, on.host.out(model)) < 1e-12);
        }
        Tiny.noise(adaptation.trained(), 9);
        on.train(model, adaptation, 1);
        assertEquals(0, Tiny.withoutGradient(adaptation.trained()).count());
        Tensor adapted = on.host.out(model);
        model.merged(Active.all())
                .ifPresent(values -> assertTrue(distance(adapted, on.host.outOf(values, on.host.untied())) < 1e-12));
    }

    private static void store(Layer model) {
        model.layers().values().stream()
                .filter(layer -> layer instanceof Linear && layer.role() != Role.HEAD)
                .map(layer -> ((Linear) layer).weight())
                .forEach(weight -> weight.store(Quantized.nf4(weight.value(), 64)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void worksOverWeightsInFewBitsOrRefusesThem(On on) {
        Layer model = on.host.model(DType.F32);
        store(model);
        Tensor before = on.host.out(model);
        if (on.is(Unusual.COPIES_WEIGHTS) && on.host != NET) {
            String message = assertThrows(DTypeException.class, () -> on.attach(model, "a"))
                    .getMessage();
            assertTrue(message.startsWith("train: a weight stored in few bits cannot be trained; got "), message);
            assertBits(before, on.host.out(model), "nothing is attached then");
            return;
        }
        Layer unpacked = on.host.shapes();
        unpacked.load(model.weights());
        Adaptation adaptation = on.moved(model, "a");
        assertTrue(adaptation.parameters().values().stream().allMatch(each -> each.dtype() == DType.F32));
        Adaptation over = on.moved(unpacked, "a");
        on.train(model, adaptation, 1);
        on.train(unpacked, over, 1);
        over.trained()
                .forEach((name, each) -> assertBits(
                        each.grad().orElseThrow(),
                        adaptation.trained().get(name).grad().orElseThrow(),
                        "gradient of " + name));
        Tensor adapted = on.host.out(model);
        model.merged(Active.all())
                .ifPresent(values -> assertTrue(distance(adapted, on.host.outOf(values, on.host.untied())) < 5e-5));
        if (!on.is(Unusual.IN_PLACE)) {
            adaptation.close();
            assertBits(before, on.host.out(model), "detached");
        }
    }

    /** A model of 175 billion parameters: its weights would fill 650 GiB. */
    @Test
    void plansModelsOfAnySizeWithoutTheirMemory() {
        BertConfig config = new BertConfig(50257, 12288, 49152, 96, 96, 2048, 2, 1e-5, 0);
        for (Method method : Methods.ALL) {
            BertClassifier model = new BertClassifier(config, 2, BertClassifier.Pooling.MEAN);
            Adaptation adaptation = method.attach(model, "a", method.options().usual(), Seed.of(1));
            long trained = adaptation.trained().values().stream()
                    .mapToLong(Parameter::elementCount)
                    .sum();
            long all = model.parameters().values().stream()
                    .mapToLong(Parameter::elementCount)
                    .sum();
            assertTrue(all > 174_000_000_000L, () -> "parameters: " + all);
            assertTrue(trained > 0 && trained <= all, method.name());
            if (method.name().equals("lora")) {
                assertEquals(96L * 16 * (4 * 2 * 12288 + 2 * (12288 + 49152)), trained);
            }
            if (method.name().equals("full")) {
                assertEquals(all, trained);
            }
        }
    }
}
