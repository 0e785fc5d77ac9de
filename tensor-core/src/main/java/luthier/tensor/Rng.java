package luthier.tensor;

import java.nio.charset.StandardCharsets;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.Threefry;

/**
 * A stream of random numbers in which every number has an address: the value at index i depends on the stream's key and i alone.
 * Nothing is consumed, so a stream can be read in any order, on any number of threads, and taken up again at any position.
 *
 * <p>{@link #split} gives independent streams by name or number; a program names a stream for each purpose instead of sharing
 * one. Bits come from Threefry-2x32 (Salmon et al. 2011). Immutable.
 *
 * {@snippet :
 * Rng rng = Rng.of(42);
 * Tensor weight = rng.split("weight").normal(DType.F32, Shape.of(3, 4), 0, 0.02);
 * int[] order = rng.split("shuffle").split(3).permutation(100);
 * }
 */
public final class Rng {
    private static final int BLOCK = 1 << 14;
    private static final long NAME_DOMAIN = 0x4E616D65_00000000L;
    private static final long INDEX_DOMAIN = 0x496E6478_53706C74L;

    private final long key;

    private Rng(long key) {
        this.key = key;
    }

    /** Returns the stream of a seed. */
    public static Rng of(long seed) {
        return new Rng(seed);
    }

    /** Returns the independent stream of this name. */
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

    /** Returns the independent stream of this number. */
    public Rng split(long index) {
        return new Rng(Threefry.encrypt(Threefry.encrypt(key, INDEX_DOMAIN), index));
    }

    /** Returns 64 random bits. */
    public long bits(long index) {
        return Threefry.encrypt(key, index);
    }

    /** Returns a number in [0, 1), a multiple of 2^-53. */
    public double uniform(long index) {
        return (bits(index) >>> 11) * 0x1p-53;
    }

    /** Returns a normal number N(0, 1), by the polar form of Box and Muller 1958 on two 32-bit halves. */
    public double normal(long index) {
        long bits = bits(index);
        double u = ((bits & 0xFFFFFFFFL) + 1) * 0x1p-32;
        double angle = (bits >>> 32) * 0x1p-32 * (2 * Math.PI);
        return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(angle);
    }

    /**
     * Returns a whole number in [0, bound), every one equally likely to within 2^-32 of its share.
     *
     * @throws IllegalArgumentException if {@code bound} is not positive
     */
    public int below(long index, int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("below: the bound must be positive; got " + bound);
        }
        return (int) Math.unsignedMultiplyHigh(bits(index), bound);
    }

    /** Returns 0 .. n - 1 in random order (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = below(i, i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** Returns numbers in [low, high), rounded to the type. */
    public Tensor uniform(DType dtype, Shape shape, double low, double high) {
        return fill(dtype, shape, i -> low + (high - low) * uniform(i));
    }

    /** Returns normal numbers N(mean, std^2), rounded to the type. */
    public Tensor normal(DType dtype, Shape shape, double mean, double std) {
        return fill(dtype, shape, i -> mean + std * normal(i));
    }

    /** Returns truth values, BOOL, each true with probability p. */
    public Tensor bernoulli(Shape shape, double p) {
        return fill(DType.BOOL, shape, i -> uniform(i) < p ? 1 : 0);
    }

    private interface Draw {
        double at(long index);
    }

    private static Tensor fill(DType dtype, Shape shape, Draw draw) {
        Tensor result = Tensor.zeros(dtype, shape);
        int n = (int) result.elementCount();
        Parallel.run((n + BLOCK - 1) / BLOCK, block -> {
            int end = Math.min(n, (block + 1) * BLOCK);
            for (int i = block * BLOCK; i < end; i++) {
                store(result.storage(), i, draw.at(i));
            }
        });
        return result;
    }

    private static void store(Object storage, int i, double value) {
        switch (storage) {
            case float[] a -> a[i] = (float) value;
            case double[] a -> a[i] = value;
            case long[] a -> a[i] = (long) value;
            case int[] a -> a[i] = (int) value;
            default -> ((byte[]) storage)[i] = (byte) value;
        }
    }
}
