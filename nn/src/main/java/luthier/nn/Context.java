package luthier.nn;

import java.util.Optional;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one pass through a model shares: whether it trains, the padding mask, the token types, the random stream. Immutable; a
 * new one is made for each batch.
 */
public final class Context {
    private static final Context INFERENCE = new Context(null, null, null);

    private final @Nullable Rng rng;
    private final @Nullable Tensor mask;
    private final @Nullable Tensor tokenTypes;

    private Context(@Nullable Rng rng, @Nullable Tensor mask, @Nullable Tensor tokenTypes) {
        this.rng = rng;
        this.mask = mask;
        this.tokenTypes = tokenTypes;
    }

    /** Returns the context of a pass that does not train: no dropout. */
    public static Context inference() {
        return INFERENCE;
    }

    /** Returns the context of a training pass whose dropout masks are drawn from a stream; give each step its own. */
    public static Context training(Rng rng) {
        return new Context(rng, null, null);
    }

    /**
     * Returns this context with a padding mask.
     *
     * @param realTokens BOOL {@code [B, T]}, true = a real token
     * @throws DTypeException if the mask is not BOOL
     */
    public Context withMask(Tensor realTokens) {
        if (realTokens.dtype() != DType.BOOL) {
            throw new DTypeException("mask: must be BOOL with true = real token; got " + realTokens.dtype()
                    + "; convert with to(DType.BOOL)");
        }
        return new Context(rng, realTokens, tokenTypes);
    }

    /** Returns this context with token types (segments), I64 {@code [B, T]}; without them all are of type 0. */
    public Context withTokenTypes(Tensor types) {
        return new Context(rng, mask, types);
    }

    /** Returns whether this pass trains. */
    public boolean isTraining() {
        return rng != null;
    }

    /** Returns the random stream of this pass; empty unless it trains. */
    public Optional<Rng> rng() {
        return Optional.ofNullable(rng);
    }

    /** Returns the padding mask, BOOL {@code [B, T]}; empty if every token is real. */
    public Optional<Tensor> mask() {
        return Optional.ofNullable(mask);
    }

    /** Returns the token types, I64 {@code [B, T]}; empty if all are of type 0. */
    public Optional<Tensor> tokenTypes() {
        return Optional.ofNullable(tokenTypes);
    }
}
