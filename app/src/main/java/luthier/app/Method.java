package luthier.app;

import java.util.Locale;

/** The ways to fine-tune that the command line offers, each with the defaults that make it work well. */
enum Method {
    /** A linear head over the frozen encoder. */
    HEAD(1e-2, "a linear head over the frozen encoder"),
    /** Every parameter. */
    FULL(1e-4, "every parameter"),
    /** Every parameter but those that --freeze names. */
    FREEZE(2e-4, "every parameter but the frozen ones (by default the embeddings and the first three blocks)"),
    /** Low-rank adapters beside linear layers. */
    LORA(2e-3, "low-rank adapters beside query and value"),
    /** Low-rank edits of the blocks' outputs. */
    LOREFT(5e-3, "low-rank edits of every block's output");

    private final double learningRate;
    private final String what;

    Method(double learningRate, String what) {
        this.learningRate = learningRate;
        this.what = what;
    }

    double learningRate() {
        return learningRate;
    }

    String what() {
        return what;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
