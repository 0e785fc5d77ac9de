package luthier.tensor.kernel;

import org.jspecify.annotations.Nullable;

/**
 * A stored matrix W [rows, columns] whose rows lie side by side: a superblock is {@value #ROWS} rows, and in it column follows
 * column, a number of each row. Lanes are rows, so a product {@code W x} reads one stream from front to back, widens nothing and adds
 * nothing across lanes; docs/decisions/016. Rows that fill up the last superblock are zeros.
 */
public sealed interface InterleavedMatrix extends StoredMatrix {
    /** Rows of a superblock. */
    int ROWS = 64;

    /** Columns of a block of four-bit codes. */
    int BLOCK = 32;

    /** Rows of W. */
    int rows();

    /** Columns of W. */
    int columns();

    /** Returns a number of W. */
    float number(int row, int column);

    @Override
    default void unpack(int row, int from, int count, float[] to, int at) {
        InterleavedScalar.columns(this, row, 1, from, count, to, at, 1);
    }

    /** Returns how many superblocks hold so many rows. */
    static int superblocks(int rows) {
        return (rows + ROWS - 1) / ROWS;
    }

    /**
     * Codes 0 to 15, in blocks of {@link #BLOCK} columns: an int of scales a row, then the codes, eight an int, the first in the lowest four bits.
     * Without a codebook scales are two half-precision numbers, d low and m high, and {@code w = fma(code, d, m)}, where code d is
     * exact; with one they are the bits of a float, and {@code w = codebook[code] scale}.
     *
     * @param columns a multiple of {@link #BLOCK}
     */
    record FourBit(int rows, int columns, int[] data, float @Nullable [] codebook)
            implements InterleavedMatrix, StoredMatrix.Coded {
        /** Ints of a block. */
        static final int STEP = ROWS + ROWS * BLOCK / 8;

        /** Returns a matrix of zeros, to be filled by {@link #set}. */
        public static FourBit zeros(int rows, int columns, float @Nullable [] codebook) {
            int length = Math.multiplyExact(superblocks(rows) * (columns / BLOCK), STEP);
            return new FourBit(rows, columns, new int[length], codebook);
        }

        /** Writes the scales of a block and a code for each of its columns. */
        public void set(int row, int block, int scales, byte[] codes, int at) {
            int to = at(row, block);
            data[to] = scales;
            for (int i = 0; i < BLOCK; i += 8) {
                int word = 0;
                for (int j = 7; j >= 0; j--) {
                    word = word << 4 | codes[at + i + j];
                }
                data[to + ROWS + i / 8 * ROWS] = word;
            }
        }

        /** Where a row's part of a block begins. */
        int at(int row, int block) {
            return (row / ROWS * (columns / BLOCK) + block) * STEP + row % ROWS;
        }

        /** Returns the scales of a block of a row. */
        public int scales(int row, int block) {
            return data[at(row, block)];
        }

        @Override
        public int code(int row, int column) {
            int word = data[at(row, column / BLOCK) + ROWS + column % BLOCK / 8 * ROWS];
            return word >>> 4 * (column % 8) & 15;
        }

        @Override
        public float number(int row, int column) {
            int scales = scales(row, column / BLOCK);
            int code = code(row, column);
            return codebook == null
                    ? Math.fma((float) code, low(scales), high(scales))
                    : codebook[code] * Float.intBitsToFloat(scales);
        }

        static float low(int scales) {
            return Float.float16ToFloat((short) scales);
        }

        static float high(int scales) {
            return Float.float16ToFloat((short) (scales >> 16));
        }
    }

    /**
     * Signed bytes and a scale for every {@code run} columns of a row: {@code w = code scale}.
     *
     * @param run a divisor of {@code columns}
     */
    record EightBit(int rows, int columns, byte[] codes, float[] scales, int run)
            implements InterleavedMatrix, StoredMatrix.Coded {
        /** Returns a matrix of zeros, to be filled by {@link #set}. */
        public static EightBit zeros(int rows, int columns, int run) {
            int room = superblocks(rows) * ROWS;
            int numbers = Math.multiplyExact(room, columns);
            return new EightBit(rows, columns, new byte[numbers], new float[numbers / run], run);
        }

        /** Writes the scale of a run and a code for each of its columns. */
        public void set(int row, int number, float scale, byte[] from, int at) {
            scales[place(row, number, columns / run)] = scale;
            for (int i = 0; i < run; i++) {
                codes[place(row, number * run + i, columns)] = from[at + i];
            }
        }

        private static int place(int row, int column, int columns) {
            return (row / ROWS * columns + column) * ROWS + row % ROWS;
        }

        /** Returns the scale of a run of a row. */
        public float scale(int row, int number) {
            return scales[place(row, number, columns / run)];
        }

        @Override
        public int code(int row, int column) {
            return codes[place(row, column, columns)];
        }

        @Override
        public float number(int row, int column) {
            return code(row, column) * scale(row, column / run);
        }
    }

    /**
     * Blocks of GGUF as they are, but for their order: a superblock holds block after block, of each the first word of every row, then the second, ... Scales
     * must be finite.
     *
     * @param columns a multiple of a block's numbers
     */
    record Blocks(BlockFormat format, int rows, int columns, int[] data) implements InterleavedMatrix {
        /** Returns a matrix with these blocks, which lie row after row. */
        public static Blocks of(BlockFormat format, int rows, int columns, byte[] blocks) {
            int length = Math.multiplyExact(superblocks(rows) * (columns / format.numbers()), format.words() * ROWS);
            Blocks result = new Blocks(format, rows, columns, new int[length]);
            int perRow = columns / format.numbers();
            for (int i = 0; i < rows * perRow; i++) {
                int place = result.at(i / perRow, i % perRow);
                for (int word = 0; word < format.words(); word++) {
                    result.data[place + word * ROWS] = format.word(blocks, i * format.bytes(), word);
                }
            }
            return result;
        }

        /** Where a row's part of a block begins. */
        int at(int row, int block) {
            return (row / ROWS * (columns / format.numbers()) + block) * (format.words() * ROWS) + row % ROWS;
        }

        /** Writes a block of a row as it lies in a file. */
        public void block(int row, int block, byte[] to, int at) {
            int place = at(row, block);
            for (int word = 0; word < format.words(); word++) {
                format.put(data[place + word * ROWS], word, to, at);
            }
        }

        @Override
        public float number(int row, int column) {
            float[] numbers = new float[format.numbers()];
            byte[] block = new byte[format.bytes()];
            block(row, column / format.numbers(), block, 0);
            format.unpack(block, 0, numbers, 0);
            return numbers[column % format.numbers()];
        }
    }
}
