package luthier.finetune.reft;

import luthier.finetune.TargetException;

/**
 * How LoReFT is applied.
 *
 * @param rank r, the dimension of the edited subspace
 * @param positions which tokens are edited
 * @param identityStart whether an edit starts as the identity (W = R, b = 0) instead of the usual random W and b
 */
public record LoreftConfig(int rank, Positions positions, boolean identityStart) {
    /** Rank 8 at all tokens, started at the identity. */
    public static final LoreftConfig DEFAULT = new LoreftConfig(8, new Positions.All(), true);

    /** Checks the rank. */
    public LoreftConfig {
        if (rank < 1) {
            throw new TargetException("loreft: rank must be at least 1; got " + rank);
        }
    }
}
