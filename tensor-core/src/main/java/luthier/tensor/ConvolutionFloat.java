package luthier.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import luthier.tensor.kernel.Gemm;
import luthier.tensor.kernel.Gemm.Matrix;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.Patches;
import luthier.tensor.kernel.Rows;
import luthier.tensor.kernel.Taps;

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

    /** Channels whose weights change places together. */
    private static final int EXCHANGED = 16;

    private static final ThreadLocal<Scratch> SCRATCHES = ThreadLocal.withInitial(Scratch::new);

    private ConvolutionFloat() {}

    /** Buffers of a thread, which live on from call to call: zeroing fresh ones costs a tenth of a product. */
    private static final class Scratch {
        private float[] patches = {};
        private float[] results = {};

        float[] patches(int length) {
            if (patches.length < length) {
                patches = new float[length];
            }
            return patches;
        }

        float[] results(int length) {
            if (results.length < length) {
                results = new float[length];
            }
            return results;
        }
    }

    /** Where results lie: position (i, j) of a channel's plane at {@code first + i rowStep + j columnStep}. */
    private record Target(float[] y, int plane, int first, int rowStep, int columnStep) {}

    /** y (planes filled with the start of every chain) += weight x patches, for all images and groups. */
    private record Correlation(
            Patches patches,
            int images,
            int groups,
            int channels,
            int out,
            Matrix weight,
            float[] x,
            int xo,
            float[] start,
            Target target) {}

    static void forward(ConvolutionShape s, float[] x, int xo, float[] w, int wo, float[] start, float[] y) {
        fill(y, start, s.outHeight() * s.outWidth());
        Target target = new Target(y, s.outHeight() * s.outWidth(), 0, s.outWidth(), 1);
        Matrix weight = new Matrix(w, wo, s.groupChannels() * s.taps(), 1);
        run(new Correlation(
                patches(s), s.batch(), s.groups(), s.groupChannels(), s.groupOut(), weight, x, xo, start, target));
    }

    private static void fill(float[] y, float[] start, int plane) {
        for (int at = 0, channel = 0; at < y.length; at += plane, channel++) {
            Arrays.fill(y, at, at + plane, start[channel % start.length]);
        }
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
        fill(dX, start, s.height() * s.width());
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
        Target target =
                new Target(dX, s.height() * s.width(), a * s.width() + b, height.stride() * s.width(), width.stride());
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
        if (k.channels == 1) {
            depthwise(k);
            return;
        }
        int plane = k.patches.positions();
        int channelBlock = channelBlock(k.channels, k.patches.taps());
        int most = Math.clamp(SCRATCH / (channelBlock * k.patches.taps()), 32, POSITIONS);
        if (plane > most / 2) {
            int blocks = Math.ceilDiv(plane, most);
            int each = Math.ceilDiv(Math.ceilDiv(plane, blocks), 32) * 32;
            int perImage = Math.ceilDiv(plane, each);
            Parallel.run(k.groups * k.images * perImage, task -> {
                int start = task % perImage * each;
                int image = task / perImage % k.images;
                multiply(k, task / perImage / k.images, image, 1, start, Math.min(plane, start + each), channelBlock);
            });
            return;
        }
        int each = most / plane;
        int perGroup = Math.ceilDiv(k.images, each);
        Parallel.run(k.groups * perGroup, task -> {
            int image = task % perGroup * each;
            multiply(k, task / perGroup, image, Math.min(each, k.images - image), 0, plane, channelBlock);
        });
    }

    /** Channels whose patches are made at a time, of even blocks. */
    private static int channelBlock(int channels, int taps) {
        int blocks = Math.ceilDiv(channels * taps, PATCH_ROWS);
        return Math.max(1, Math.ceilDiv(channels, Math.max(1, blocks)));
    }

    /** One block: positions of one image, or all positions of several. */
    private static void multiply(
            Correlation k, int group, int image, int images, int start, int end, int channelBlock) {
        Scratch scratch = SCRATCHES.get();
        int each = end - start;
        int count = images * each;
        int taps = k.patches.taps();
        boolean dense = k.target.columnStep == 1 && k.target.rowStep == k.patches.gridColumns();
        boolean direct = dense && images == 1;
        int firstPlane = (image * k.groups + group) * k.out;
        float[] y = direct ? k.target.y : scratch.results(k.out * count);
        int yo = direct ? firstPlane * k.target.plane + k.target.first + start : 0;
        int ld = direct ? k.target.plane : count;
        if (!direct) {
            for (int o = 0; o < k.out; o++) {
                Arrays.fill(y, o * count, (o + 1) * count, k.start[group * k.out + o]);
            }
        }
        boolean asItIs = k.patches.isIdentity() && images == 1;
        int block = asItIs ? k.channels : channelBlock;
        for (int c = 0; c < k.channels; c += block) {
            int channels = Math.min(block, k.channels - c);
            Matrix columns = asItIs
                    ? new Matrix(k.x, xPlane(k, group, image, c) + start, k.patches.positions(), 1)
                    : gather(k, group, image, images, start, end, c, channels, scratch);
            Matrix weight = new Matrix(
                    k.weight.data(),
                    k.weight.offset() + group * k.out * k.weight.rowStride() + c * taps * k.weight.columnStride(),
                    k.weight.rowStride(),
                    k.weight.columnStride());
            Gemm.multiply(k.out, count, channels * taps, weight, columns, y, yo, ld, true);
        }
        if (!direct) {
            for (int i = 0; i < images; i++) {
                for (int o = 0; o < k.out; o++) {
                    int plane = firstPlane + i * k.groups * k.out + o;
                    spread(k, plane, start, end, y, o * count + i * each, 1);
                }
            }
        }
    }

    private static int xPlane(Correlation k, int group, int image, int channel) {
        int plane = (image * k.groups + group) * k.channels + channel;
        return k.xo + plane * k.patches.height() * k.patches.width();
    }

    private static Matrix gather(
            Correlation k,
            int group,
            int image,
            int images,
            int start,
            int end,
            int channel,
            int channels,
            Scratch scratch) {
        int taps = k.patches.taps();
        int each = end - start;
        int count = images * each;
        float[] to = scratch.patches(channels * taps * count);
        Reduction.forRows(channels, taps * count, c -> {
            for (int i = 0; i < images; i++) {
                int from = xPlane(k, group, image + i, channel + c);
                k.patches.gather(k.x, from, start, end, to, c * taps * count + i * each, count);
            }
        });
        return new Matrix(to, 0, count, 1);
    }

    /** Copies results of the positions start to end, {@code step} apart, to their places in a plane. */
    private static void spread(Correlation k, int plane, int start, int end, float[] from, int at, int step) {
        Target target = k.target;
        int gridColumns = k.patches.gridColumns();
        int first = plane * target.plane + target.first;
        if (step == 1 && target.columnStep == 1 && target.rowStep == gridColumns) {
            System.arraycopy(from, at, target.y, first + start, end - start);
            return;
        }
        int position = start;
        while (position < end) {
            int row = position / gridColumns;
            int behind = Math.min(end, (row + 1) * gridColumns);
            int to = first + row * target.rowStep + (position - row * gridColumns) * target.columnStep;
            for (; position < behind; position++) {
                target.y[to] = from[at + (position - start) * step];
                to += target.columnStep;
            }
        }
    }

    /**
     * One plane in, one out: taps over a padded copy of the plane. At stride 1 the whole plane is one long row, whose numbers
     * between the rows of the grid are left behind.
     */
    private static void depthwise(Correlation k) {
        Patches p = k.patches;
        int top = Arrays.stream(p.rowOf()).min().orElse(0);
        int left = Arrays.stream(p.columnOf()).min().orElse(0);
        int height = (p.gridRows() - 1) * p.vertical()
                + Arrays.stream(p.rowOf()).max().orElse(0)
                - top
                + 1;
        int width = (p.gridColumns() - 1) * p.horizontal()
                + Arrays.stream(p.columnOf()).max().orElse(0)
                - left
                + 1;
        boolean whole = p.vertical() == 1 && p.horizontal() == 1;
        int[] shifts = new int[p.taps()];
        Arrays.setAll(shifts, t -> (p.rowOf()[t] - top) * width + p.columnOf()[t] - left);
        int n = (whole ? (p.gridRows() - 1) * width : 0) + (p.gridColumns() - 1) * p.horizontal() + 1;
        Reduction.forRows(k.images * k.groups * k.out, p.positions() * p.taps(), plane -> {
            Scratch scratch = SCRATCHES.get();
            float[] padded = scratch.patches(height * width);
            float[] sums = scratch.results(n);
            pad(k, plane / k.out, top, left, height, width, padded);
            int channel = plane % (k.groups * k.out);
            int weightAt = k.weight.offset() + channel * k.weight.rowStride();
            int[] at = shifts.clone();
            for (int i = 0; i < p.gridRows(); i++) {
                if (i == 0 || !whole) {
                    Arrays.fill(sums, 0, n, k.start[channel]);
                    Taps.add(padded, at, k.weight.data(), weightAt, sums, 0, n);
                    for (int t = 0; t < at.length; t++) {
                        at[t] += p.vertical() * width;
                    }
                }
                int position = i * p.gridColumns();
                int from = whole ? i * width : 0;
                spread(k, plane, position, position + p.gridColumns(), sums, from, p.horizontal());
            }
        });
    }

    private static void pad(Correlation k, int plane, int top, int left, int height, int width, float[] padded) {
        Patches p = k.patches;
        Arrays.fill(padded, 0, height * width, 0f);
        int from = Math.max(0, left);
        int behind = Math.min(p.width(), left + width);
        for (int row = Math.max(0, top); from < behind && row < Math.min(p.height(), top + height); row++) {
            int source = k.xo + (plane * p.height() + row) * p.width() + from;
            System.arraycopy(k.x, source, padded, (row - top) * width + from - left, behind - from);
        }
    }

    static void weightGradient(ConvolutionShape s, float[] x, int xo, float[] dY, int yo, float[] dW) {
        if (s.groupChannels() == 1) {
            depthwiseWeightGradient(s, x, xo, dY, yo, dW);
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
                new Target(dY, s.outHeight() * s.outWidth(), yo, s.outWidth(), 1));
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
        Scratch scratch = SCRATCHES.get();
        int plane = k.patches.positions();
        int taps = k.patches.taps();
        int most = Math.clamp(SCRATCH / (channels * taps), 32, POSITIONS);
        int imagesEach = Math.max(1, most / plane);
        int each = Math.ceilDiv(plane, Math.ceilDiv(plane, most));
        int wAt = group * k.out * k.weight.rowStride() + channel * taps;
        for (int image = 0; image < k.images; image += imagesEach) {
            int images = Math.min(imagesEach, k.images - image);
            for (int start = 0; start < plane; start += each) {
                int end = Math.min(plane, start + each);
                int count = images * (end - start);
                Matrix columns = gather(k, group, image, images, start, end, channel, channels, scratch);
                Matrix dY = outputs(k, group, image, images, start, end, scratch);
                Gemm.multiply(
                        k.out,
                        channels * taps,
                        count,
                        dY,
                        columns.transposed(),
                        k.weight.data(),
                        wAt,
                        k.weight.rowStride(),
                        true);
            }
        }
    }

    /** The view of dY [out, positions], copied together if it spans several images. */
    private static Matrix outputs(
            Correlation k, int group, int image, int images, int start, int end, Scratch scratch) {
        Target dY = k.target;
        int first = dY.first + (image * k.groups + group) * k.out * dY.plane;
        if (images == 1) {
            return new Matrix(dY.y, first + start, dY.plane, 1);
        }
        int each = end - start;
        float[] copy = scratch.results(k.out * images * each);
        for (int i = 0; i < images; i++) {
            for (int o = 0; o < k.out; o++) {
                int from = first + (i * k.groups * k.out + o) * dY.plane + start;
                System.arraycopy(dY.y, from, copy, (o * images + i) * each, each);
            }
        }
        return new Matrix(copy, 0, images * each, 1);
    }

    /** Each tap is a sum over images and rows, in this order, of rows' dot products. */
    private static void depthwiseWeightGradient(ConvolutionShape s, float[] x, int xo, float[] dY, int yo, float[] dW) {
        Sliding height = s.options().height();
        Sliding width = s.options().width();
        int plane = s.outHeight() * s.outWidth();
        Reduction.forRows(s.outChannels(), s.batch() * plane * s.taps(), o -> {
            float[] strided = new float[s.outWidth()];
            for (int image = 0; image < s.batch(); image++) {
                int xPlane = xo + (image * s.channels() + o / s.groupOut()) * s.height() * s.width();
                int yPlane = yo + (image * s.outChannels() + o) * plane;
                for (int t = 0; t < s.taps(); t++) {
                    int row = t / s.columns();
                    int column = t % s.columns();
                    int from = width.firstInside(column);
                    int n = width.behindInside(column, s.width(), s.outWidth()) - from;
                    int bottom = height.behindInside(row, s.height(), s.outHeight());
                    int left = from * width.stride() - width.before() + column * width.dilation();
                    for (int i = height.firstInside(row); n > 0 && i < bottom; i++) {
                        int down = i * height.stride() - height.before() + row * height.dilation();
                        int xAt = xPlane + down * s.width() + left;
                        int yAt = yPlane + i * s.outWidth() + from;
                        dW[o * s.taps() + t] += dot(x, xAt, width.stride(), dY, yAt, n, strided);
                    }
                }
            }
        });
    }

    private static float dot(float[] x, int xAt, int step, float[] dY, int yAt, int n, float[] strided) {
        if (step == 1) {
            return Rows.dot(x, xAt, dY, yAt, n);
        }
        for (int j = 0; j < n; j++) {
            strided[j] = x[xAt + j * step];
        }
        return Rows.dot(strided, 0, dY, yAt, n);
    }
}
