package luthier.tensor.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Numpy's npy format, versions 1.0, 2.0 and 3.0: one array a file, of either byte order, in C's or Fortran's layout. Read are
 * {@code b1 i1 u1 i4 i8 f2 f4 f8} as BOOL, I8, U8, I32, I64, F16, F32, F64; {@code i2 u2} as I32; {@code u4 u8} as I64 (a number above 2^63 - 1
 * is an error); {@code c8} as F32 with a last axis of 2. Anything else is refused, arrays of Python objects by name: they hold a
 * pickle, which is code. The tensors are row-major whatever the file's layout.
 *
 * <p>The format: <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>.
 */
public final class Npy {
    private static final int ALIGNMENT = 64;
    private static final int PIECE = TensorAssembly.UNIT << 11;

    private Npy() {}

    /**
     * Reads an array.
     *
     * {@snippet :
     * Path file = Files.createTempFile("x", ".npy");
     * Npy.write(file, Tensor.of(new double[] {1, 2}, 2, 1));
     * Npy.read(file); // F64[2, 1][1.0, 2.0]
     * }
     *
     * @throws IOException if the file cannot be read
     * @throws ModelFormatException if it breaks a rule of the format
     */
    public static Tensor read(Path file) throws IOException {
        long size = Files.size(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return read(in, size, file.toString());
        }
    }

    /** Reads an array off a stream that must hold exactly {@code size} bytes. */
    static Tensor read(InputStream in, long size, String source) throws IOException {
        NpyHeader.Layout layout = NpyHeader.read(in, size, source);
        requireSize(layout, size, source);
        boolean reversed = layout.fortran() && layout.shape().rank() > 1;
        int width = layout.type().bits() / 8;
        TensorAssembly assembly = new TensorAssembly(
                layout.type(),
                reversed ? reversed(layout.shape()) : layout.shape(),
                (index, rule) -> new ModelFormatException(source, layout.bytes() + index * width, rule));
        byte[] piece = new byte[(int) Math.min(PIECE, layout.dataBytes())];
        for (long left = layout.dataBytes(); left > 0; ) {
            int part = (int) Math.min(piece.length, left);
            if (in.readNBytes(piece, 0, part) < part) {
                throw new ModelFormatException(
                        source, size - left, "the file must not become shorter while it is read");
            }
            assembly.take(ByteBuffer.wrap(piece, 0, part).order(layout.order()));
            left -= part;
        }
        Tensor tensor = assembly.tensor();
        return reversed ? unreversed(tensor, layout.shape().rank()) : tensor;
    }

    static void requireSize(NpyHeader.Layout layout, long size, String source) {
        long expected = layout.bytes() + layout.dataBytes();
        if (expected != size) {
            throw new ModelFormatException(
                    source,
                    layout.bytes(),
                    "the data must be " + layout.dataBytes() + " bytes for " + layout.type() + " " + layout.shape()
                            + " and end where the file ends; got " + (size - layout.bytes()) + " bytes");
        }
    }

    private static Shape reversed(Shape shape) {
        long[] sizes = new long[shape.rank()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = shape.size(sizes.length - 1 - i);
        }
        return Shape.of(sizes);
    }

    /** Turns the first {@code rank} axes round; a last axis of complex numbers stays. */
    private static Tensor unreversed(Tensor tensor, int rank) {
        int[] order = new int[tensor.rank()];
        Arrays.setAll(order, i -> i < rank ? rank - 1 - i : i);
        return tensor.permute(order).contiguous();
    }

    /**
     * Writes an array, little-endian in C's layout, in version 1.0 as numpy does: the same tensor always gives the same bytes. The file
     * appears whole or not at all.
     *
     * {@snippet :
     * Path file = Files.createTempFile("x", ".npy");
     * Npy.write(file, Tensor.of(new int[] {1, 2, 3}, 3));
     * Files.size(file); // 140
     * }
     *
     * @throws IOException if it cannot be written
     * @throws DTypeException for BF16, which numpy does not have
     */
    public static void write(Path file, Tensor tensor) throws IOException {
        byte[] header = header(tensor);
        AtomicFiles.write(file, channel -> {
            SafetensorsWriter.writeFully(channel, ByteBuffer.wrap(header));
            SafetensorsWriter.write(channel, tensor);
        });
    }

    static byte[] header(Tensor tensor) {
        String descr = switch (tensor.dtype()) {
            case F64 -> "<f8";
            case F32 -> "<f4";
            case F16 -> "<f2";
            case I64 -> "<i8";
            case I32 -> "<i4";
            case I8 -> "|i1";
            case U8 -> "|u1";
            case BOOL -> "|b1";
            case BF16 ->
                throw new DTypeException(
                        "npy: numpy's types are F64, F32, F16, I64, I32, I8, U8 and BOOL; got BF16; convert with to("
                                + DType.F32 + ")");
        };
        String sizes = Arrays.stream(tensor.shape().toArray())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "(", tensor.rank() == 1 ? ",)" : ")"));
        String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + sizes + ", }";
        int length = (10 + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] padded = (text + " ".repeat(length - 10 - text.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) padded.length)
                .put(padded)
                .array();
    }
}
