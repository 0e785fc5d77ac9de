package luthier.tensor.kernel;

/**
 * A matrix kept in fewer bits, the second operand of a product. {@link Gemm} unpacks it panel by panel while it packs, so an F32 copy
 * never exists as a whole, and the product has the bits of a product with that copy.
 */
public sealed interface StoredMatrix
        permits StoredMatrix.Brain, StoredMatrix.Half, StoredMatrix.Blocks, StoredMatrix.Coded, InterleavedMatrix {
    /** Writes the numbers {@code from .. from + count - 1} of a row. */
    void unpack(int row, int from, int count, float[] to, int at);

    /** A matrix of small whole numbers. */
    sealed interface Coded extends StoredMatrix
            permits Bytes, Nibbles, InterleavedMatrix.FourBit, InterleavedMatrix.EightBit {
        /** Returns the code of a number. */
        int code(int row, int column);
    }

    /** BF16 with contiguous rows. */
    record Brain(short[] data, int offset, int rowStride) implements StoredMatrix {
        @Override
        public void unpack(int row, int from, int count, float[] to, int at) {
            Unpacking.brain(data, offset + row * rowStride + from, to, at, count);
        }
    }

    /** F16 with contiguous rows. */
    record Half(short[] data, int offset, int rowStride) implements StoredMatrix {
        @Override
        public void unpack(int row, int from, int count, float[] to, int at) {
            Unpacking.half(data, offset + row * rowStride + from, to, at, count);
        }
    }

    /**
     * Blocks of GGUF in the order of files, row after row.
     *
     * @param columns a multiple of a block's numbers
     */
    record Blocks(BlockFormat format, byte[] data, int columns) implements StoredMatrix {
        @Override
        public void unpack(int row, int from, int count, float[] to, int at) {
            int size = format.numbers();
            int place = columns / size * format.bytes() * row + from / size * format.bytes();
            int skipped = from % size;
            int whole = skipped == 0 ? count / size : 0;
            format.unpack(whole, data, place, to, at);
            for (int done = whole * size; done < count; ) {
                float[] numbers = new float[size];
                format.unpack(data, place + (skipped + done) / size * format.bytes(), numbers, 0);
                int first = (skipped + done) % size;
                int part = Math.min(size - first, count - done);
                System.arraycopy(numbers, first, to, at + done, part);
                done += part;
            }
        }
    }

    /** Signed bytes, each block of the flattened matrix with a scale of its own. */
    record Bytes(byte[] codes, int columns, float[] scales, int block) implements Coded {
        @Override
        public int code(int row, int column) {
            return codes[row * columns + column];
        }

        @Override
        public void unpack(int row, int from, int count, float[] to, int at) {
            int place = row * columns + from;
            for (int done = 0; done < count; ) {
                int size = Math.min(count - done, block - (place + done) % block);
                float scale = scales[(place + done) / block];
                Unpacking.bytes(codes, place + done, scale, to, at + done, size);
                done += size;
            }
        }
    }

    /** Four-bit codes into a book of sixteen numbers, each block of the flattened matrix with a scale of its own. */
    record Nibbles(byte[] packed, int columns, float[] codebook, float[] scales, int block) implements Coded {
        @Override
        public int code(int row, int column) {
            int place = row * columns + column;
            return packed[place >> 1] >> 4 * (1 - place % 2) & 15;
        }

        @Override
        public void unpack(int row, int from, int count, float[] to, int at) {
            int place = row * columns + from;
            for (int done = 0; done < count; ) {
                int size = Math.min(count - done, block - (place + done) % block);
                float scale = scales[(place + done) / block];
                Unpacking.nibbles(packed, place + done, codebook, scale, to, at + done, size);
                done += size;
            }
        }
    }
}
