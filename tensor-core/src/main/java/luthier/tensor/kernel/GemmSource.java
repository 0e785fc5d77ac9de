package luthier.tensor.kernel;

import luthier.tensor.kernel.Gemm.Matrix;

/** Where the panels of B come from. */
sealed interface GemmSource {
    /** Numbers of scratch room that {@link #pack} needs for a panel. */
    int scratch(int k, int width);

    /** Packs columns {@code column ..} of rows {@code p .. p + k - 1}. */
    void pack(int p, int k, int column, int columns, float[] panel, int at, int width, float[] scratch);

    /** A matrix of F32. */
    record Plain(Matrix b) implements GemmSource {
        @Override
        public int scratch(int k, int width) {
            return 0;
        }

        @Override
        public void pack(int p, int k, int column, int columns, float[] panel, int at, int width, float[] scratch) {
            GemmPackingSimd.pack(b.at(p, column).transposed(), columns, k, panel, at, width);
        }
    }

    /** A matrix in fewer bits, or its transpose. */
    record Stored(StoredMatrix b, boolean transposed) implements GemmSource {
        @Override
        public int scratch(int k, int width) {
            return (transposed ? k : k + GemmPackingSimd.PADDING) * width;
        }

        @Override
        public void pack(int p, int k, int column, int columns, float[] panel, int at, int width, float[] scratch) {
            if (b instanceof InterleavedMatrix rows) {
                if (transposed) {
                    Interleaved.columns(rows, column, columns, p, k, panel, at, width);
                } else {
                    int step = k + GemmPackingSimd.PADDING;
                    Interleaved.columns(rows, p, k, column, columns, scratch, 0, step);
                    GemmPackingSimd.pack(new Matrix(scratch, 0, step, 1), columns, k, panel, at, width);
                }
                return;
            }
            if (!transposed) {
                for (int i = 0; i < k; i++) {
                    b.unpack(p + i, column, columns, panel, at + i * width);
                }
                return;
            }
            for (int j = 0; j < columns; j++) {
                b.unpack(column + j, p, k, scratch, j * k);
            }
            GemmPackingSimd.pack(new Matrix(scratch, 0, k, 1), columns, k, panel, at, width);
        }
    }

    /** The patches of a convolution, which are made while they are packed. */
    record Patched(PatchPlanes b, float[] room) implements GemmSource {
        @Override
        public int scratch(int k, int width) {
            return 0;
        }

        @Override
        public void pack(int p, int k, int column, int columns, float[] panel, int at, int width, float[] scratch) {
            PatchPackingSimd.pack(b, room, p, k, column, columns, panel, at, width);
        }
    }
}
