package luthier.tensor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import luthier.tensor.kernel.NormalNumbers;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.Threefry;

/**
 * A stream of random numbers in which every number has an address: the value at index i depends on the stream's key and i alone.
 * Nothing is consumed, so a stream can be read in any order, on any number of threads, and taken up again at any position.
 *
 * <p>{@link #split} gives independent streams by name or number; a program names a stream for each purpose instead of sharing
 * one. Bits come from Threefry-2x32 (Salmon et al. 2011). Immutable.
 *
 * <p>A stream holds 2^64 values, the outputs of a bijection, so none of 64 bits comes twice. Streams of different keys behave as
 * independent; keys have 64 bits, so among n streams two share a key with a probability of about n^2 / 2^65. A tensor's element i (in
 * row-major order) takes the value at index i: the same stream asked twice gives the same numbers, and its uniform and its normal
 * numbers are made from the same bits. Split first where they must be independent.
 *
 * {@snippet :
 * Rng rng = Rng.of(42);
 * Tensor weight = rng.split("weight").normal(DType.F32, Shape.of(3, 4), 0, 0.02);
 * int[] order = rng.split("shuffle").split(3).permutation(100);
 * }
 */
public final class Rng {
    private static final int BLOCK = 1 << 14;
    /** Numbers made in one go, so that their bits stay in the first-level cache. */
    private static final int PIECE = 512;

    private static final long NAME_DOMAIN = 0x4E616D65_00000000L;
    private static final long INDEX_DOMAIN = 0x496E6478_53706C74L;

    private final long key;

    private Rng(long key) {
        this.key = key;
    }

    /**
     * Returns the stream of a seed.
     *
     * {@snippet :
     * Rng.of(42).bits(0) == Rng.of(42).bits(0); // true
     * }
     */
    public static Rng of(long seed) {
        return new Rng(seed);
    }

    /**
     * Returns the independent stream of this name.
     *
     * {@snippet :
     * Rng.of(42).split("weight").bits(0) == Rng.of(42).split("bias").bits(0); // false
     * }
     */
    public Rng split(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        long state = Threefry.encrypt(key, NAME_DOMAIN | bytes.length);
        for (int i = 0; i < bytes.length; i += 8) {
            long chunk = 0;
            for (int j = i; j < Math.min(i + 8, bytes.length); j++) {
                chunk |= (bytes[j] & 0xFFL) << (8 * (j - i));
            }
            state = Threefry.encrypt(state, chunk);
        }
        return new Rng(state);
    }

    /**
     * Returns the independent stream of this number.
     *
     * {@snippet :
     * Rng.of(42).split(1).bits(0) == Rng.of(42).split(2).bits(0); // false
     * }
     */
    public Rng split(long index) {
        return new Rng(Threefry.encrypt(Threefry.encrypt(key, INDEX_DOMAIN), index));
    }

    /**
     * Returns 64 random bits, the stream's value at an index.
     *
     * {@snippet :
     * Rng.of(42).bits(7) == Rng.of(42).bits(8); // false
     * }
     */
    public long bits(long index) {
        return Threefry.encrypt(key, index);
    }

    /** Returns a number in [0, 1), a multiple of 2^-53. */
    public double uniform(long index) {
        return unit(bits(index));
    }

    /** Returns a normal number N(0, 1), by the method of Box and Muller 1958 on two 32-bit halves; it lies within 6.67 of 0. */
    public double normal(long index) {
        return NormalNumbers.boxMuller(bits(index));
    }

    /**
     * Returns a whole number in [0, bound), every one equally likely to within 2^-32 of its share.
     *
     * {@snippet :
     * Rng.of(1).below(0, 1); // 0
     * }
     *
     * @throws IllegalArgumentException if {@code bound} is not positive
     */
    public int below(long index, int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("below: the bound must be positive; got " + bound);
        }
        return (int) Math.unsignedMultiplyHigh(bits(index), bound);
    }

    /**
     * Returns 0 .. n - 1 in random order (Fisher and Yates).
     *
     * {@snippet :
     * Rng.of(1).permutation(1).length; // 1
     * }
     *
     * @throws IllegalArgumentException if n is negative
     */
    public int[] permutation(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("permutation: the count must not be negative; got " + n);
        }
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = below(i, i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /**
     * Returns numbers in [low, high), F32 or F64, each rounded to the type and then below high.
     *
     * {@snippet :
     * Rng.of(1).uniform(DType.F64, Shape.of(2), 5, 5); // F64[2][5.0, 5.0]
     * }
     *
     * @throws IllegalArgumentException if the bounds are not finite or low is above high
     * @throws DTypeException if the type is not F32 or F64
     */
    public Tensor uniform(DType dtype, Shape shape, double low, double high) {
        require(
                low <= high && Double.isFinite(high - low),
                "uniform: bounds must be finite, low not above high",
                low,
                high);
        double top = low == high ? high : dtype == DType.F32 ? below((float) high, high) : Math.nextDown(high);
        return reals("uniform", dtype, shape, (bits, values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = Math.min(low + (high - low) * unit(bits[i]), top);
            }
        });
    }

    /** The largest float below high. */
    private static double below(float nearest, double high) {
        return nearest < high ? nearest : Math.nextDown(nearest);
    }

    /** A number in [0, 1), a multiple of 2^-53. */
    private static double unit(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }

    /** A number in (0, 1), an odd multiple of 2^-54. */
    static double open(long bits) {
        return ((bits >>> 11) + 0.5) * 0x1p-53;
    }

    /**
     * Returns normal numbers N(mean, std^2), F32 or F64, rounded to the type: element i is {@code mean + std normal(i)}.
     *
     * {@snippet :
     * Rng.of(1).normal(DType.F32, Shape.of(2), 3, 0); // F32[2][3.0, 3.0]
     * }
     *
     * @throws IllegalArgumentException if std is negative or NaN
     * @throws DTypeException if the type is not F32 or F64
     */
    public Tensor normal(DType dtype, Shape shape, double mean, double std) {
        require(std >= 0, "normal: std must not be negative", mean, std);
        return reals("normal", dtype, shape, (bits, values, n) -> NormalNumbers.fill(bits, values, n, mean, std));
    }

    /**
     * Returns normal numbers N(mean, std^2) given that they lie in [low, high], F32 or F64: the inverse distribution function of one
     * uniform number each. Bounds may be infinite.
     *
     * {@snippet :
     * Tensor x = Rng.of(1).truncatedNormal(DType.F64, Shape.of(100), 0, 1, 2, 3);
     * Reduction.min(x).item() >= 2 && Reduction.max(x).item() <= 3; // true
     * }
     *
     * @throws IllegalArgumentException if std is not positive, low is not below high, or the normal has no weight between them
     * @throws DTypeException if the type is not F32 or F64
     */
    public Tensor truncatedNormal(DType dtype, Shape shape, double mean, double std, double low, double high) {
        require(
                std > 0 && low < high,
                "truncatedNormal: std must be positive and low below high",
                mean,
                std,
                low,
                high);
        // In the lower tail small probabilities are exact, in the upper one they are lost beside 1.
        boolean mirrored = low > mean;
        double sign = mirrored ? -1 : 1;
        double from = NormalNumbers.cdf(mirrored ? (mean - high) / std : (low - mean) / std);
        double to = NormalNumbers.cdf(mirrored ? (mean - low) / std : (high - mean) / std);
        require(from < to, "truncatedNormal: the normal must have weight between the bounds", mean, std, low, high);
        return reals("truncatedNormal", dtype, shape, (bits, values, n) -> {
            for (int i = 0; i < n; i++) {
                double x = NormalNumbers.quantile(from + (to - from) * open(bits[i]));
                values[i] = Math.clamp(mean + std * sign * x, low, high);
            }
        });
    }

    /**
     * Returns exponential numbers of a rate, F32 or F64: {@code -log(u) / rate}.
     *
     * {@snippet :
     * Rng.of(1).exponential(DType.F32, Shape.of(3), 2).shape(); // [3]
     * }
     *
     * @throws IllegalArgumentException if the rate is not positive
     * @throws DTypeException if the type is not F32 or F64
     */
    public Tensor exponential(DType dtype, Shape shape, double rate) {
        require(rate > 0, "exponential: the rate must be positive", rate);
        return reals("exponential", dtype, shape, (bits, values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = -StrictMath.log(open(bits[i])) / rate;
            }
        });
    }

    /**
     * Returns standard Gumbel numbers, F32 or F64: {@code -log(-log(u))}.
     *
     * {@snippet :
     * Rng.of(1).gumbel(DType.F32, Shape.of(3)).shape(); // [3]
     * }
     *
     * @throws DTypeException if the type is not F32 or F64
     */
    public Tensor gumbel(DType dtype, Shape shape) {
        return reals("gumbel", dtype, shape, (bits, values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = -StrictMath.log(-StrictMath.log(open(bits[i])));
            }
        });
    }

    /**
     * Returns truth values, BOOL, each true with probability p.
     *
     * {@snippet :
     * Rng.of(1).bernoulli(Shape.of(2), 1); // BOOL[2][true, true]
     * }
     *
     * @throws IllegalArgumentException if p is not in [0, 1]
     */
    public Tensor bernoulli(Shape shape, double p) {
        require(p >= 0 && p <= 1, "bernoulli: the probability must be in [0, 1]", p);
        byte[] truths = (byte[]) Creation.allocate(DType.BOOL, shape, "bernoulli");
        blocks(truths.length, (bits, start, n) -> {
            for (int i = 0; i < n; i++) {
                truths[start + i] = unit(bits[i]) < p ? (byte) 1 : 0;
            }
        });
        return Tensor.wrap(truths, shape);
    }

    /**
     * Returns truth values, BOOL, of the shape of p, each true with its own probability, F32 or F64.
     *
     * {@snippet :
     * Rng.of(1).bernoulli(Tensor.of(new float[] {0, 1}, 2)); // BOOL[2][false, true]
     * }
     *
     * @throws IllegalArgumentException if a probability is not in [0, 1]
     * @throws DTypeException if p is not F32 or F64
     */
    public Tensor bernoulli(Tensor p) {
        Require.floating("bernoulli", p);
        double[] chances = p.toDoubleArray();
        for (double chance : chances) {
            require(chance >= 0 && chance <= 1, "bernoulli: probabilities must be in [0, 1]", chance);
        }
        byte[] truths = new byte[chances.length];
        blocks(truths.length, (bits, start, n) -> {
            for (int i = 0; i < n; i++) {
                truths[start + i] = unit(bits[i]) < chances[start + i] ? (byte) 1 : 0;
            }
        });
        return Tensor.wrap(truths, p.shape());
    }

    /**
     * Returns whole numbers in [low, high) as I64, every one equally likely to within (high - low) 2^-64.
     *
     * {@snippet :
     * Rng.of(1).integers(Shape.of(2), 7, 8); // I64[2][7, 7]
     * }
     *
     * @throws IllegalArgumentException if low is not below high
     */
    public Tensor integers(Shape shape, long low, long high) {
        if (low >= high) {
            throw new IllegalArgumentException("integers: low must be below high; got " + low + " and " + high);
        }
        long[] values = (long[]) Creation.allocate(DType.I64, shape, "integers");
        blocks(values.length, (bits, start, n) -> {
            for (int i = 0; i < n; i++) {
                values[start + i] = low + Math.unsignedMultiplyHigh(bits[i], high - low);
            }
        });
        return Tensor.wrap(values, shape);
    }

    /**
     * Returns {@code count} indices drawn with probabilities in proportion to the weights, {@code weights [.., n] -> [.., count]} as
     * I64. With replacement every draw is independent; without it, they come in the order in which one after the other would
     * be drawn from what is left.
     *
     * {@snippet :
     * Rng.of(1).multinomial(Tensor.of(new float[] {0, 3, 0}, 3), 2, true); // I64[2][1, 1]
     * }
     *
     * @throws ShapeException if the weights have rank 0
     * @throws IllegalArgumentException if a weight is negative or not finite, all of a row are 0, or, without replacement, fewer
     *     than {@code count} are positive
     * @throws DTypeException if the weights are not F32 or F64
     */
    public Tensor multinomial(Tensor weights, int count, boolean replacement) {
        return Multinomial.draw(this, weights, count, replacement);
    }

    static void require(boolean holds, String rule, double... got) {
        if (!holds) {
            throw new IllegalArgumentException(rule + "; got " + Arrays.toString(got));
        }
    }

    /** Turns a block of random bits into numbers. A loop of its own for each distribution: a shared one calls through a table. */
    private interface Distribution {
        void apply(long[] bits, double[] values, int n);
    }

    private Tensor reals(String name, DType dtype, Shape shape, Distribution distribution) {
        if (!dtype.isFloating()) {
            throw new DTypeException(name + ": needs F32 or F64; got " + dtype + "; convert with to()");
        }
        Object storage = Creation.allocate(dtype, shape, name);
        blocks((int) shape.elementCount(), (bits, start, n) -> {
            double[] values = new double[n];
            distribution.apply(bits, values, n);
            if (storage instanceof float[] floats) {
                for (int i = 0; i < n; i++) {
                    floats[start + i] = (float) values[i];
                }
            } else {
                System.arraycopy(values, 0, storage, start, n);
            }
        });
        return Tensor.wrap(storage, shape);
    }

    /** Takes the bits of n elements from {@code start} on. */
    private interface BitsBlock {
        void take(long[] bits, int start, int n);
    }

    private void blocks(int total, BitsBlock body) {
        Parallel.run((total + BLOCK - 1) / BLOCK, block -> {
            int end = Math.min(total, (block + 1) * BLOCK);
            long[] bits = new long[Math.min(PIECE, end - block * BLOCK)];
            for (int start = block * BLOCK; start < end; start += PIECE) {
                int n = Math.min(PIECE, end - start);
                Threefry.fill(key, start, bits, n);
                body.take(bits, start, n);
            }
        });
    }
}
