package luthier.finetune.train;

import java.util.Map;

/** What a training run reports while it goes. Events arrive in order on the training thread. */
public sealed interface TrainingEvent {
    /**
     * The run begins.
     *
     * @param totalSteps the number of optimizer steps planned
     * @param table what will be trained
     */
    record Start(long totalSteps, ParameterTable table) implements TrainingEvent {}

    /**
     * One optimizer step is done.
     *
     * @param step 1 for the first
     * @param totalSteps the number planned
     * @param epoch 1 for the first
     * @param loss the mean loss of the batch before the step, in the loss's unit
     * @param learningRate the rate in force at this step
     * @param gradientNorm the global gradient norm before clipping
     * @param examples the number of examples in the batch
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
     * @param epoch the number of epochs done before it
     * @param metrics the values by name
     * @param seconds the time it took
     */
    record Evaluation(long step, int epoch, Map<String, Double> metrics, double seconds) implements TrainingEvent {}

    /**
     * The run has ended, all steps done or a stop asked for.
     *
     * @param steps the number of steps done
     * @param seconds the time of the whole run, evaluation included
     * @param trainingSeconds the time spent in steps
     * @param examples the number of examples seen
     * @param stopped whether a stop was asked for before the end
     */
    record End(long steps, double seconds, double trainingSeconds, long examples, boolean stopped)
            implements TrainingEvent {}
}
