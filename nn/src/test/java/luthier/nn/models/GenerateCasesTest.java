package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.golden.CaseFile;
import luthier.golden.ModelFolders;
import luthier.golden.NotCovered;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.generate.Generated;
import luthier.nn.generate.GenerationSettings;
import luthier.nn.generate.Generator;
import luthier.nn.generate.JsonSettings;
import luthier.nn.layers.KeyValueCache;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What small GGUF models write, and what a cache holds however it was filled, against transformers in double precision. */
class GenerateCasesTest {
    private static final double LARGEST = 1e-5;

    private static final Map<String, Pretrained> OPENED = new ConcurrentHashMap<>();
    private static final Map<String, Layer> MODELS = new ConcurrentHashMap<>();

    @TestFactory
    Stream<DynamicTest> generate() {
        return CaseFile.tests("generate.json", GenerateCasesTest::check);
    }

    private static void check(JsonObject c) {
        String name = c.get("model").asString();
        switch (c.get("op").asString()) {
            case "generate" -> texts(c, name);
            case "cache" -> cache(c, model(name));
            case String other -> throw new NotCovered("op " + other);
        }
    }

    private static Pretrained opened(String name) {
        return OPENED.computeIfAbsent(name, file -> {
            try {
                return Pretrained.open(ModelFolders.get("tiny-gguf/" + file + ".gguf"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Layer model(String name) {
        return MODELS.computeIfAbsent(name, file -> {
            try {
                return opened(file).causalLm().model();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void texts(JsonObject c, String name) {
        GenerationSettings usual =
                GenerationSettings.greedy(c.get("max_new_tokens").asInt()).endingWith(JsonSettings.ends(c.get("eos")));
        GenerationSettings settings = JsonSettings.of(c.get("settings").asObject(), usual);
        List<Generated> texts = new Generator(model(name), opened(name).maxLength())
                .generate(
                        c.get("prompts").asList().stream()
                                .map(JsonSettings::array)
                                .toList(),
                        settings.returning(c.get("returned").asInt()));
        assertEquals(
                c.get("outputs").asList().stream().map(JsonSettings::ids).toList(),
                texts.stream().map(Generated::tokens).toList());
        c.find("scores").ifPresent(scores -> {
            double[] wanted = CaseFile.numbers(scores);
            for (int i = 0; i < wanted.length; i++) {
                assertEquals(wanted[i], texts.get(i).score(), 2e-5 * Math.max(1, Math.abs(wanted[i])));
            }
        });
    }

    private static void cache(JsonObject c, Layer model) {
        long[] ids = ids(c.get("ids"));
        Tensor whole = logits(model, ids, 0, ids.length, Context.inference());
        near(c.get("last").asObject(), whole);
        for (JsonValue pieces : c.get("pieces").asList()) {
            KeyValueCache cache = new KeyValueCache();
            Tensor last = whole;
            int at = 0;
            for (long piece : ids(pieces)) {
                last = logits(model, ids, at, at + (int) piece, cache.next(Context.inference()));
                at += (int) piece;
            }
            assertEquals(ids.length, at);
            assertEquals(0, distance(whole, last), LARGEST * largest(whole), "pieces " + pieces.toJson(0));
            cache.keep(c.get("cut_back_to").asLong());
            long[] then = ids(c.get("then"));
            near(
                    c.get("last_after_cut").asObject(),
                    logits(model, then, 0, then.length, cache.next(Context.inference())));
        }
    }

    private static long[] ids(JsonValue list) {
        return list.asList().stream().mapToLong(JsonValue::asLong).toArray();
    }

    /** The scores after the last of some tokens, {@code [V]}. */
    private static Tensor logits(Layer model, long[] ids, int from, int to, Context context) {
        Tensor some = Tensor.of(ids, 1, ids.length).slice(1, from, to).contiguous();
        return Grad.disabled(() -> model.forward(Variable.constant(some), context)
                .value()
                .select(1, to - from - 1)
                .select(0, 0)
                .copy());
    }

    private static void near(JsonObject wanted, Tensor logits) {
        double[] values = CaseFile.numbers(wanted.get("values"));
        List<Integer> ids = JsonSettings.ids(wanted.get("ids"));
        double most = largest(logits);
        for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], logits.get(ids.get(i)), LARGEST * most, "token " + ids.get(i));
        }
    }

    private static double largest(Tensor logits) {
        return logits.abs().max(0).item();
    }

    private static double distance(Tensor a, Tensor b) {
        return largest(a.sub(b));
    }
}
