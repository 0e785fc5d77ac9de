package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.train.Fingerprint;
import luthier.finetune.train.TrainingEvent;
import luthier.finetune.train.TrainingListener;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * Remembers how a run of the main job ended, the most heap that was in use at any of its events, and the evaluation with the best accuracy
 * on ID: the job keeps its last step, and has no other split to choose by. The best is in the log, for a run that goes on.
 */
final class MainJobEnd implements TrainingListener {
    private static final String HASH = "best_sha256";

    private final TunedModel tuning;
    private TrainingEvent.End event =
            new TrainingEvent.End(0, 0, 0, 0, 0, TrainingEvent.Reason.STOPPED, Optional.empty());
    private long peakHeapBytes;
    private double best = Double.NEGATIVE_INFINITY;
    private long bestStep;
    private String bestHash = "";

    MainJobEnd(TunedModel tuning) {
        this.tuning = tuning;
    }

    /** Takes the best of a run that goes on out of its log. */
    void readBest(Path log) throws IOException {
        for (String line : Files.readAllLines(log)) {
            JsonObject fields = Json.parse(line, log.toString()).asObject();
            if (fields.find(HASH).isPresent()) {
                best = fields.get("id_accuracy").asDouble();
                bestStep = fields.get("step").asLong();
                bestHash = fields.get(HASH).asString();
            }
        }
    }

    @Override
    public void on(TrainingEvent any) {
        Runtime runtime = Runtime.getRuntime();
        peakHeapBytes = Math.max(peakHeapBytes, runtime.totalMemory() - runtime.freeMemory());
        if (any instanceof TrainingEvent.End end) {
            event = end;
        } else if (any instanceof TrainingEvent.Evaluation evaluation) {
            double accuracy = evaluation
                    .metrics()
                    .getOrDefault(FinetuneRun.ID, Map.of())
                    .getOrDefault(FinetuneRun.ACCURACY, Double.NaN);
            if (accuracy > best) {
                best = accuracy;
                bestStep = evaluation.step();
                bestHash = Fingerprint.sha256(tuning.trained());
            }
        }
    }

    /** Returns what the log says of an evaluation: that it is the best so far. */
    Map<String, Object> logged(TrainingEvent.Evaluation evaluation) {
        return evaluation.step() == bestStep ? Map.of(HASH, bestHash) : Map.of();
    }

    TrainingEvent.End event() {
        return event;
    }

    long peakHeapBytes() {
        return peakHeapBytes;
    }

    /** Returns the fields of the summary that tell of the best. */
    Map<String, Object> best() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("best_step", bestStep);
        fields.put("best_id_accuracy", best);
        fields.put(HASH, bestHash);
        return fields;
    }
}
