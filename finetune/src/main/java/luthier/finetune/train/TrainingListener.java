package luthier.finetune.train;

/** Follows a training run: progress lines, metrics files, reports. An exception thrown here ends the run. */
@FunctionalInterface
public interface TrainingListener {
    /** Takes the next event. */
    void on(TrainingEvent event);
}
