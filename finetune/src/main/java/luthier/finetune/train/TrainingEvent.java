package luthier.finetune.train;

import java.util.Map;
import java.util.Optional;

/** What a training run reports while it goes. Events arrive in order on the training thread. */
public sealed interface TrainingEvent {
    /**
     * The run begins, or goes on.
     *
     * @param totalSteps the number of optimizer steps planned
     * @param doneSteps the number of those that a checkpoint says are done; 0 for a run that begins
     * @param table what will be trained
     */
    record Start(long totalSteps, long doneSteps, ParameterTable table) implements TrainingEvent {}

    /**
     * One optimizer step is done.
     *
     * @param step 1 for the first
     * @param totalSteps the number planned
     * @param epoch 1 for the first
     * @param loss the mean loss of its batches before the step, in the loss's unit
     * @param learningRate the rate in force at this step
     * @param gradientNorm the global gradient norm before clipping
     * @param examples the number of examples in its batches
     * @param examplesPerSecond over the last steps, evaluation excluded
     */
    record Step(
            long step,
            long totalSteps,
            int epoch,
            double loss,
            double learningRate,
            double gradientNorm,
            int examples,
            double examplesPerSecond)
            implements TrainingEvent {}

    /**
     * An evaluation is done.
     *
     * @param step the number of steps done before it
     * @param epoch the epoch of that step, 1 for the first
     * @param metrics the values by split and name
     * @param seconds the time it took
     */
    record Evaluation(long step, int epoch, Map<String, Map<String, Double>> metrics, double seconds)
            implements TrainingEvent {}

    /**
     * A checkpoint stands.
     *
     * @param step the number of steps done before it
     */
    record Saved(long step) implements TrainingEvent {}

    /**
     * A checkpoint could not be saved. The run goes on and tries again after the next step, but not for long.
     *
     * @param step the number of steps done before it
     * @param message what is wrong, with the path
     */
    record NotSaved(long step, String message) implements TrainingEvent {}

    /**
     * The weights of the best evaluation are gone, with their checkpoint; the run ends with those of its last step.
     *
     * @param step the best one
     * @param message what is wrong
     */
    record BestLost(long step, String message) implements TrainingEvent {}

    /** Why a run ends. */
    enum Reason {
        /** All steps are done and evaluated. */
        DONE,
        /** The evaluations showed no gain for too long. */
        EARLY,
        /** A stop was asked for; the run can go on from its checkpoint. */
        STOPPED
    }

    /**
     * The run has ended.
     *
     * @param steps the number of steps done
     * @param kept the step whose weights the model has now: the best, or the last
     * @param seconds the time since it began or went on, evaluation included
     * @param trainingSeconds the part of it that was spent in steps
     * @param examples the number of examples seen in it
     * @param reason why
     * @param best what it kept of its evaluations, if it chooses
     */
    record End(
            long steps,
            long kept,
            double seconds,
            double trainingSeconds,
            long examples,
            Reason reason,
            Optional<BestKeeper> best)
            implements TrainingEvent {}
}
