package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlockCopyTest {
    /** Rows and columns around the sizes of squares and tiles; dense, transposed, reversed and repeated sources. */
    static Stream<Block> blocks() {
        int[] sizes = {1, 2, 7, 8, 9, 16, 17, 33};
        return Arrays.stream(sizes)
                .boxed()
                .flatMap(rows -> Arrays.stream(sizes)
                        .boxed()
                        .flatMap(columns -> Stream.of(
                                new Block(3, columns + 1, 1, 2, columns + 2, 1, rows, columns),
                                new Block(3, 1, rows + 1, 2, columns + 2, 1, rows, columns),
                                new Block(3 + rows, -1, rows + 1, 2, columns, 1, rows, columns),
                                new Block(3 + rows * columns, -columns, -1, 2, 2 * columns, 2, rows, columns),
                                new Block(3, 0, 1, 2, columns, 1, rows, columns),
                                new Block(3, 1, 0, 2, 1, rows, rows, columns))));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyKindOfArrayIsMovedByTheDefinition(Block b) {
        int n = 3000;
        float[] floats = new float[n];
        double[] doubles = new double[n];
        long[] longs = new long[n];
        int[] ints = new int[n];
        short[] shorts = new short[n];
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            int bits = (int) Threefry.encrypt(9, i);
            // Patterns of NaN survive too.
            floats[i] = Float.intBitsToFloat(i == 5 ? 0x7FC12345 : i);
            doubles[i] = bits;
            longs[i] = bits;
            ints[i] = bits;
            shorts[i] = (short) bits;
            bytes[i] = (byte) bits;
        }
        int[] expected = new int[n];
        float[] expectedFloats = new float[n];
        for (int i = 0; i < b.rows(); i++) {
            for (int j = 0; j < b.columns(); j++) {
                expected[b.to(i, j)] = ints[b.from(i, j)];
                expectedFloats[b.to(i, j)] = floats[b.from(i, j)];
            }
        }
        assertArrayEquals(expectedFloats, moved(floats, new float[n], b));
        assertArrayEquals(expected, moved(ints, new int[n], b));
        double[] movedDoubles = moved(doubles, new double[n], b);
        long[] movedLongs = moved(longs, new long[n], b);
        short[] movedShorts = moved(shorts, new short[n], b);
        byte[] movedBytes = moved(bytes, new byte[n], b);
        for (int i = 0; i < n; i++) {
            assertEquals(expected[i], movedDoubles[i]);
            assertEquals(expected[i], movedLongs[i]);
            assertEquals((short) expected[i], movedShorts[i]);
            assertEquals((byte) expected[i], movedBytes[i]);
        }
    }

    private static <A> A moved(A from, A to, Block b) {
        BlockCopy.copy(from, to, b);
        return to;
    }
}
