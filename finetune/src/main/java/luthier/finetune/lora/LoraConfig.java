package luthier.finetune.lora;

import java.util.List;
import luthier.finetune.TargetException;

/**
 * How LoRA is applied.
 *
 * @param rank r, the inner size of the low-rank product
 * @param alpha the product is scaled by alpha / r
 * @param dropout probability of dropout on the adapter's input while training
 * @param targets names or regular expressions of the linear layers to adapt, as in PEFT's {@code target_modules}
 */
public record LoraConfig(int rank, double alpha, double dropout, List<String> targets) {
    /** Rank 8, alpha 16, no dropout, on the query and value projections: the setting of Hu et al. 2021, table 5. */
    public static final LoraConfig DEFAULT = new LoraConfig(8, 16, 0, List.of("query", "value"));

    /** Checks the numbers. */
    public LoraConfig {
        if (rank < 1) {
            throw new TargetException("lora: rank must be at least 1; got " + rank);
        }
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new TargetException("lora: alpha must be positive and finite; got " + alpha);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new TargetException("lora: dropout must be in [0, 1); got " + dropout);
        }
        targets = List.copyOf(targets);
    }

    /** Returns the factor alpha / r. */
    public double scaling() {
        return alpha / rank;
    }
}
