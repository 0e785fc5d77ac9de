package luthier.finetune.method;

/**
 * Settings of training that evidence supports for a method on a user's own data.
 *
 * @param learningRate the highest rate of the schedule
 * @param weightDecay the share lr decay of each value is taken away in a step
 */
public record Recipe(double learningRate, double weightDecay) {}
