package luthier.finetune.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * Where a run stands, apart from its weights and its optimizer. Random streams are functions of the seed and the step, and the order of
 * rows is one of the seed and the epoch, so that numbers say it all and nothing is replayed.
 *
 * @param step optimizer steps done
 * @param totalSteps optimizer steps planned, which the learning rates depend on
 * @param position what is trained next
 * @param seed of all random streams; those of the next step are at its number
 * @param best what the run keeps of its evaluations, as {@link BestKeeper#toFields} says it; empty if it does not choose
 * @param evaluations all evaluations so far
 * @param logBytes how long the log of the run is; what it holds behind that belongs to steps that are trained again
 */
public record RunState(
        long step,
        long totalSteps,
        Position position,
        long seed,
        JsonObject best,
        List<Evaluation> evaluations,
        long logBytes) {
    /** The state of a run that does not choose a best step. */
    public static final JsonObject NO_BEST = Json.of(Map.of()).asObject();

    /**
     * A place in the data.
     *
     * @param epoch 0 for the first
     * @param batch the number of batches of that epoch that are done
     * @param row the number of rows of that epoch that are done, a short batch coming last
     */
    public record Position(long epoch, long batch, long row) {
        private Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("epoch", epoch);
            fields.put("batch", batch);
            fields.put("row", row);
            return fields;
        }

        private static Position of(JsonObject json) {
            return new Position(
                    json.get("epoch").asLong(),
                    json.get("batch").asLong(),
                    json.get("row").asLong());
        }
    }

    /**
     * One evaluation.
     *
     * @param step the number of steps done before it
     * @param metrics the values by split and name
     */
    public record Evaluation(long step, Map<String, Map<String, Double>> metrics) {
        /** Copies the maps. */
        public Evaluation {
            Map<String, Map<String, Double>> copy = new LinkedHashMap<>();
            metrics.forEach(
                    (split, values) -> copy.put(split, Collections.unmodifiableMap(new LinkedHashMap<>(values))));
            metrics = Collections.unmodifiableMap(copy);
        }

        private Map<String, Object> fields() {
            Map<String, Object> splits = new LinkedHashMap<>();
            metrics.forEach((split, values) -> {
                Map<String, Object> numbers = new LinkedHashMap<>();
                values.forEach((name, value) -> numbers.put(name, number(value)));
                splits.put(split, numbers);
            });
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("step", step);
            fields.put("metrics", splits);
            return fields;
        }

        private static Evaluation of(JsonObject json) {
            Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
            json.get("metrics").asObject().members().forEach((split, numbers) -> {
                Map<String, Double> values = new LinkedHashMap<>();
                numbers.asObject().members().forEach((name, value) -> values.put(name, number(value)));
                metrics.put(split, values);
            });
            return new Evaluation(json.get("step").asLong(), metrics);
        }
    }

    /** Checks the numbers and copies the list. */
    public RunState {
        if (step < 0 || position.epoch < 0 || position.batch < 0 || position.row < 0 || logBytes < 0) {
            throw new IllegalArgumentException(
                    "runState: counts must not be negative; got step " + step + ", " + position + ", log " + logBytes);
        }
        evaluations = List.copyOf(evaluations);
    }

    /** Returns the step of the best evaluation. */
    public OptionalLong bestStep() {
        return best.find("best_step").stream().mapToLong(JsonValue::asLong).findFirst();
    }

    /** Returns the step of the last evaluation; 0 if there was none. */
    long evaluatedStep() {
        return evaluations.isEmpty() ? 0 : evaluations.getLast().step;
    }

    String toJson() {
        Map<String, Object> random = new LinkedHashMap<>();
        random.put("seed", seed);
        random.put("step", step);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("step", step);
        fields.put("total_steps", totalSteps);
        fields.put("data", position.fields());
        fields.put("random", random);
        fields.put("best", best);
        fields.put("evaluations", evaluations.stream().map(Evaluation::fields).toList());
        fields.put("log_bytes", logBytes);
        return Json.of(fields).toJson(2) + "\n";
    }

    static RunState of(JsonObject json) {
        JsonObject random = json.get("random").asObject();
        return new RunState(
                random.get("step").asLong(),
                json.get("total_steps").asLong(),
                Position.of(json.get("data").asObject()),
                random.get("seed").asLong(),
                json.get("best").asObject(),
                json.get("evaluations").asList().stream()
                        .map(value -> Evaluation.of(value.asObject()))
                        .toList(),
                json.get("log_bytes").asLong());
    }

    /** JSON has no numbers that are not finite; their names stand for them. */
    private static Object number(double value) {
        return Double.isFinite(value) ? (Object) value : Double.toString(value);
    }

    private static double number(JsonValue value) {
        return value instanceof JsonNumber ? value.asDouble() : Double.parseDouble(value.asString());
    }
}
