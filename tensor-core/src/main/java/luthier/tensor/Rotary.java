package luthier.tensor;

import java.util.function.IntUnaryOperator;

/**
 * Rotary position embedding: every pair of numbers (a, b) of a row at position t turns by the angle t theta^(-2i / d), so that
 * the product of two rows depends on the distance of their positions alone. Su et al. 2021, arXiv:2104.09864, eq. 34.
 *
 * @param layout which numbers make a pair
 * @param theta the base of the frequencies, usually 10000
 * @param scaling what positions are divided by, 1 to leave them; Chen et al. 2023, arXiv:2306.15595
 */
public record Rotary(Layout layout, double theta, double scaling) {
    /** Which numbers make the i-th pair of a row of d. */
    public enum Layout {
        /** i and i + d / 2, as in LLaMA and GPT-NeoX. */
        HALF,
        /** 2i and 2i + 1, as in the paper and GPT-J. */
        INTERLEAVED
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if theta or scaling is not positive
     */
    public Rotary {
        if (!(theta > 0 && scaling > 0)) {
            throw new IllegalArgumentException(
                    "rotary: theta and scaling must be positive; got " + theta + " and " + scaling);
        }
    }

    /**
     * Returns the half layout with base 10000 and no scaling.
     *
     * {@snippet :
     * Rotary.half().theta(); // 10000.0
     * }
     */
    public static Rotary half() {
        return new Rotary(Layout.HALF, 10000, 1);
    }

    /**
     * Returns the interleaved layout with base 10000 and no scaling.
     *
     * {@snippet :
     * Rotary.interleaved().layout(); // INTERLEAVED
     * }
     */
    public static Rotary interleaved() {
        return new Rotary(Layout.INTERLEAVED, 10000, 1);
    }

    /**
     * Returns the positions first, first + 1, ... of a row of tokens.
     *
     * {@snippet :
     * Rotary.positions(3, 2); // I64[2][3, 4]
     * }
     *
     * @throws ShapeException if the count is negative
     */
    public static Tensor positions(long first, int count) {
        if (count < 0) {
            throw new ShapeException("positions: the count must not be negative; got " + count);
        }
        long[] positions = new long[count];
        for (int i = 0; i < count; i++) {
            positions[i] = first + i;
        }
        return Tensor.of(positions, count);
    }

    /**
     * Returns y with (a cos - b sin, a sin + b cos) for each pair (a, b) of x, for F32 and F64; the angles are computed in double
     * precision. {@code x [.., T, d], positions I64 [T] -> [.., T, d]}; position 0 leaves a row as it is.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new double[] {1, 0}, 1, 2);
     * Rotary.half().rotate(x, Rotary.positions(1, 1)); // F64[1, 2][0.5403023058681398, 0.8414709848078965]
     * }
     *
     * @throws ShapeException if d is odd or there is not one position for every T
     */
    public Tensor rotate(Tensor x, Tensor positions) {
        return turn(x, positions, 1);
    }

    /**
     * Returns x turned by the negative angles: the inverse and the derivative of {@link #rotate}.
     *
     * {@snippet :
     * Tensor y = Rotary.half().rotate(Tensor.of(new float[] {3, 0}, 1, 2), Rotary.positions(0, 1));
     * Rotary.half().rotateBack(y, Rotary.positions(0, 1)); // F32[1, 2][3.0, 0.0]
     * }
     */
    public Tensor rotateBack(Tensor x, Tensor positions) {
        return turn(x, positions, -1);
    }

    private Tensor turn(Tensor x, Tensor positions, int direction) {
        Require.floating("rotary", x);
        if (positions.dtype() != DType.I64) {
            throw new DTypeException("rotary: positions must be I64; got " + positions.dtype());
        }
        ShapeRule.POSITIONS.require(
                () -> "rotary: x must be [.., T, d] with an even d and positions [T]; got x " + x.shape()
                        + " and positions " + positions.shape(),
                "x, positions",
                x,
                positions);
        int length = (int) x.size(-2);
        int half = (int) x.size(-1) / 2;
        Angles angles = Angles.of(layout, positions, frequencies(half), 1);
        return angles.turn(x, direction, row -> row % length);
    }

    private double[] frequencies(int half) {
        double[] frequencies = new double[half];
        for (int i = 0; i < half; i++) {
            frequencies[i] = StrictMath.pow(theta, -(double) i / half) / scaling;
        }
        return frequencies;
    }

    /**
     * The turns of a pass's rows, made once for all its layers: the cosine and sine of every position's angle with every frequency, times a
     * factor. Immutable.
     */
    public static final class Angles {
        private final Layout layout;
        private final double[] cos;
        private final double[] sin;
        private final int batch;
        private final int length;
        private final int half;

        private Angles(Layout layout, double[] cos, double[] sin, int batch, int length, int half) {
            this.layout = layout;
            this.cos = cos;
            this.sin = sin;
            this.batch = batch;
            this.length = length;
            this.half = half;
        }

        /**
         * Returns the angles {@code position * frequency}, computed in double precision.
         *
         * {@snippet :
         * Rotary.Angles.of(Rotary.Layout.HALF, Rotary.positions(0, 3), new double[] {1, 0.5}, 1).length(); // 3
         * }
         *
         * @param positions I64 {@code [T]}, or {@code [B, T]} where the rows of a batch differ
         * @param frequencies one for each pair of numbers that turns
         * @param factor of the turned numbers; 1 to keep their length
         * @throws ShapeException if positions have another rank
         */
        public static Angles of(Layout layout, Tensor positions, double[] frequencies, double factor) {
            if (positions.dtype() != DType.I64) {
                throw new DTypeException("rotary: positions must be I64; got " + positions.dtype());
            }
            if (positions.rank() != 1 && positions.rank() != 2) {
                throw new ShapeException("rotary: positions must be [T] or [B, T]; got " + positions.shape());
            }
            int half = frequencies.length;
            long[] places = positions.toLongArray();
            double[] cos = new double[Math.multiplyExact(places.length, half)];
            double[] sin = new double[cos.length];
            for (int t = 0; t < places.length; t++) {
                for (int i = 0; i < half; i++) {
                    double angle = places[t] * frequencies[i];
                    cos[t * half + i] = factor * StrictMath.cos(angle);
                    sin[t * half + i] = factor * StrictMath.sin(angle);
                }
            }
            int batch = positions.rank() == 1 ? 1 : (int) positions.size(0);
            return new Angles(layout, cos, sin, batch, (int) positions.size(-1), half);
        }

        /** Returns how many positions there are. */
        public int length() {
            return length;
        }

        /**
         * Returns y with (a cos - b sin, a sin + b cos) for each pair (a, b) among the first numbers of every head, the others as they are:
         * {@code x [B, T, H, d] -> [B, T, H, d]}.
         *
         * @throws ShapeException if there is not one position for every T, or rows of positions for every B, or d is too small
         */
        public Tensor rotate(Tensor x) {
            return turnHeads(x, 1);
        }

        /** Returns x turned by the negative angles, the derivative of {@link #rotate}. */
        public Tensor rotateBack(Tensor x) {
            return turnHeads(x, -1);
        }

        private Tensor turnHeads(Tensor x, int direction) {
            Require.floating("rotary", x);
            boolean fits = x.rank() == 4
                    && x.size(1) == length
                    && (batch == 1 || x.size(0) == batch)
                    && x.size(3) >= 2L * half;
            if (!fits) {
                throw new ShapeException("rotary: x must be [B, T, H, d] with a position for every row and room for "
                        + half + " pairs; got " + x.shape() + " for " + batch + " x " + length + " positions");
            }
            int heads = (int) x.size(2);
            int table = batch * length;
            return turn(x, direction, row -> row / heads % table);
        }

        private Tensor turn(Tensor x, int direction, IntUnaryOperator position) {
            Tensor from = x.contiguous();
            Tensor y = Creation.blank(x.dtype(), x.shape(), "rotary");
            int width = (int) x.size(-1);
            int rows = width == 0 ? 0 : (int) (x.elementCount() / width);
            // The partner of a lies `apart` away, the next pair `step` further.
            int apart = layout == Layout.HALF ? half : 1;
            int step = layout == Layout.HALF ? 1 : 2;
            Reduction.forRows(rows, width, row -> {
                int at = from.offset() + row * width;
                int to = row * width;
                int table = position.applyAsInt(row) * half;
                int rest = width - 2 * half;
                if (x.dtype() == DType.F32) {
                    Rotary.turn(from.floats(), at, y.floats(), to, apart, step, cos, sin, direction, table, half);
                    System.arraycopy(from.floats(), at + 2 * half, y.floats(), to + 2 * half, rest);
                } else {
                    Rotary.turn(from.doubles(), at, y.doubles(), to, apart, step, cos, sin, direction, table, half);
                    System.arraycopy(from.doubles(), at + 2 * half, y.doubles(), to + 2 * half, rest);
                }
            });
            return y;
        }
    }

    private static void turn(
            float[] x,
            int xo,
            float[] y,
            int yo,
            int apart,
            int step,
            double[] cos,
            double[] sin,
            int direction,
            int at,
            int half) {
        for (int i = 0; i < half; i++) {
            double a = x[xo + i * step];
            double b = x[xo + i * step + apart];
            double sine = direction * sin[at + i];
            y[yo + i * step] = (float) (a * cos[at + i] - b * sine);
            y[yo + i * step + apart] = (float) (a * sine + b * cos[at + i]);
        }
    }

    private static void turn(
            double[] x,
            int xo,
            double[] y,
            int yo,
            int apart,
            int step,
            double[] cos,
            double[] sin,
            int direction,
            int at,
            int half) {
        for (int i = 0; i < half; i++) {
            double a = x[xo + i * step];
            double b = x[xo + i * step + apart];
            double sine = direction * sin[at + i];
            y[yo + i * step] = a * cos[at + i] - b * sine;
            y[yo + i * step + apart] = a * sine + b * cos[at + i];
        }
    }
}
