package luthier.tensor.kernel;

/**
 * The constants of one AdamW step, rounded once: p decay {@code keep = 1 - lr decay}, {@code rise1 = 1 - beta1}, {@code beta2},
 * {@code rise2 = 1 - beta2}, {@code rootCorrection = sqrt(1 - beta2^t)}, {@code eps} and {@code stepSize = lr / (1 - beta1^t)}.
 */
public record AdamWRates(
        float keep, float rise1, float beta2, float rise2, float rootCorrection, float eps, float stepSize) {}
