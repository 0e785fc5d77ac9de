package luthier.tensor.kernel;

import static luthier.tensor.kernel.LanesSimd.FLOATS;
import static luthier.tensor.kernel.LanesSimd.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost product: a tile of C of up to {@link #ROWS} rows and two vectors' width stays in registers while k runs, one
 * broadcast of A times two vectors of B a row and step. With 32 vector registers (AVX-512, NEON) twelve rows fit, with sixteen
 * (AVX2, SSE) six. The methods are written out, since locals alone are sure to live in registers.
 *
 * <p>A is read as {@code a[ao + i rowStride + p kStride]}: a packed panel with strides 1 and {@link #ROWS}, or rows where they lie. One
 * method for both is 2 per cent slower on panels in AVX-512 than one of their own, and twice as fast in AVX2.
 */
final class GemmTileSimd {
    private static final boolean TWELVE =
            WIDTH == 16 || System.getProperty("os.arch", "").equals("aarch64");
    static final int ROWS = TWELVE ? 12 : 6;
    static final int COLUMNS = 2 * WIDTH;

    private GemmTileSimd() {}

    /** Returns how many rows the tile for {@code rows} rows really computes. */
    static int height(int rows) {
        if (!TWELVE) {
            return 6;
        }
        return rows > 8 ? 12 : rows > 4 ? 8 : 4;
    }

    /** Computes {@link #height} rows of C from {@code rows} of A, the last repeated: C must have room for them. */
    static void multiply(
            int rows,
            float[] a,
            int ao,
            int rowStride,
            int kStride,
            float[] b,
            int bo,
            int k,
            float[] c,
            int co,
            int ldc,
            boolean chained) {
        switch (height(rows)) {
            case 12 -> tile12(rows, a, ao, rowStride, kStride, b, bo, k, c, co, ldc, chained);
            case 8 -> tile8(rows, a, ao, rowStride, kStride, b, bo, k, c, co, ldc, chained);
            case 6 -> tile6(rows, a, ao, rowStride, kStride, b, bo, k, c, co, ldc, chained);
            default -> tile4(rows, a, ao, rowStride, kStride, b, bo, k, c, co, ldc, chained);
        }
    }

    private static FloatVector start(float[] c, int at, boolean chained) {
        return chained ? FloatVector.fromArray(FLOATS, c, at) : FloatVector.zero(FLOATS);
    }

    private static void tile12(
            int rows,
            float[] a,
            int ao,
            int rowStride,
            int kStride,
            float[] b,
            int bo,
            int k,
            float[] c,
            int co,
            int ldc,
            boolean chained) {
        int a1 = ao + Math.min(rows - 1, 1) * rowStride;
        int a2 = ao + Math.min(rows - 1, 2) * rowStride;
        int a3 = ao + Math.min(rows - 1, 3) * rowStride;
        int a4 = ao + Math.min(rows - 1, 4) * rowStride;
        int a5 = ao + Math.min(rows - 1, 5) * rowStride;
        int a6 = ao + Math.min(rows - 1, 6) * rowStride;
        int a7 = ao + Math.min(rows - 1, 7) * rowStride;
        int a8 = ao + Math.min(rows - 1, 8) * rowStride;
        int a9 = ao + Math.min(rows - 1, 9) * rowStride;
        int a10 = ao + Math.min(rows - 1, 10) * rowStride;
        int a11 = ao + Math.min(rows - 1, 11) * rowStride;
        FloatVector c00 = start(c, co, chained);
        FloatVector c01 = start(c, co + WIDTH, chained);
        FloatVector c10 = start(c, co + ldc, chained);
        FloatVector c11 = start(c, co + ldc + WIDTH, chained);
        FloatVector c20 = start(c, co + 2 * ldc, chained);
        FloatVector c21 = start(c, co + 2 * ldc + WIDTH, chained);
        FloatVector c30 = start(c, co + 3 * ldc, chained);
        FloatVector c31 = start(c, co + 3 * ldc + WIDTH, chained);
        FloatVector c40 = start(c, co + 4 * ldc, chained);
        FloatVector c41 = start(c, co + 4 * ldc + WIDTH, chained);
        FloatVector c50 = start(c, co + 5 * ldc, chained);
        FloatVector c51 = start(c, co + 5 * ldc + WIDTH, chained);
        FloatVector c60 = start(c, co + 6 * ldc, chained);
        FloatVector c61 = start(c, co + 6 * ldc + WIDTH, chained);
        FloatVector c70 = start(c, co + 7 * ldc, chained);
        FloatVector c71 = start(c, co + 7 * ldc + WIDTH, chained);
        FloatVector c80 = start(c, co + 8 * ldc, chained);
        FloatVector c81 = start(c, co + 8 * ldc + WIDTH, chained);
        FloatVector c90 = start(c, co + 9 * ldc, chained);
        FloatVector c91 = start(c, co + 9 * ldc + WIDTH, chained);
        FloatVector c100 = start(c, co + 10 * ldc, chained);
        FloatVector c101 = start(c, co + 10 * ldc + WIDTH, chained);
        FloatVector c110 = start(c, co + 11 * ldc, chained);
        FloatVector c111 = start(c, co + 11 * ldc + WIDTH, chained);
        for (int p = 0; p < k; p++) {
            int q = p * kStride;
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bo + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bo + p * COLUMNS + WIDTH);
            FloatVector x = FloatVector.broadcast(FLOATS, a[ao + q]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(FLOATS, a[a1 + q]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(FLOATS, a[a2 + q]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(FLOATS, a[a3 + q]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(FLOATS, a[a4 + q]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(FLOATS, a[a5 + q]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
            x = FloatVector.broadcast(FLOATS, a[a6 + q]);
            c60 = x.fma(b0, c60);
            c61 = x.fma(b1, c61);
            x = FloatVector.broadcast(FLOATS, a[a7 + q]);
            c70 = x.fma(b0, c70);
            c71 = x.fma(b1, c71);
            x = FloatVector.broadcast(FLOATS, a[a8 + q]);
            c80 = x.fma(b0, c80);
            c81 = x.fma(b1, c81);
            x = FloatVector.broadcast(FLOATS, a[a9 + q]);
            c90 = x.fma(b0, c90);
            c91 = x.fma(b1, c91);
            x = FloatVector.broadcast(FLOATS, a[a10 + q]);
            c100 = x.fma(b0, c100);
            c101 = x.fma(b1, c101);
            x = FloatVector.broadcast(FLOATS, a[a11 + q]);
            c110 = x.fma(b0, c110);
            c111 = x.fma(b1, c111);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + WIDTH);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + WIDTH);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + WIDTH);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + WIDTH);
        c40.intoArray(c, co + 4 * ldc);
        c41.intoArray(c, co + 4 * ldc + WIDTH);
        c50.intoArray(c, co + 5 * ldc);
        c51.intoArray(c, co + 5 * ldc + WIDTH);
        c60.intoArray(c, co + 6 * ldc);
        c61.intoArray(c, co + 6 * ldc + WIDTH);
        c70.intoArray(c, co + 7 * ldc);
        c71.intoArray(c, co + 7 * ldc + WIDTH);
        c80.intoArray(c, co + 8 * ldc);
        c81.intoArray(c, co + 8 * ldc + WIDTH);
        c90.intoArray(c, co + 9 * ldc);
        c91.intoArray(c, co + 9 * ldc + WIDTH);
        c100.intoArray(c, co + 10 * ldc);
        c101.intoArray(c, co + 10 * ldc + WIDTH);
        c110.intoArray(c, co + 11 * ldc);
        c111.intoArray(c, co + 11 * ldc + WIDTH);
    }

    private static void tile8(
            int rows,
            float[] a,
            int ao,
            int rowStride,
            int kStride,
            float[] b,
            int bo,
            int k,
            float[] c,
            int co,
            int ldc,
            boolean chained) {
        int a1 = ao + Math.min(rows - 1, 1) * rowStride;
        int a2 = ao + Math.min(rows - 1, 2) * rowStride;
        int a3 = ao + Math.min(rows - 1, 3) * rowStride;
        int a4 = ao + Math.min(rows - 1, 4) * rowStride;
        int a5 = ao + Math.min(rows - 1, 5) * rowStride;
        int a6 = ao + Math.min(rows - 1, 6) * rowStride;
        int a7 = ao + Math.min(rows - 1, 7) * rowStride;
        FloatVector c00 = start(c, co, chained);
        FloatVector c01 = start(c, co + WIDTH, chained);
        FloatVector c10 = start(c, co + ldc, chained);
        FloatVector c11 = start(c, co + ldc + WIDTH, chained);
        FloatVector c20 = start(c, co + 2 * ldc, chained);
        FloatVector c21 = start(c, co + 2 * ldc + WIDTH, chained);
        FloatVector c30 = start(c, co + 3 * ldc, chained);
        FloatVector c31 = start(c, co + 3 * ldc + WIDTH, chained);
        FloatVector c40 = start(c, co + 4 * ldc, chained);
        FloatVector c41 = start(c, co + 4 * ldc + WIDTH, chained);
        FloatVector c50 = start(c, co + 5 * ldc, chained);
        FloatVector c51 = start(c, co + 5 * ldc + WIDTH, chained);
        FloatVector c60 = start(c, co + 6 * ldc, chained);
        FloatVector c61 = start(c, co + 6 * ldc + WIDTH, chained);
        FloatVector c70 = start(c, co + 7 * ldc, chained);
        FloatVector c71 = start(c, co + 7 * ldc + WIDTH, chained);
        for (int p = 0; p < k; p++) {
            int q = p * kStride;
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bo + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bo + p * COLUMNS + WIDTH);
            FloatVector x = FloatVector.broadcast(FLOATS, a[ao + q]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(FLOATS, a[a1 + q]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(FLOATS, a[a2 + q]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(FLOATS, a[a3 + q]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(FLOATS, a[a4 + q]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(FLOATS, a[a5 + q]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
            x = FloatVector.broadcast(FLOATS, a[a6 + q]);
            c60 = x.fma(b0, c60);
            c61 = x.fma(b1, c61);
            x = FloatVector.broadcast(FLOATS, a[a7 + q]);
            c70 = x.fma(b0, c70);
            c71 = x.fma(b1, c71);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + WIDTH);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + WIDTH);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + WIDTH);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + WIDTH);
        c40.intoArray(c, co + 4 * ldc);
        c41.intoArray(c, co + 4 * ldc + WIDTH);
        c50.intoArray(c, co + 5 * ldc);
        c51.intoArray(c, co + 5 * ldc + WIDTH);
        c60.intoArray(c, co + 6 * ldc);
        c61.intoArray(c, co + 6 * ldc + WIDTH);
        c70.intoArray(c, co + 7 * ldc);
        c71.intoArray(c, co + 7 * ldc + WIDTH);
    }

    private static void tile4(
            int rows,
            float[] a,
            int ao,
            int rowStride,
            int kStride,
            float[] b,
            int bo,
            int k,
            float[] c,
            int co,
            int ldc,
            boolean chained) {
        int a1 = ao + Math.min(rows - 1, 1) * rowStride;
        int a2 = ao + Math.min(rows - 1, 2) * rowStride;
        int a3 = ao + Math.min(rows - 1, 3) * rowStride;
        FloatVector c00 = start(c, co, chained);
        FloatVector c01 = start(c, co + WIDTH, chained);
        FloatVector c10 = start(c, co + ldc, chained);
        FloatVector c11 = start(c, co + ldc + WIDTH, chained);
        FloatVector c20 = start(c, co + 2 * ldc, chained);
        FloatVector c21 = start(c, co + 2 * ldc + WIDTH, chained);
        FloatVector c30 = start(c, co + 3 * ldc, chained);
        FloatVector c31 = start(c, co + 3 * ldc + WIDTH, chained);
        for (int p = 0; p < k; p++) {
            int q = p * kStride;
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bo + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bo + p * COLUMNS + WIDTH);
            FloatVector x = FloatVector.broadcast(FLOATS, a[ao + q]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(FLOATS, a[a1 + q]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(FLOATS, a[a2 + q]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(FLOATS, a[a3 + q]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + WIDTH);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + WIDTH);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + WIDTH);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + WIDTH);
    }

    private static void tile6(
            int rows,
            float[] a,
            int ao,
            int rowStride,
            int kStride,
            float[] b,
            int bo,
            int k,
            float[] c,
            int co,
            int ldc,
            boolean chained) {
        int a1 = ao + Math.min(rows - 1, 1) * rowStride;
        int a2 = ao + Math.min(rows - 1, 2) * rowStride;
        int a3 = ao + Math.min(rows - 1, 3) * rowStride;
        int a4 = ao + Math.min(rows - 1, 4) * rowStride;
        int a5 = ao + Math.min(rows - 1, 5) * rowStride;
        FloatVector c00 = start(c, co, chained);
        FloatVector c01 = start(c, co + WIDTH, chained);
        FloatVector c10 = start(c, co + ldc, chained);
        FloatVector c11 = start(c, co + ldc + WIDTH, chained);
        FloatVector c20 = start(c, co + 2 * ldc, chained);
        FloatVector c21 = start(c, co + 2 * ldc + WIDTH, chained);
        FloatVector c30 = start(c, co + 3 * ldc, chained);
        FloatVector c31 = start(c, co + 3 * ldc + WIDTH, chained);
        FloatVector c40 = start(c, co + 4 * ldc, chained);
        FloatVector c41 = start(c, co + 4 * ldc + WIDTH, chained);
        FloatVector c50 = start(c, co + 5 * ldc, chained);
        FloatVector c51 = start(c, co + 5 * ldc + WIDTH, chained);
        for (int p = 0; p < k; p++) {
            int q = p * kStride;
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bo + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bo + p * COLUMNS + WIDTH);
            FloatVector x = FloatVector.broadcast(FLOATS, a[ao + q]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(FLOATS, a[a1 + q]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(FLOATS, a[a2 + q]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(FLOATS, a[a3 + q]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(FLOATS, a[a4 + q]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(FLOATS, a[a5 + q]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + WIDTH);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + WIDTH);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + WIDTH);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + WIDTH);
        c40.intoArray(c, co + 4 * ldc);
        c41.intoArray(c, co + 4 * ldc + WIDTH);
        c50.intoArray(c, co + 5 * ldc);
        c51.intoArray(c, co + 5 * ldc + WIDTH);
    }
}
