package luthier.tensor;

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
        boolean fits = x.rank() >= 2 && x.size(-1) % 2 == 0 && positions.rank() == 1 && positions.size(0) == x.size(-2);
        if (!fits) {
            throw new ShapeException("rotary: x must be [.., T, d] with an even d and positions [T]; got x " + x.shape()
                    + " and positions " + positions.shape());
        }
        int length = (int) x.size(-2);
        int half = (int) x.size(-1) / 2;
        double[] cos = new double[length * half];
        double[] sin = new double[length * half];
        angles(positions.toLongArray(), half, direction, cos, sin);
        Tensor from = x.contiguous();
        Tensor y = Tensor.zeros(x.dtype(), x.shape());
        int rows = half == 0 ? 0 : (int) (x.elementCount() / (2L * half));
        // The partner of a lies `apart` away, the next pair `step` further.
        int apart = layout == Layout.HALF ? half : 1;
        int step = layout == Layout.HALF ? 1 : 2;
        Reduction.forRows(rows, 2 * half, row -> {
            int at = row * 2 * half;
            int table = row % length * half;
            if (x.dtype() == DType.F32) {
                turn(from.floats(), from.offset() + at, y.floats(), at, apart, step, cos, sin, table, half);
            } else {
                turn(from.doubles(), from.offset() + at, y.doubles(), at, apart, step, cos, sin, table, half);
            }
        });
        return y;
    }

    private void angles(long[] positions, int half, int direction, double[] cos, double[] sin) {
        for (int i = 0; i < half; i++) {
            double frequency = StrictMath.pow(theta, -(double) i / half) / scaling;
            for (int t = 0; t < positions.length; t++) {
                double angle = positions[t] * frequency;
                cos[t * half + i] = StrictMath.cos(angle);
                sin[t * half + i] = direction * StrictMath.sin(angle);
            }
        }
    }

    private static void turn(
            float[] x, int xo, float[] y, int yo, int apart, int step, double[] cos, double[] sin, int at, int half) {
        for (int i = 0; i < half; i++) {
            double a = x[xo + i * step];
            double b = x[xo + i * step + apart];
            y[yo + i * step] = (float) (a * cos[at + i] - b * sin[at + i]);
            y[yo + i * step + apart] = (float) (a * sin[at + i] + b * cos[at + i]);
        }
    }

    private static void turn(
            double[] x, int xo, double[] y, int yo, int apart, int step, double[] cos, double[] sin, int at, int half) {
        for (int i = 0; i < half; i++) {
            double a = x[xo + i * step];
            double b = x[xo + i * step + apart];
            y[yo + i * step] = a * cos[at + i] - b * sin[at + i];
            y[yo + i * step + apart] = a * sin[at + i] + b * cos[at + i];
        }
    }
}
