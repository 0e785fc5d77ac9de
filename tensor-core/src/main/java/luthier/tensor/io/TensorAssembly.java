package luthier.tensor.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** Puts one tensor together from the pieces of a file: takes elements in their stored form into the array that will be the tensor's. */
final class TensorAssembly {
    /** Pieces hold a multiple of this many bytes, so that no element of any type is cut. */
    static final int UNIT = 24;

    /** Bytes that are read at a time. */
    private static final int PIECE = UNIT << 20;

    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final StoredType type;
    private final Shape shape;
    private final Object array;
    private final Fault fault;
    private final float[] table;
    private int done;

    /** Makes the error of an element. */
    interface Fault {
        ModelFormatException error(long index, String rule);
    }

    /**
     * Makes room for a tensor of this type and shape.
     *
     * @throws ModelFormatException if it is too large for an array
     */
    TensorAssembly(StoredType type, Shape stored, Fault fault) {
        this.type = type;
        this.fault = fault;
        long count = stored.elementCount();
        if (count > MAX_ARRAY / (type == StoredType.C64 ? 2 : 1)) {
            throw fault.error(0, "a tensor of " + count + " elements does not fit a Java array");
        }
        shape = type == StoredType.C64 ? paired(stored, fault) : stored;
        int n = (int) count * (type == StoredType.C64 ? 2 : 1);
        array = switch (type.readAs()) {
            case F64 -> new double[n];
            case F32 -> new float[n];
            case I64 -> new long[n];
            case I32 -> new int[n];
            case F16, BF16 -> new short[n];
            case I8, U8, BOOL -> new byte[n];
        };
        table = type.bits() <= 8 && type.readAs() == DType.F32 ? type.table() : new float[0];
    }

    private static Shape paired(Shape stored, Fault fault) {
        long[] sizes = Arrays.copyOf(stored.toArray(), stored.rank() + 1);
        sizes[stored.rank()] = 2;
        try {
            return Shape.of(sizes);
        } catch (ShapeException overflow) {
            throw fault.error(0, "twice the product of the sizes must be below 2^63; got " + stored);
        }
    }

    /** Reads a tensor's data at a place of a file's content, little-endian. */
    static Tensor read(MemorySegment content, StoredTensor tensor, long start, String source) {
        TensorAssembly assembly = new TensorAssembly(
                tensor.type(),
                tensor.shape(),
                (index, rule) -> new ModelFormatException(
                        source,
                        start + index * tensor.type().bits() / 8,
                        ModelFormatException.escape(tensor.name()) + ": " + rule));
        for (long done = 0; done < tensor.bytes(); done += PIECE) {
            assembly.take(content.asSlice(start + done, Math.min(PIECE, tensor.bytes() - done))
                    .asByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN));
        }
        return assembly.tensor();
    }

    Tensor tensor() {
        return Tensor.wrap(type.readAs(), array, shape);
    }

    /** Takes the elements of a piece, in the piece's byte order. */
    void take(ByteBuffer piece) {
        int bytes = piece.remaining();
        int n = (int) (bytes * 8L / type.bits());
        if (type == StoredType.C64) {
            n *= 2;
        }
        switch (array) {
            case double[] a -> piece.asDoubleBuffer().get(a, done, n);
            case float[] a -> {
                if (type == StoredType.F32 || type == StoredType.C64) {
                    piece.asFloatBuffer().get(a, done, n);
                } else {
                    small(piece, a, n);
                }
            }
            case long[] a -> longs(piece, a, n);
            case int[] a -> ints(piece, a, n);
            case short[] a -> piece.asShortBuffer().get(a, done, n);
            default -> bytes(piece, (byte[]) array, n);
        }
        done += n;
    }

    private void longs(ByteBuffer piece, long[] a, int n) {
        if (type == StoredType.U32) {
            for (int i = 0; i < n; i++) {
                a[done + i] = Integer.toUnsignedLong(piece.getInt());
            }
            return;
        }
        piece.asLongBuffer().get(a, done, n);
        for (int i = done; type == StoredType.U64 && i < done + n; i++) {
            if (a[i] < 0) {
                throw fault.error(
                        i, "U64 must be at most 2^63 - 1 to be read as I64; got " + Long.toUnsignedString(a[i]));
            }
        }
    }

    private void ints(ByteBuffer piece, int[] a, int n) {
        switch (type) {
            case I32 -> piece.asIntBuffer().get(a, done, n);
            case I16 -> {
                for (int i = 0; i < n; i++) {
                    a[done + i] = piece.getShort();
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    a[done + i] = Short.toUnsignedInt(piece.getShort());
                }
            }
        }
    }

    private void bytes(ByteBuffer piece, byte[] a, int n) {
        piece.get(a, done, n);
        for (int i = done; type == StoredType.BOOL && i < done + n; i++) {
            if ((a[i] & 0xFE) != 0) {
                throw fault.error(i, "BOOL must be 0 or 1; got " + Byte.toUnsignedInt(a[i]));
            }
        }
    }

    private void small(ByteBuffer piece, float[] a, int n) {
        int width = type.bits();
        int held = 0;
        int heldBits = 0;
        for (int i = 0; i < n; i++) {
            if (heldBits < width) {
                held |= Byte.toUnsignedInt(piece.get()) << heldBits;
                heldBits += 8;
            }
            a[done + i] = table[held & (1 << width) - 1];
            held >>>= width;
            heldBits -= width;
        }
    }
}
