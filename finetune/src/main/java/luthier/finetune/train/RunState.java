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
 * @param position what is trained next
 * @param seed of all random streams; those of the next step are at its number
 * @param best the best evaluation so far
 * @param evaluations all evaluations so far
 * @param logBytes how long the log of the run is; what it holds behind that belongs to steps that are trained again
 */
public record RunState(
        long step, Position position, long seed, Best best, List<Evaluation> evaluations, long logBytes) {
    /**
     * A place in the data.
     *
     * @param epoch 0 for the first
     * @param batch the number of batches of that epoch that are done
     * @param examples the number of examples that all steps so far have seen
     */
    public record Position(int epoch, int batch, long examples) {
        private Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("epoch", epoch);
            fields.put("batch", batch);
            fields.put("examples", examples);
            return fields;
        }

        private static Position of(JsonObject json) {
            return new Position(
                    json.get("epoch").asInt(),
                    json.get("batch").asInt(),
                    json.get("examples").asLong());
        }
    }

    /**
     * What the evaluations came to.
     *
     * @param step of the best one; 0 for none
     * @param value its metric
     * @param counted the metric of the last gain that was large enough to count
     * @param withoutGain evaluations since then
     */
    public record Best(long step, double value, double counted, int withoutGain) {
        /** Before the first evaluation. */
        public static final Best NONE = new Best(0, Double.NaN, Double.NaN, 0);

        private Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("step", step);
            fields.put("value", number(value));
            fields.put("counted", number(counted));
            fields.put("without_gain", withoutGain);
            return fields;
        }

        private static Best of(JsonObject json) {
            return new Best(
                    json.get("step").asLong(),
                    number(json.get("value")),
                    number(json.get("counted")),
                    json.get("without_gain").asInt());
        }
    }

    /**
     * One evaluation.
     *
     * @param step the number of steps done before it
     * @param metrics the values by name
     */
    public record Evaluation(long step, Map<String, Double> metrics) {
        /** Copies the map. */
        public Evaluation {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }

        private Map<String, Object> fields() {
            Map<String, Object> values = new LinkedHashMap<>();
            metrics.forEach((name, value) -> values.put(name, number(value)));
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("step", step);
            fields.put("metrics", values);
            return fields;
        }

        private static Evaluation of(JsonObject json) {
            Map<String, Double> metrics = new LinkedHashMap<>();
            json.get("metrics").asObject().members().forEach((name, value) -> metrics.put(name, number(value)));
            return new Evaluation(json.get("step").asLong(), metrics);
        }
    }

    /** Checks the numbers and copies the list. */
    public RunState {
        if (step < 0 || position.epoch < 0 || position.batch < 0 || position.examples < 0 || logBytes < 0) {
            throw new IllegalArgumentException("runState: counts must not be negative; got step " + step + ", " + position
                    + ", log " + logBytes);
        }
        evaluations = List.copyOf(evaluations);
    }

    /** Returns the step of the best evaluation. */
    public OptionalLong bestStep() {
        return best.step == 0 ? OptionalLong.empty() : OptionalLong.of(best.step);
    }

    /** Returns this state without a best evaluation. */
    RunState withoutBest() {
        return new RunState(step, position, seed, Best.NONE, evaluations, logBytes);
    }

    String toJson() {
        Map<String, Object> random = new LinkedHashMap<>();
        random.put("seed", seed);
        random.put("step", step);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("step", step);
        fields.put("data", position.fields());
        fields.put("random", random);
        fields.put("best", best.fields());
        fields.put(
                "evaluations", evaluations.stream().map(Evaluation::fields).toList());
        fields.put("log_bytes", logBytes);
        return Json.of(fields).toJson(2) + "\n";
    }

    static RunState of(JsonObject json) {
        JsonObject random = json.get("random").asObject();
        return new RunState(
                random.get("step").asLong(),
                Position.of(json.get("data").asObject()),
                random.get("seed").asLong(),
                Best.of(json.get("best").asObject()),
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
