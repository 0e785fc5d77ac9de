package luthier.nn.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Scores after each of the usual processors, against transformers. */
class LogitsProcessorsGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @TestFactory
    Stream<DynamicTest> processors() {
        return SET.cases("models").stream()
                .filter(golden -> golden.id().endsWith("logits_processors"))
                .flatMap(golden -> SET.json(golden.meta()).get("tol").asObject().members().keySet().stream()
                        .map(name -> SET.test(golden.id(), name, () -> check(golden, name))));
    }

    private static void check(GoldenSet.Case golden, String name) {
        JsonObject meta = SET.json(golden.meta());
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        List<JsonValue> args =
                meta.get("args").asObject().find(name).map(JsonValue::asList).orElse(List.of());
        BiConsumer<double[], int[]> step = step(name, args);
        Tensor kept = tensors.get(name + ".kept");
        for (int row = 0; row < kept.size(0); row++) {
            double[] scores = tensors.get("in.scores").select(0, row).toDoubleArray();
            long[] ids = tensors.get("in.input_ids").select(0, row).toLongArray();
            step.accept(scores, LongStream.of(ids).mapToInt(id -> (int) id).toArray());
            boolean[] expected = kept.select(0, row).toBooleanArray();
            boolean shifted = name.startsWith("temperature");
            double most =
                    shifted ? largest(tensors.get(name + ".f64").select(0, row).toDoubleArray(), expected) : 0;
            for (int i = 0; i < scores.length; i++) {
                boolean probability = name.equals("probabilities");
                assertEquals(expected[i], probability || scores[i] > Scores.OUT, name + " " + row + " " + i);
                scores[i] = expected[i] ? scores[i] + most : 0;
            }
            Tensor reference = tensors.get(name + ".f64").select(0, row).contiguous();
            Tolerance.of(meta.get("tol").asObject(), name, DType.F64)
                    .assertClose(name, reference, Tensor.of(scores, scores.length));
        }
    }

    /** Temperature moves scores so that the largest is 0; the reference does not. */
    private static double largest(double[] scores, boolean[] kept) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < scores.length; i++) {
            most = kept[i] ? Math.max(most, scores[i]) : most;
        }
        return most;
    }

    private static BiConsumer<double[], int[]> step(String name, List<JsonValue> args) {
        Penalties none = Penalties.none();
        return switch (name) {
            case "temperature" ->
                (s, t) -> Scores.temperature(s, args.getFirst().asDouble());
            case "top_k" -> (s, t) -> Scores.topK(s, args.getFirst().asInt());
            case "top_p" -> (s, t) -> Scores.topP(s, args.getFirst().asDouble());
            case "min_p" -> (s, t) -> Scores.minP(s, args.getFirst().asDouble());
            case "typical_p" -> (s, t) -> Scores.typical(s, args.getFirst().asDouble());
            case "epsilon" -> (s, t) -> Scores.epsilon(s, args.getFirst().asDouble());
            case "eta" -> (s, t) -> Scores.eta(s, args.getFirst().asDouble());
            case "repetition_penalty" ->
                (s, t) -> none.repetition(args.getFirst().asDouble()).apply(s, t, 0, Set.of());
            case "no_repeat_ngram" ->
                (s, t) -> none.noRepeat(args.getFirst().asInt()).apply(s, t, 0, Set.of());
            case "min_length" ->
                (s, t) -> none.leastNew(args.getFirst().asInt()).apply(s, t, 0, JsonSettings.ends(args.get(1)));
            case "suppress" ->
                (s, t) -> none.suppressed(new TreeSet<>(JsonSettings.ids(args.getFirst())))
                        .apply(s, t, 0, Set.of());
            case "bad_words" ->
                (s, t) -> none.badWords(args.getFirst().asList().stream()
                                .map(JsonSettings::ids)
                                .toList())
                        .apply(s, t, 0, JsonSettings.ends(args.get(1)));
            case "temperature_top_k_top_p" ->
                (s, t) -> {
                    Scores.temperature(s, 0.9);
                    Scores.topK(s, 7);
                    Scores.topP(s, 0.9);
                };
            case "probabilities" ->
                (s, t) -> {
                    Filters filters = Filters.usual().temperature(0.9).topK(7).topP(0.9);
                    System.arraycopy(filters.probabilities(s), 0, s, 0, s.length);
                };
            default -> throw new NotCovered("processor " + name);
        };
    }
}
