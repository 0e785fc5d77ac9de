package luthier.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import luthier.tensor.kernel.Gemm;
import luthier.tensor.kernel.Gemm.Matrix;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.PatchPlanes;
import luthier.tensor.kernel.Patches;

/**
 * Convolution and its gradients in single precision, as matrix products with patches of x as columns.
 *
 * <p>One mechanism serves both directions. The input gradient at (h, w) meets only taps with {@code (h + before - t dilation)}
 * divisible by the stride, so for each remainder of h and w it is itself a convolution of stride 1 with the taps that fit:
 * nothing is scattered, nothing multiplied by inserted zeros. The tasks are blocks of positions, cut by sizes alone; as a product's
 * elements are chains in the order of (channel, tap), no cut can change a bit.
 */
final class ConvolutionFloat {
    /** Positions in a block: columns of one product. */
    private static final int POSITIONS = 512;
    /** Rows of patches made at a time, as many as stay near the core. */
    private static final int PATCH_ROWS = 768;
    /** Elements of patches in one block, unless a single channel needs more. */
    private static final int SCRATCH = 1 << 19;
    /** Elements of padded planes in one block: with more channels than that patches are made for some at a time. */
    private static final int MOST_PLANES = 1 << 22;

    /** Channels whose weights change places together. */
    private static final int EXCHANGED = 16;

    private ConvolutionFloat() {}

    static void forward(ConvolutionShape s, float[] x, int xo, float[] w, int wo, float[] start, float[] y) {
        if (s.groupChannels() == 0) {
            Correlation.fill(y, start, s.outHeight() * s.outWidth());
            return;
        }
        Correlation.Target target = new Correlation.Target(y, s.outHeight() * s.outWidth(), 0, s.outWidth(), 1);
        Matrix weight = new Matrix(w, wo, s.groupChannels() * s.taps(), 1);
        run(new Correlation(
                patches(s), s.batch(), s.groups(), s.groupChannels(), s.groupOut(), weight, x, xo, start, target));
    }

    /** The patches that the forward direction sees: taps in row-major order. */
    private static Patches patches(ConvolutionShape s) {
        Sliding height = s.options().height();
        Sliding width = s.options().width();
        int[] rowOf = new int[s.taps()];
        int[] columnOf = new int[s.taps()];
        for (int t = 0; t < rowOf.length; t++) {
            rowOf[t] = t / s.columns() * height.dilation() - height.before();
            columnOf[t] = t % s.columns() * width.dilation() - width.before();
        }
        return new Patches(
                s.height(), s.width(), s.outHeight(), s.outWidth(), height.stride(), width.stride(), rowOf, columnOf);
    }

    static void inputGradient(ConvolutionShape s, float[] dY, int yo, float[] w, int wo, float[] start, float[] dX) {
        Correlation.fill(dX, start, s.height() * s.width());
        Sliding height = s.options().height();
        Sliding width = s.options().width();
        for (int a = 0; a < Math.min(height.stride(), s.height()); a++) {
            List<Integer> rows = meeting(height, a, s.rows());
            for (int b = 0; b < Math.min(width.stride(), s.width()); b++) {
                List<Integer> columns = meeting(width, b, s.columns());
                if (!rows.isEmpty() && !columns.isEmpty()) {
                    phase(s, a, rows, b, columns, dY, yo, w, wo, start, dX);
                }
            }
        }
    }

    /** The taps that meet the places whose remainder by the stride is given. */
    private static List<Integer> meeting(Sliding sliding, int remainder, int taps) {
        List<Integer> result = new ArrayList<>();
        for (int t = 0; t < taps; t++) {
            if ((remainder + sliding.before() - t * sliding.dilation()) % sliding.stride() == 0) {
                result.add(t);
            }
        }
        return result;
    }

    private static void phase(
            ConvolutionShape s,
            int a,
            List<Integer> rows,
            int b,
            List<Integer> columns,
            float[] dY,
            int yo,
            float[] w,
            int wo,
            float[] start,
            float[] dX) {
        Sliding height = s.options().height();
        Sliding width = s.options().width();
        int taps = rows.size() * columns.size();
        int[] rowOf = new int[taps];
        int[] columnOf = new int[taps];
        int[] tapOf = new int[taps];
        for (int t = 0; t < taps; t++) {
            int row = rows.get(t / columns.size());
            int column = columns.get(t % columns.size());
            rowOf[t] = (a + height.before() - row * height.dilation()) / height.stride();
            columnOf[t] = (b + width.before() - column * width.dilation()) / width.stride();
            tapOf[t] = row * s.columns() + column;
        }
        Patches patches = new Patches(
                s.outHeight(),
                s.outWidth(),
                Math.ceilDiv(s.height() - a, height.stride()),
                Math.ceilDiv(s.width() - b, width.stride()),
                1,
                1,
                rowOf,
                columnOf);
        Correlation.Target target = new Correlation.Target(
                dX, s.height() * s.width(), a * s.width() + b, height.stride() * s.width(), width.stride());
        // A single tap is exchanged by reading it the other way round.
        boolean view = s.taps() == 1 && s.groups() == 1;
        Matrix weight = view
                ? new Matrix(w, wo, 1, s.channels())
                : new Matrix(exchanged(s, w, wo, tapOf), 0, s.groupOut() * taps, 1);
        run(new Correlation(
                patches, s.batch(), s.groups(), s.groupOut(), s.groupChannels(), weight, dY, yo, start, target));
    }

    /** Returns the weight [channels, (out / groups, tap)] of the taps named; a few channels at a time share cache lines. */
    private static float[] exchanged(ConvolutionShape s, float[] w, int wo, int[] tapOf) {
        int taps = tapOf.length;
        float[] result = new float[s.channels() * s.groupOut() * taps];
        int blocks = Math.ceilDiv(s.groupChannels(), EXCHANGED);
        Parallel.run(s.groups() * blocks, task -> {
            int group = task / blocks;
            int start = task % blocks * EXCHANGED;
            int end = Math.min(s.groupChannels(), start + EXCHANGED);
            for (int o = 0; o < s.groupOut(); o++) {
                for (int c = start; c < end; c++) {
                    int from = wo + ((group * s.groupOut() + o) * s.groupChannels() + c) * s.taps();
                    int to = ((group * s.groupChannels() + c) * s.groupOut() + o) * taps;
                    for (int t = 0; t < taps; t++) {
                        result[to + t] = w[from + tapOf[t]];
                    }
                }
            }
        });
        return result;
    }

    private static void run(Correlation k) {
        int plane = k.patches().positions();
        if (k.channels() == 1 && plane > 0) {
            PatchPlanes planes = new PatchPlanes(k.patches(), 1, 0, plane);
            if (planes.pays()) {
                DepthwiseFloat.run(k, planes);
                return;
            }
        }
        int rows = Math.max(
                channelBlock(k.channels(), k.patches().taps()) * k.patches().taps(), k.channels() / 4);
        int most = Math.clamp(SCRATCH / rows, 32, POSITIONS);
        if (plane > most / 2) {
            int blocks = Math.ceilDiv(plane, most);
            int each = Math.ceilDiv(Math.ceilDiv(plane, blocks), 32) * 32;
            int perImage = Math.ceilDiv(plane, each);
            Parallel.run(k.groups() * k.images() * perImage, task -> {
                int start = task % perImage * each;
                int image = task / perImage % k.images();
                multiply(new Block(k, task / perImage / k.images(), image, 1, start, Math.min(plane, start + each)));
            });
            return;
        }
        int each = most / plane;
        int perGroup = Math.ceilDiv(k.images(), each);
        Parallel.run(k.groups() * perGroup, task -> {
            int image = task % perGroup * each;
            multiply(new Block(k, task / perGroup, image, Math.min(each, k.images() - image), 0, plane));
        });
    }

    /** Channels whose patches are made at a time, of even blocks. */
    private static int channelBlock(int channels, int taps) {
        int blocks = Math.ceilDiv(channels * taps, PATCH_ROWS);
        return Math.max(1, Math.ceilDiv(channels, Math.max(1, blocks)));
    }

    /** Some positions of one image, or all positions of several. */
    private record Block(Correlation k, int group, int image, int images, int start, int end) {
        int each() {
            return end - start;
        }

        int count() {
            return images * each();
        }

        /** The first of the planes of y. */
        int firstPlane() {
            return (image * k.groups() + group) * k.out();
        }

        /** Returns the weights of the channels from one on. */
        Matrix weight(int channel) {
            int row = group * k.out() * k.weight().rowStride();
            int column = channel * k.patches().taps() * k.weight().columnStride();
            return new Matrix(
                    k.weight().data(),
                    k.weight().offset() + row + column,
                    k.weight().rowStride(),
                    k.weight().columnStride());
        }
    }

    private static void multiply(Block block) {
        Correlation k = block.k;
        ConvolutionScratch scratch = ConvolutionScratch.ofThread();
        int count = block.count();
        boolean direct = k.isDense() && block.images == 1;
        float[] y = direct ? k.target().y() : scratch.results(k.out() * count);
        int yo = direct ? block.firstPlane() * k.target().plane() + k.target().first() + block.start : 0;
        int ld = direct ? k.target().plane() : count;
        boolean zero = k.startsFromZero();
        for (int o = 0; !zero && o < k.out(); o++) {
            Arrays.fill(y, yo + o * ld, yo + o * ld + count, k.start()[block.group * k.out() + o]);
        }
        multiply(block, scratch, Gemm.Target.of(y, yo, ld, !zero));
        for (int i = 0; !direct && i < block.images; i++) {
            for (int o = 0; o < k.out(); o++) {
                int plane = block.firstPlane() + i * k.groups() * k.out() + o;
                k.spread(plane, block.start, block.end, y, o * count + i * block.each());
            }
        }
    }

    /** Planes that are their own patches are read where they lie; other patches are made while the product packs them. */
    private static void multiply(Block block, ConvolutionScratch scratch, Gemm.Target y) {
        Correlation k = block.k;
        int taps = k.patches().taps();
        if (k.patches().isIdentity() && block.images == 1) {
            int from = k.plane(block.group, block.image, 0) + block.start;
            Matrix columns = new Matrix(k.x(), from, k.patches().positions(), 1);
            Gemm.multiply(k.out(), block.count(), k.channels(), block.weight(0), columns, y);
            return;
        }
        PatchPlanes planes = new PatchPlanes(k.patches(), k.channels(), block.start, block.end);
        if (planes.pays() && planes.room(block.images) <= MOST_PLANES) {
            float[] room = scratch.patches((int) planes.room(block.images));
            Reduction.forRows(block.images * k.channels(), (int) planes.room(1) / k.channels(), plane -> {
                int from = k.plane(block.group, block.image + plane / k.channels(), plane % k.channels());
                planes.fill(k.x(), from, room, plane);
            });
            Gemm.multiply(k.out(), block.count(), k.channels() * taps, block.weight(0), planes, room, y);
            return;
        }
        int each = channelBlock(k.channels(), taps);
        for (int c = 0; c < k.channels(); c += each) {
            int channels = Math.min(each, k.channels() - c);
            Matrix columns = gather(block, c, channels, scratch);
            Gemm.Target target = c == 0 ? y : Gemm.Target.of(y.data(), y.offset(), y.rowStride(), true);
            Gemm.multiply(k.out(), block.count(), channels * taps, block.weight(c), columns, target);
        }
    }

    /** Returns the patches of some channels, written out. */
    private static Matrix gather(Block block, int channel, int channels, ConvolutionScratch scratch) {
        Correlation k = block.k;
        int taps = k.patches().taps();
        int count = block.count();
        float[] to = scratch.patches(channels * taps * count);
        Reduction.forRows(channels, taps * count, c -> {
            for (int i = 0; i < block.images; i++) {
                int from = k.plane(block.group, block.image + i, channel + c);
                int at = c * taps * count + i * block.each();
                k.patches().gather(k.x(), from, block.start, block.end, to, at, count);
            }
        });
        return new Matrix(to, 0, count, 1);
    }

    static void weightGradient(ConvolutionShape s, float[] x, int xo, float[] dY, int yo, float[] dW) {
        if (s.groupChannels() == 1) {
            DepthwiseFloat.weightGradient(s, x, xo, dY, yo, dW);
            return;
        }
        Matrix weight = new Matrix(dW, 0, s.groupChannels() * s.taps(), 1);
        Correlation k = new Correlation(
                patches(s),
                s.batch(),
                s.groups(),
                s.groupChannels(),
                s.groupOut(),
                weight,
                x,
                xo,
                new float[0],
                new Correlation.Target(dY, s.outHeight() * s.outWidth(), yo, s.outWidth(), 1));
        int each = channelBlock(s.groupChannels(), s.taps());
        int blocks = Math.ceilDiv(s.groupChannels(), each);
        Parallel.run(s.groups() * blocks, task -> {
            int channel = task % blocks * each;
            int channels = Math.min(each, s.groupChannels() - channel);
            weightGradient(k, task / blocks, channel, channels);
        });
    }

    /** The rows of dW for some channels of a group, chains in the order of (image, position). */
    private static void weightGradient(Correlation k, int group, int channel, int channels) {
        ConvolutionScratch scratch = ConvolutionScratch.ofThread();
        int plane = k.patches().positions();
        int taps = k.patches().taps();
        int most = Math.clamp(SCRATCH / (channels * taps), 32, POSITIONS);
        int imagesEach = Math.max(1, most / plane);
        int each = Math.ceilDiv(plane, Math.ceilDiv(plane, most));
        int wAt = group * k.out() * k.weight().rowStride() + channel * taps;
        for (int image = 0; image < k.images(); image += imagesEach) {
            int images = Math.min(imagesEach, k.images() - image);
            for (int start = 0; start < plane; start += each) {
                Block block = new Block(k, group, image, images, start, Math.min(plane, start + each));
                Gemm.multiply(
                        k.out(),
                        channels * taps,
                        block.count(),
                        outputs(block, scratch),
                        gather(block, channel, channels, scratch).transposed(),
                        k.weight().data(),
                        wAt,
                        k.weight().rowStride(),
                        true);
            }
        }
    }

    /** The view of dY [out, positions], copied together if it spans several images. */
    private static Matrix outputs(Block block, ConvolutionScratch scratch) {
        Correlation k = block.k;
        Correlation.Target dY = k.target();
        int first = dY.first() + block.firstPlane() * dY.plane() + block.start;
        if (block.images == 1) {
            return new Matrix(dY.y(), first, dY.plane(), 1);
        }
        int each = block.each();
        float[] copy = scratch.results(k.out() * block.count());
        for (int i = 0; i < block.images; i++) {
            for (int o = 0; o < k.out(); o++) {
                int from = first + (i * k.groups() * k.out() + o) * dY.plane();
                System.arraycopy(dY.y(), from, copy, (o * block.images + i) * each, each);
            }
        }
        return new Matrix(copy, 0, block.count(), 1);
    }
}
