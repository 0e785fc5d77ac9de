package luthier.tensor;

import java.util.Arrays;

/**
 * The 256 numbers in [-1, 1] of dynamic eight-bit quantisation (Dettmers et al. 2021, arXiv:2110.02861, section 2.2): for each power of ten
 * from 1e-6 to 1 as many fractions as bits are left, of both signs; 0 and 1.
 */
final class DynamicMap {
    private static final int POWERS = 7;
    private static final float[] SIGNED = signed();

    private DynamicMap() {}

    private static float[] signed() {
        float[] map = new float[256];
        int n = 0;
        for (int i = 0; i < POWERS; i++) {
            double scale = StrictMath.pow(10, (double) i - (POWERS - 1));
            int count = 1 << i;
            for (int j = 0; j < count; j++) {
                // The mean of two neighbours of count + 1 even steps from 0.1 to 1.
                double mean = 0.1 + 0.9 * (j + 0.5) / count;
                map[n++] = (float) (mean * scale);
                map[n++] = (float) (-mean * scale);
            }
        }
        map[n++] = 0;
        map[n] = 1;
        Arrays.sort(map);
        return map;
    }

    /**
     * Returns numbers as blocks of {@code block} keep them: {@code map[code] absmax}, with the code whose number is nearest to {@code x / absmax}.
     */
    static float[] rounded(float[] x, int block) {
        float[] result = new float[x.length];
        for (int start = 0; start < x.length; start += block) {
            int end = Math.min(x.length, start + block);
            float largest = 0;
            for (int i = start; i < end; i++) {
                largest = Math.max(largest, Math.abs(x[i]));
            }
            for (int i = start; i < end; i++) {
                result[i] = largest == 0 ? 0 : nearest(x[i] / largest) * largest;
            }
        }
        return result;
    }

    private static float nearest(float x) {
        float best = SIGNED[0];
        for (float candidate : SIGNED) {
            if (Math.abs((double) x - candidate) < Math.abs((double) x - best)) {
                best = candidate;
            }
        }
        return best;
    }
}
