package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.nn.Layer;
import luthier.nn.generate.Generated;
import luthier.nn.generate.GenerationSettings;
import luthier.nn.generate.Generator;
import luthier.nn.generate.JsonSettings;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What tiny decoders write, greedily, with penalties and by beams, against transformers: the ids, and the beams' scores. */
class GenerationGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @TempDir
    private Path temporary;

    @TestFactory
    Stream<DynamicTest> models() {
        List<GoldenSet.Case> cases = SET.cases("models").stream()
                .filter(golden -> CausalGoldenTest.isCausal(golden)
                        && SET.json(golden.meta()).find("generation").isPresent())
                .toList();
        return cases.isEmpty()
                ? Stream.of(SET.absent("generation of causal families"))
                : cases.stream().flatMap(this::modes);
    }

    private Stream<DynamicTest> modes(GoldenSet.Case golden) {
        JsonObject modes = SET.json(golden.meta()).get("generation").asObject();
        return Stream.of(DType.F32, DType.F64)
                .flatMap(dtype -> modes.members().entrySet().stream()
                        .map(mode -> SET.test(
                                golden.id() + " " + mode.getKey(),
                                dtype.toString(),
                                () -> check(
                                        golden, mode.getKey(), mode.getValue().asObject(), dtype))));
    }

    private void check(GoldenSet.Case golden, String mode, JsonObject settings, DType dtype) throws IOException {
        GoldenFolder folder = GoldenFolder.of(SET, golden);
        Pretrained opened = folder.open(temporary);
        Layer model = GoldenFolder.causal(opened, dtype);
        Map<String, Tensor> expected = SET.tensors(golden.data());
        GenerationSettings usual =
                GenerationSettings.greedy(settings.get("max_new_tokens").asInt());
        String prompt = settings.get("prompt").asString();
        List<Generated> texts = new Generator(model, opened.maxLength())
                .generate(prompts(expected, prompt), JsonSettings.of(settings, usual));
        Tensor ids = expected.get("gen." + mode + ".ids");
        Set<Integer> ends =
                settings.find("eos_token_id").map(JsonSettings::ends).orElse(Set.of());
        long pad = settings.get("pad_token_id").asLong();
        long before = expected.get(prompt + ".input_ids").size(1);
        List<List<Integer>> wanted = new ArrayList<>();
        for (int row = 0; row < ids.size(0); row++) {
            long[] all = ids.select(0, row).toLongArray();
            int length = texts.get(row).tokens().size();
            long[] rest = LongStream.of(all).skip(before + length).toArray();
            String message = mode + ": the rest must be padding; got " + texts + " for " + Arrays.toString(all);
            // The reference fills up behind beams with the end token where padding is token 0.
            assertEquals(
                    0,
                    LongStream.of(rest)
                            .filter(id -> id != pad && !ends.contains((int) id))
                            .count(),
                    message);
            wanted.add(LongStream.of(all)
                    .skip(before)
                    .limit(length)
                    .mapToObj(id -> (int) id)
                    .toList());
        }
        assertEquals(wanted, texts.stream().map(Generated::tokens).toList(), mode);
        Tensor scores = expected.get("gen." + mode + ".scores.f64");
        if (scores != null) {
            double[] got = texts.stream().mapToDouble(Generated::score).toArray();
            Tolerance.of(folder.meta().get("tol").asObject(), "gen." + mode + ".scores", dtype)
                    .assertClose(mode, scores, Tensor.of(got, got.length));
        }
    }

    /** Prompts without their padding on the left. */
    private static List<int[]> prompts(Map<String, Tensor> expected, String name) {
        Tensor ids = expected.get(name + ".input_ids");
        Tensor mask = expected.get(name + ".attention_mask");
        List<int[]> prompts = new ArrayList<>();
        for (int row = 0; row < ids.size(0); row++) {
            long[] tokens = ids.select(0, row).toLongArray();
            long hidden = mask == null
                    ? 0
                    : LongStream.of(mask.select(0, row).toLongArray())
                            .filter(real -> real == 0)
                            .count();
            prompts.add(
                    LongStream.of(tokens).skip(hidden).mapToInt(id -> (int) id).toArray());
        }
        return prompts;
    }
}
