package luthier.app;

import java.util.Locale;

/** The ways to fine-tune that the command line offers, each with the defaults that make it work well. */
enum Method {
    /** A linear head over the frozen encoder. */
    HEAD(1e-2, 0.01, "a linear head over the frozen encoder"),
    /** Every parameter. */
    FULL(1e-4, 0.01, "every parameter"),
    /** Every parameter but those that --freeze names. */
    FREEZE(2e-4, 0.01, "every parameter but the frozen ones (by default the embeddings and the first three blocks)"),
    /** Low-rank adapters beside linear layers. */
    LORA(2e-3, 0.1, "low-rank adapters beside query and value"),
    /** Low-rank edits of the blocks' outputs. */
    LOREFT(5e-3, 0.01, "low-rank edits of every block's output");

    private final double learningRate;
    private final double weightDecay;
    private final String what;

    Method(double learningRate, double weightDecay, String what) {
        this.learningRate = learningRate;
        this.weightDecay = weightDecay;
        this.what = what;
    }

    double learningRate() {
        return learningRate;
    }

    /** A stronger decay keeps the third epoch of LoRA from losing accuracy out of distribution. */
    double weightDecay() {
        return weightDecay;
    }

    String what() {
        return what;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
