package luthier.tensor;

import luthier.tensor.kernel.DoubleRows;

/** Distances that are fused. */
public final class Distance {
    private Distance() {}

    /**
     * Returns y = a b / (max(|a|, eps) max(|b|, eps)) along an axis, in [-1, 1] and 1 for a vector with itself; a and b broadcast first.
     * In double precision inside; nothing between overflows or underflows.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new float[] {3e20f, 4e20f}, 2);
     * Distance.cosineSimilarity(a, a, 0, 1e-8); // F32[][1.0]
     * }
     *
     * @throws IllegalArgumentException if eps is negative or NaN
     */
    public static Tensor cosineSimilarity(Tensor a, Tensor b, int axis, double eps) {
        Require.floating("cosineSimilarity", a);
        Require.sameType("cosineSimilarity", a, b);
        if (!(eps >= 0)) {
            throw new IllegalArgumentException("cosineSimilarity: eps must not be negative; got " + eps);
        }
        Shape shape = a.shape().broadcast(b.shape(), "cosineSimilarity");
        Axes left = Axes.rows("cosineSimilarity", a.expand(shape), false, axis);
        Axes right = Axes.rows("cosineSimilarity", b.expand(shape), false, axis);
        int n = left.length();
        Object result = a.dtype() == DType.F32 ? new float[left.count()] : new double[left.count()];
        Axes.parallel(left.count(), 1.5 * n + 10, (start, end) -> {
            for (int row = start; row < end; row++) {
                int atA = left.from().offset() + row * n;
                int atB = right.from().offset() + row * n;
                double y = left.from().storage() instanceof float[] floats
                        ? cosine(floats, atA, right.from().floats(), atB, n, eps)
                        : cosine(left.from().doubles(), atA, right.from().doubles(), atB, n, eps);
                Sums.store(result, row, y);
            }
        });
        return Tensor.wrap(result, left.result());
    }

    private static double cosine(float[] a, int ao, float[] b, int bo, int n, double eps) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < n; i++) {
            double u = a[ao + i];
            double v = b[bo + i];
            ab += u * v;
            aa += u * u;
            bb += v * v;
        }
        return cosine(ab, aa, bb, eps, eps);
    }

    private static double cosine(double[] a, int ao, double[] b, int bo, int n, double eps) {
        double scaleA = Norms.powerOfTwo(DoubleRows.maxAbs(a, ao, ao + n));
        double scaleB = Norms.powerOfTwo(DoubleRows.maxAbs(b, bo, bo + n));
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < n; i++) {
            double u = a[ao + i] / scaleA;
            double v = b[bo + i] / scaleB;
            ab += u * v;
            aa += u * u;
            bb += v * v;
        }
        return cosine(ab, aa, bb, eps / scaleA, eps / scaleB);
    }

    private static double cosine(double ab, double aa, double bb, double leastA, double leastB) {
        double lengthA = Math.sqrt(aa);
        double lengthB = Math.sqrt(bb);
        // The root of the product, not the product of the roots: of a and a it is exactly the product a a.
        double lengths = lengthA >= leastA && lengthB >= leastB
                ? Math.sqrt(aa * bb)
                : Math.max(lengthA, leastA) * Math.max(lengthB, leastB);
        return Math.clamp(ab / lengths, -1.0, 1.0);
    }
}
