package luthier.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import luthier.finetune.train.MetricsLog;
import luthier.finetune.train.TrainingEvent;
import luthier.finetune.train.TrainingListener;
import luthier.tensor.io.Json;

/**
 * Writes a line for every step and evaluation as it happens; a run that goes on goes on behind what its checkpoint remembers.
 *
 * @param log takes the lines
 * @param more fields of the line of an evaluation
 */
record EventLog(MetricsLog log, Function<TrainingEvent.Evaluation, Map<String, Object>> more)
        implements TrainingListener {
    /** Writes nothing more than events say. */
    EventLog(MetricsLog log) {
        this(log, evaluation -> Map.of());
    }

    @Override
    public void on(TrainingEvent event) {
        Map<String, Object> fields = fields(event);
        if (!fields.isEmpty()) {
            try {
                log.write(Json.of(fields).toJson(0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Map<String, Object> fields(TrainingEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        switch (event) {
            case TrainingEvent.Step step -> {
                fields.put("event", "step");
                fields.put("step", step.step());
                fields.put("epoch", step.epoch());
                fields.put("loss", step.loss());
                fields.put("learning_rate", step.learningRate());
                fields.put("gradient_norm", step.gradientNorm());
            }
            case TrainingEvent.Evaluation evaluation -> {
                fields.put("event", "evaluation");
                fields.put("step", evaluation.step());
                fields.put("epoch", evaluation.epoch());
                evaluation
                        .metrics()
                        .forEach((split, values) -> values.forEach((name, value) -> fields.put(
                                split.toLowerCase(Locale.ROOT) + "_" + name,
                                Double.isFinite(value) ? (Object) value : value.toString())));
                fields.putAll(more.apply(evaluation));
            }
            default -> {}
        }
        return fields;
    }
}
