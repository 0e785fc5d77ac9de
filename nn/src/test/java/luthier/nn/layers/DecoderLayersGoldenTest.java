package luthier.nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.RotaryOps;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Rotary;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The layers that decoders are made of, against PyTorch's numbers: values and gradients, F32 and F64. */
class DecoderLayersGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @TestFactory
    Stream<DynamicTest> modules() {
        return SET.cases("modules").stream()
                .filter(golden -> golden.id().matches("modules/(rms_norm|mlp_.*)"))
                .flatMap(golden -> both(golden.id(), dtype -> module(golden, dtype)));
    }

    @TestFactory
    Stream<DynamicTest> variants() {
        return SET.cases("modules").stream()
                .filter(golden -> golden.id().matches("modules/(rope_variants|attention_variants|kv_cache)"))
                .flatMap(golden -> SET.json(golden.meta()).get("variants").asList().stream()
                        .map(JsonValue::asObject)
                        .flatMap(variant -> both(
                                golden.id() + " " + variant.get("id").asString(),
                                dtype -> variant(golden, variant, dtype))));
    }

    private interface Check {
        void in(DType dtype);
    }

    private static Stream<DynamicTest> both(String name, Check check) {
        return Stream.of(DType.F32, DType.F64).map(dtype -> SET.test(name, dtype.toString(), () -> check.in(dtype)));
    }

    // ---- layers

    private static void module(GoldenSet.Case golden, DType dtype) {
        JsonObject meta = SET.json(golden.meta());
        JsonObject args = meta.get("args").asObject();
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        Tensor x = tensors.get("in.x").to(dtype);
        Layer layer = args.find("activation").isPresent()
                ? new GatedFeedForward(
                        x.size(-1),
                        tensors.get("param.gate_proj.weight").size(0),
                        args.get("bias").asBoolean(),
                        activation(args.get("activation").asString()))
                : new RmsNorm(x.size(-1), args.get("eps").asDouble());
        layer.initialize(new Seed(dtype, Rng.of(0)));
        layer.parameters().forEach((name, parameter) -> parameter.load(tensors.get("param." + name)));
        Variable in = Variable.parameter(x);
        Variable y = layer.forward(in, Context.inference());
        JsonObject table = meta.get("tol").asObject();
        close(table, tensors, "", "out.y", dtype, y.value());
        y.backward(tensors.get("gout.y").to(dtype));
        close(table, tensors, "", "gin.x", dtype, in.grad().orElseThrow());
        layer.parameters()
                .forEach((name, parameter) -> close(
                        table,
                        tensors,
                        "",
                        "grad." + name,
                        dtype,
                        parameter.grad().orElseThrow()));
    }

    private static UnaryOperator<Variable> activation(String name) {
        return switch (name) {
            case "swiglu" -> ActivationOps::silu;
            case "geglu" -> ActivationOps::gelu;
            case "geglu_tanh" -> ActivationOps::geluTanh;
            case "reglu" -> ActivationOps::relu;
            default -> throw new NotCovered("activation " + name);
        };
    }

    // ---- rotary positions, attention, cache

    private static void variant(GoldenSet.Case golden, JsonObject variant, DType dtype) {
        String prefix = variant.get("id").asString() + ".";
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        JsonObject args = variant.get("args").asObject();
        JsonObject table = variant.get("tol").asObject();
        List<Variable> inputs = new ArrayList<>();
        variant.get("inputs").asList().forEach(name -> {
            Tensor in = tensors.get(prefix + "in." + name.asString());
            inputs.add(in.dtype() == DType.F32 ? Variable.parameter(in.to(dtype)) : Variable.constant(in));
        });
        Map<String, Variable> outputs = golden.id().endsWith("rope_variants")
                ? rotary(args, inputs, table, tensors, prefix, dtype)
                : golden.id().endsWith("kv_cache") ? stepByStep(args, inputs) : attention(args, inputs);
        outputs.forEach((name, y) -> {
            close(table, tensors, prefix, "out." + name, dtype, y.value());
            if (y.requiresGrad()) {
                y.backward(tensors.get(prefix + "gout." + name).to(dtype));
            }
        });
        if (golden.id().endsWith("kv_cache")) {
            return; // its gradients are those of its keys and values too, which stay inside
        }
        List<JsonValue> names = variant.get("inputs").asList();
        for (int i = 0; i < inputs.size(); i++) {
            String gradient = "gin." + names.get(i).asString();
            if (tensors.containsKey(prefix + gradient + ".f64")) {
                close(
                        table,
                        tensors,
                        prefix,
                        gradient,
                        dtype,
                        inputs.get(i).grad().orElseThrow());
            }
        }
    }

    private static Map<String, Variable> rotary(
            JsonObject args,
            List<Variable> inputs,
            JsonObject table,
            Map<String, Tensor> tensors,
            String prefix,
            DType dtype) {
        Variable x = inputs.get(0);
        RotaryScaling scaling = scaling(args);
        long length = args.find("seq_len").map(JsonValue::asLong).orElse(1L);
        double[] frequencies =
                scaling.frequencies((int) x.size(-1), args.get("theta").asDouble(), length);
        double factor = scaling.attentionFactor();
        close(table, tensors, prefix, "out.inv_freq", dtype, Tensor.of(frequencies, frequencies.length));
        close(table, tensors, prefix, "out.attention_factor", dtype, Tensor.scalar(factor));
        Tensor positions = inputs.get(1).value();
        Map<String, Variable> outputs = new LinkedHashMap<>();
        for (Rotary.Layout layout : Rotary.Layout.values()) {
            Rotary.Angles angles = Rotary.Angles.of(layout, positions, frequencies, factor);
            Variable turned = RotaryOps.rotate(x.transpose(1, 2), angles);
            outputs.put(layout.name().toLowerCase(Locale.ROOT), turned.transpose(1, 2));
        }
        return outputs;
    }

    private static RotaryScaling scaling(JsonObject args) {
        double factor = args.find("factor").map(JsonValue::asDouble).orElse(1.0);
        long trained = args.find("original_max_position_embeddings")
                .map(JsonValue::asLong)
                .orElse(1L);
        return switch (args.get("type").asString()) {
            case "default" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(factor);
            case "ntk" -> new RotaryScaling.Ntk(factor);
            case "dynamic" -> new RotaryScaling.Dynamic(factor, trained);
            case "llama3" ->
                new RotaryScaling.Llama3(
                        factor,
                        args.get("low_freq_factor").asDouble(),
                        args.get("high_freq_factor").asDouble(),
                        trained);
            case "yarn" -> new RotaryScaling.Yarn(factor, trained, OptionalDouble.empty(), 32, 1, true);
            case "longrope" ->
                new RotaryScaling.LongRope(
                        factors(args, "short_factor"),
                        factors(args, "long_factor"),
                        trained,
                        RotaryScaling.LongRope.impliedAttention(factor, trained));
            default -> throw new NotCovered("rotary scaling " + args.get("type"));
        };
    }

    private static List<Double> factors(JsonObject args, String name) {
        return args.get(name).asList().stream().map(JsonValue::asDouble).toList();
    }

    private static Map<String, Variable> attention(JsonObject args, List<Variable> inputs) {
        Variable q = inputs.get(0).transpose(1, 2);
        Variable k = inputs.get(1).transpose(1, 2);
        Variable v = inputs.get(2).transpose(1, 2);
        AttentionDesign design =
                AttentionDesign.of(new AttentionDesign.Heads(q.size(2) * q.size(3), q.size(2), k.size(2), q.size(3)));
        switch (args.get("variant").asString()) {
            case "gqa_causal" -> {}
            case "sliding_window" ->
                design = design.windowed(OptionalLong.of(args.get("window").asLong()));
            case "causal_left_padding" -> throw new NotCovered("attention where a hidden query sees itself");
            case String other -> throw new NotCovered("attention " + other);
        }
        Variable y = new AttentionHeads(design, new Dropout(0))
                .of(new RmsNorm(1, 1), q, k, v, List.of(), Context.inference());
        return Map.of("y", y.transpose(1, 2));
    }

    /** One attention over the whole and step by step, with the same weights. */
    private static Map<String, Variable> stepByStep(JsonObject args, List<Variable> inputs) {
        Variable x = inputs.get(0);
        long d = x.size(2);
        RotaryEmbedding rotary =
                new RotaryEmbedding(Rotary.Layout.HALF, d, args.get("theta").asDouble(), new RotaryScaling.None());
        AttentionDesign design =
                AttentionDesign.of(new AttentionDesign.Heads(d, 1, 1, d)).turning(Optional.of(rotary));
        AttentionHeads heads = new AttentionHeads(design, new Dropout(0));
        Layer host = new RmsNorm(1, 1);
        Variable whole = attend(heads, host, x, inputs, Context.inference());
        KeyValueCache cache = new KeyValueCache();
        List<Variable> steps = new ArrayList<>();
        for (long t = 0; t < x.size(1); t++) {
            steps.add(attend(heads, host, x.slice(1, t, t + 1), inputs, cache.next(Context.inference()))
                    .detach());
        }
        assertEquals(x.size(1), cache.length());
        Variable joined = JoiningOps.concat(steps, 1);
        assertTrue(joined.value().bitEquals(whole.value()), "whole and step by step have the same bits");
        return Map.of("y", whole, "y_steps", joined);
    }

    private static Variable attend(AttentionHeads heads, Layer host, Variable x, List<Variable> inputs, Context c) {
        Shape split = Shape.of(x.size(0), x.size(1), 1, x.size(2));
        List<Variable> qkv = new ArrayList<>();
        for (int i = 1; i < 4; i++) {
            qkv.add(MatmulOps.linear(x, inputs.get(i)).reshape(split.toArray()));
        }
        return heads.of(host, qkv.get(0), qkv.get(1), qkv.get(2), List.of(), c)
                .reshape(x.shape().toArray());
    }

    private static void close(
            JsonObject table, Map<String, Tensor> tensors, String prefix, String name, DType dtype, Tensor got) {
        Tolerance.of(table, name, dtype).assertClose(name, tensors.get(prefix + name + ".f64"), got);
    }
}
