package luthier.finetune.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import luthier.finetune.method.Adaptation;
import luthier.nn.Parameter;
import luthier.nn.WeightsException;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;

/**
 * What a run keeps while it goes: its evaluations, which of them is the best, the best one's weights, and its checkpoints. The best weights
 * stay in memory where no checkpoint holds them.
 */
final class RunKeeping {
    /** So often in a row a checkpoint may fail before the run ends. */
    private static final int TRIES = 3;

    private final Adaptation adaptation;
    private final Optimizer optimizer;
    private final Trainer.Config config;
    private final Optional<Saving> saving;
    private final Consumer<TrainingEvent> events;

    private final List<RunState.Evaluation> evaluations = new ArrayList<>();
    private Optional<BestKeeper> best;
    private Map<String, Tensor> bestWeights = Map.of();
    private long bestInMemory;
    private long saved;
    private int failures;

    RunKeeping(
            Adaptation adaptation,
            Optimizer optimizer,
            Trainer.Config config,
            Optional<Saving> saving,
            Consumer<TrainingEvent> events) {
        this.adaptation = adaptation;
        this.optimizer = optimizer;
        this.config = config;
        this.saving = saving;
        this.events = events;
        this.best = config.best();
    }

    /**
     * Sets everything to where the checkpoint was taken, and returns the number of steps done.
     *
     * @throws CheckpointException if it is not one of this run
     * @throws WeightsException if its tensors are not those of the adaptation and optimizer; nothing is loaded then
     */
    long begin() {
        Optional<Checkpoint> from = saving.flatMap(Saving::from);
        if (from.isEmpty()) {
            return 0;
        }
        Checkpoint checkpoint = from.get();
        RunState state = checkpoint.state();
        long step = state.step();
        requireSame("steps", config.plan().totalSteps(), state.totalSteps());
        requireSame("seed", config.seed(), state.seed());
        requireSame("data position", position(step), state.position());
        requireFits(checkpoint.weights());
        optimizer.load(checkpoint.optimizer());
        load(checkpoint.weights());
        evaluations.addAll(state.evaluations());
        if (!state.best().members().isEmpty()) {
            best = best.map(keeper -> keeper.resumed(state.best()));
        }
        saved = step;
        return step;
    }

    private static void requireSame(String what, Object now, Object saved) {
        if (!now.equals(saved)) {
            throw new CheckpointException("resume: the checkpoint must be one of this run; got " + what + " " + now
                    + " instead of " + saved + "; give the run the settings it had");
        }
    }

    private RunState.Position position(long step) {
        RunPlan.Position at = config.plan().position(step);
        return new RunState.Position(at.epoch(), at.batchesDone(), at.rowsDone());
    }

    /** Names everything that does not fit at once. */
    private void requireFits(Map<String, Tensor> weights) {
        List<String> faults = new ArrayList<>();
        Map<String, Parameter> parameters = adaptation.parameters();
        parameters.forEach((name, parameter) -> {
            Tensor value = weights.get(name);
            if (value == null) {
                faults.add("missing " + name);
            } else if (!value.shape().equals(parameter.shape()) || value.dtype() != parameter.dtype()) {
                faults.add(name + " is " + value.dtype() + value.shape() + ", not " + parameter.dtype()
                        + parameter.shape());
            }
        });
        weights.keySet().stream()
                .filter(name -> !parameters.containsKey(name))
                .forEach(name -> faults.add("unknown " + name));
        if (!faults.isEmpty()) {
            throw new WeightsException(
                    "resume: the checkpoint's weights must be those of the method; " + String.join(", ", faults));
        }
    }

    private void load(Map<String, Tensor> weights) {
        adaptation.parameters().forEach((name, parameter) -> parameter.load(Objects.requireNonNull(weights.get(name))));
    }

    /** Returns whether the evaluation after this step is still to be made. */
    boolean owesEvaluation(long step) {
        return step > 0
                && config.plan().evaluatesAfter(step)
                && (evaluations.isEmpty() || evaluations.getLast().step() < step);
    }

    /** Takes an evaluation; if it is the best, its weights are kept. */
    void evaluated(long step, Map<String, Map<String, Double>> values) {
        evaluations.add(new RunState.Evaluation(step, values));
        best = best.map(keeper -> keeper.after(step, values));
        if (best.isPresent() && best.get().bestStep().equals(OptionalLong.of(step))) {
            save(step, step == config.plan().totalSteps());
            if (saved != step) {
                bestWeights = weights(true);
                bestInMemory = step;
            }
        }
    }

    /** Returns whether there was no gain for too long. */
    boolean stops() {
        return best.isPresent() && best.get().stops();
    }

    /** Returns what was kept of the evaluations. */
    Optional<BestKeeper> best() {
        return best;
    }

    /** Returns whether a checkpoint is owed because the last one failed. */
    boolean owesCheckpoint() {
        return failures > 0;
    }

    /**
     * Saves the run, unless it has been saved at this step.
     *
     * @param last whether there is no later step to try again after
     * @throws CheckpointException if it cannot be saved for the third time in a row, or at the last chance
     */
    void save(long step, boolean last) {
        if (saving.isEmpty() || step == saved || step == 0) {
            return;
        }
        try {
            Saving where = saving.get();
            long logBytes = where.log().isPresent() ? where.log().get().force() : 0;
            Map<String, Object> fields = best.map(BestKeeper::toFields).orElse(Map.of());
            RunState state = new RunState(
                    step,
                    config.plan().totalSteps(),
                    position(step),
                    config.seed(),
                    Json.of(fields).asObject(),
                    evaluations,
                    logBytes);
            where.folder().save(new Checkpoint(where.identity(), state, weights(false), optimizer.state()));
            saved = step;
            failures = 0;
            events.accept(new TrainingEvent.Saved(step));
        } catch (IOException e) {
            failures++;
            String message = String.valueOf(e.getMessage());
            if (last || failures >= TRIES) {
                throw new CheckpointException(
                        "train: the run must be saved; got " + message
                                + "; make room or give rights, then resume from the newest checkpoint",
                        e);
            }
            events.accept(new TrainingEvent.NotSaved(step, message));
        }
    }

    private Map<String, Tensor> weights(boolean copies) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        adaptation
                .parameters()
                .forEach((name, parameter) ->
                        weights.put(name, copies ? parameter.value().copy() : parameter.value()));
        return weights;
    }

    /**
     * Puts the weights of the best evaluation back, all of them, and returns its step; the last step if nothing is chosen or the best
     * checkpoint is lost.
     *
     * @throws TrainingException if no evaluation was finite
     */
    long putBest(long lastStep) {
        long kept = best.map(keeper -> keeper.kept(lastStep)).orElse(lastStep);
        if (kept == lastStep) {
            return kept;
        }
        try {
            load(
                    kept == bestInMemory
                            ? bestWeights
                            : saving.orElseThrow().folder().read(kept).weights());
            return kept;
        } catch (IOException | CheckpointException e) {
            events.accept(new TrainingEvent.BestLost(kept, String.valueOf(e.getMessage())));
            return lastStep;
        }
    }
}
