package luthier.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import luthier.finetune.train.MetricsLog;
import luthier.finetune.train.TrainingEvent;
import luthier.finetune.train.TrainingListener;
import luthier.tensor.io.Json;

/** Writes a line for every step and evaluation as it happens; a run that goes on goes on behind what its checkpoint remembers. */
record EventLog(MetricsLog log) implements TrainingListener {
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

    private static Map<String, Object> fields(TrainingEvent event) {
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
                                split + "_" + name, Double.isFinite(value) ? (Object) value : value.toString())));
            }
            default -> {}
        }
        return fields;
    }
}
