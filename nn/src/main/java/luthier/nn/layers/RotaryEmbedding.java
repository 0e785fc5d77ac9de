package luthier.nn.layers;

import java.util.stream.LongStream;
import luthier.autograd.Variable;
import luthier.autograd.ops.RotaryOps;
import luthier.nn.Context;
import luthier.nn.Key;
import luthier.nn.Sequence;
import luthier.tensor.Rotary;
import luthier.tensor.Tensor;

/**
 * Rotary positions of queries and keys: every pair of numbers of a head turns by its position times its frequency. {@code x [B, T, H, d] ->
 * [B, T, H, d]}. Su et al. 2021, arXiv:2104.09864, eq. 34. It has no parameters, and is shared by the attentions of a model: the model
 * {@linkplain #begin begins} a pass, and all of them use the same cosines. Immutable.
 */
public final class RotaryEmbedding {
    private final Rotary.Layout layout;
    private final int width;
    private final double theta;
    private final RotaryScaling scaling;
    private final Key<Rotary.Angles> angles = Key.of("rotary angles");

    /**
     * Creates it.
     *
     * @param layout which numbers make a pair
     * @param width how many of a head's numbers turn, the first ones; even
     * @param theta the base of the frequencies
     * @throws IllegalArgumentException if the width is odd or the base not above 0
     */
    public RotaryEmbedding(Rotary.Layout layout, long width, double theta, RotaryScaling scaling) {
        if (width < 2 || width % 2 != 0 || width > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("rotary: the numbers that turn must be even and above 0; got " + width);
        }
        if (!(theta > 0 && theta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("rotary: theta must be a number above 0; got " + theta);
        }
        this.layout = layout;
        this.width = (int) width;
        this.theta = theta;
        this.scaling = scaling;
        scaling.frequencies(this.width, theta, 1);
    }

    /** Returns how many of a head's numbers turn. */
    public int width() {
        return width;
    }

    /** Returns whether the frequencies depend on the length of the text. */
    boolean followsLength() {
        return scaling.followsLength();
    }

    /** Returns a pass with the angles of its rows; a model calls it once for all its layers. */
    public Context begin(Context c, long length) {
        return scaling.followsLength() ? c : c.with(angles, angles(Sequence.positions(c, length)));
    }

    /** Turns the new rows of a pass. */
    Variable rotate(Variable x, Context c) {
        return RotaryOps.rotate(x, c.get(angles).orElseGet(() -> angles(Sequence.positions(c, x.size(1)))));
    }

    /** Turns the rows of all places up to the last, of a cache too. */
    Variable rotateAll(Variable x, Context c) {
        long first = c.get(Sequence.SHIFT).orElse(0L);
        long[] places = LongStream.range(first, first + x.size(1)).toArray();
        return RotaryOps.rotate(x, angles(Tensor.of(places, places.length)));
    }

    /** Turns the last rows of so many places. */
    Variable rotateLast(Variable x, long places, Context c) {
        Tensor positions = Sequence.positions(c, x.size(1));
        long length = c.get(Sequence.SHIFT).orElse(0L) + places;
        return RotaryOps.rotate(x, angles(positions, length));
    }

    private Rotary.Angles angles(Tensor positions) {
        long[] all = positions.toLongArray();
        return angles(positions, all.length == 0 ? 1 : LongStream.of(all).max().orElse(0) + 1);
    }

    private Rotary.Angles angles(Tensor positions, long length) {
        double[] frequencies = scaling.frequencies(width, theta, length);
        return Rotary.Angles.of(layout, positions, frequencies, scaling.attentionFactor());
    }

    @Override
    public String toString() {
        return "Rotary(" + layout + ", " + width + ", theta=" + theta + ", " + scaling + ")";
    }
}
