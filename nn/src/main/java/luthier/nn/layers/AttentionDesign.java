package luthier.nn.layers;

import java.util.Optional;
import java.util.OptionalLong;
import luthier.nn.Layer;

/**
 * What an attention of a decoder is made of:
 *
 * {@snippet :
 * AttentionDesign design = AttentionDesign.of(new AttentionDesign.Heads(576, 9, 3, 64)).windowed(OptionalLong.of(4096));
 * design.heads().size(); // 64
 * }
 *
 * @param heads the sizes
 * @param biases which projections have biases
 * @param scores what becomes of the products of queries and keys before their softmax
 * @param norm an RMS norm over every head of queries and of keys, if they have one
 * @param dropout probability that a query does not see a key, while training
 * @param rotary the positions of queries and keys, if they turn
 */
public record AttentionDesign(
        Heads heads,
        Biases biases,
        Scores scores,
        Optional<HeadNorm> norm,
        double dropout,
        Optional<RotaryEmbedding> rotary) {
    /**
     * The sizes.
     *
     * @param width D, the width of input and output
     * @param queries H, how many heads of queries
     * @param keys G, how many heads of keys and values; G divides H
     * @param size d, the width of a head; H d need not be D
     */
    public record Heads(long width, long queries, long keys, long size) {
        /**
         * Checks that they fit.
         *
         * @throws IllegalArgumentException naming what does not
         */
        public Heads {
            if (queries < 1 || keys < 1 || queries % keys != 0) {
                throw new IllegalArgumentException(
                        "attention: heads of keys must divide the query heads; got " + keys + " for " + queries);
            }
            if (width < 1 || size < 1) {
                throw new IllegalArgumentException(
                        "attention: widths must be at least 1; got " + width + " with heads of " + size);
            }
        }
    }

    /**
     * Which projections have biases.
     *
     * @param input those to queries, keys and values
     * @param output that of the joined heads
     */
    public record Biases(boolean input, boolean output) {}

    /**
     * What becomes of the products.
     *
     * @param scale their factor, usually 1 / sqrt(d)
     * @param cap c > 0 where scores s become c tanh(s / c); 0 where they stay
     * @param window how many places a query sees back, its own among them; empty for all
     */
    public record Scores(double scale, double cap, OptionalLong window) {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Scores {
            if (!(cap >= 0) || !(scale > 0)) {
                throw new IllegalArgumentException(
                        "attention: scale must be above 0, cap at least 0; got " + scale + " and " + cap);
            }
            if (window.isPresent() && window.getAsLong() < 1) {
                throw new IllegalArgumentException(
                        "attention: a window must be at least 1 place; got " + window.getAsLong());
            }
        }
    }

    /**
     * An RMS norm over every head.
     *
     * @param aroundOne whether it multiplies by 1 + w
     */
    public record HeadNorm(double eps, boolean aroundOne) {
        Layer over(long size) {
            return aroundOne ? RmsNorm.aroundOne(size, eps) : new RmsNorm(size, eps);
        }
    }

    /**
     * Checks that the positions fit the heads.
     *
     * @throws IllegalArgumentException if more numbers turn than a head has
     */
    public AttentionDesign {
        if (rotary.isPresent() && rotary.get().width() > heads.size()) {
            throw new IllegalArgumentException("attention: no more numbers turn than a head has; got "
                    + rotary.get().width() + " for heads of " + heads.size());
        }
    }

    /** Returns plain causal attention, scaled by 1 / sqrt(d). */
    public static AttentionDesign of(Heads heads) {
        Scores usual = new Scores(1 / Math.sqrt((double) heads.size()), 0, OptionalLong.empty());
        return new AttentionDesign(heads, new Biases(false, false), usual, Optional.empty(), 0, Optional.empty());
    }

    /** Returns the same with biases. */
    public AttentionDesign biased(boolean input, boolean output) {
        return new AttentionDesign(heads, new Biases(input, output), scores, norm, dropout, rotary);
    }

    /** Returns the same with another factor of the scores. */
    public AttentionDesign scaled(double factor) {
        return scored(new Scores(factor, scores.cap(), scores.window()));
    }

    /** Returns the same with scores capped softly; 0 to leave them. */
    public AttentionDesign capped(double most) {
        return scored(new Scores(scores.scale(), most, scores.window()));
    }

    /** Returns the same with a window; empty for all places. */
    public AttentionDesign windowed(OptionalLong places) {
        return scored(new Scores(scores.scale(), scores.cap(), places));
    }

    private AttentionDesign scored(Scores other) {
        return new AttentionDesign(heads, biases, other, norm, dropout, rotary);
    }

    /** Returns the same with an RMS norm over every head of queries and of keys. */
    public AttentionDesign normed(HeadNorm each) {
        return new AttentionDesign(heads, biases, scores, Optional.of(each), dropout, rotary);
    }

    /** Returns the same with a dropout. */
    public AttentionDesign dropping(double p) {
        return new AttentionDesign(heads, biases, scores, norm, p, rotary);
    }

    /** Returns the same with rotary positions, or without. */
    public AttentionDesign turning(Optional<RotaryEmbedding> positions) {
        return new AttentionDesign(heads, biases, scores, norm, dropout, positions);
    }
}
