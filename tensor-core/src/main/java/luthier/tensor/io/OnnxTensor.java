package luthier.tensor.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * One tensor of an ONNX file, the message TensorProto: sizes, a type, and the numbers as raw bytes, as a list of the type's kind, or in
 * another file. The fields may come in any order.
 */
final class OnnxTensor {
    private static final int MAX_RANK = 64;
    private static final int SIZES = 1;
    private static final int TYPE = 2;
    private static final int FLOATS = 4;
    private static final int INTS = 5;
    private static final int STRINGS = 6;
    private static final int LONGS = 7;
    private static final int NAME = 8;
    private static final int RAW = 9;
    private static final int DOUBLES = 10;
    private static final int UNSIGNED = 11;
    private static final int EXTERNAL = 13;
    private static final int LOCATION = 14;

    /** By the number of the type in the file, null where there is none that can be read. */
    private static final StoredType[] TYPES = {
        null,
        StoredType.F32,
        StoredType.U8,
        StoredType.I8,
        StoredType.U16,
        StoredType.I16,
        StoredType.I32,
        StoredType.I64,
        null,
        StoredType.BOOL,
        StoredType.F16,
        StoredType.F64,
        StoredType.U32,
        StoredType.U64,
        StoredType.C64,
        null,
        StoredType.BF16,
        StoredType.F8_E4M3,
        StoredType.F8_E4M3FNUZ,
        StoredType.F8_E5M2,
        StoredType.F8_E5M2FNUZ,
        null,
        null,
        null,
        StoredType.F8_E8M0
    };

    private final long[] sizes = new long[MAX_RANK];
    private final Map<Integer, ByteArrayOutputStream> data = new TreeMap<>();
    private final Map<String, String> external = new LinkedHashMap<>();
    private int rank;
    private long type;
    private boolean outside;
    private String name = "";

    /** Reads the numbers of tensors that lie in another file. */
    interface Outside {
        /** Returns the bytes that {@code location}, {@code offset} and {@code length} speak of. */
        ByteBuffer bytes(Map<String, String> entries, long length, ProtobufReader reader, String tensor)
                throws IOException;
    }

    String name() {
        return name;
    }

    /** Reads the fields of the message. */
    void read(ProtobufReader reader) throws IOException {
        while (reader.next()) {
            switch (reader.field()) {
                case SIZES -> readSizes(reader);
                case TYPE -> type = reader.varint();
                case FLOATS, INTS, STRINGS, LONGS, RAW, DOUBLES, UNSIGNED -> {
                    ByteArrayOutputStream bytes =
                            data.computeIfAbsent(reader.field(), field -> new ByteArrayOutputStream());
                    reader.copy(bytes);
                }
                case NAME -> name = reader.string();
                case EXTERNAL -> reader.message(this::readEntry);
                case LOCATION -> outside |= reader.varint() == 1;
                default -> reader.skip();
            }
        }
    }

    private void readEntry(ProtobufReader reader) throws IOException {
        String key = "";
        String value = "";
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> key = reader.string();
                case 2 -> value = reader.string();
                default -> reader.skip();
            }
        }
        external.put(key, value);
    }

    /** Reads one size, or several packed ones. */
    private void readSizes(ProtobufReader reader) throws IOException {
        if (reader.wireType() == ProtobufReader.VARINT) {
            addSize(reader);
            return;
        }
        reader.message(packed -> {
            while (packed.more()) {
                addSize(packed);
            }
        });
    }

    private void addSize(ProtobufReader reader) throws IOException {
        if (rank == MAX_RANK) {
            throw reader.error("a tensor must have at most " + MAX_RANK + " axes");
        }
        sizes[rank++] = reader.varint();
    }

    /**
     * Returns the tensor, in the type it is stored in.
     *
     * @param shown the name for errors
     */
    Tensor tensor(ProtobufReader reader, String shown, Optional<Outside> files) throws IOException {
        StoredType stored = type > 0 && type < TYPES.length ? TYPES[(int) type] : null;
        if (stored == null) {
            throw reader.error(shown + ": weights must be numbers of a known type (1 float, 10 float16, 16 bfloat16, 11"
                    + " double, 6 int32, 7 int64 ..); got type " + type);
        }
        Shape shape = shape(reader, shown);
        long length = shape.elementCount() * stored.bits() / 8;
        ByteBuffer bytes = outside || !external.isEmpty()
                ? outside(files, reader, shown).bytes(external, length, reader, shown)
                : ByteBuffer.wrap(numbers(stored, reader, shown));
        if (bytes.remaining() != length) {
            throw reader.error(shown + ": " + stored + " of shape " + shape + " must fill " + length + " bytes; got "
                    + bytes.remaining());
        }
        TensorAssembly assembly =
                new TensorAssembly(stored, shape, (index, rule) -> reader.error(shown + "[" + index + "]: " + rule));
        assembly.take(bytes.order(ByteOrder.LITTLE_ENDIAN));
        return assembly.tensor();
    }

    private static Outside outside(Optional<Outside> files, ProtobufReader reader, String shown) {
        return files.orElseThrow(() -> reader.error(
                shown + ": the numbers lie in a second file, which a stream cannot open; read the model by its path"));
    }

    private Shape shape(ProtobufReader reader, String shown) {
        long[] given = Arrays.copyOf(sizes, rank);
        try {
            Shape shape = Shape.of(given);
            // In bytes it must not overflow either.
            Math.multiplyExact(shape.elementCount(), 64L);
            return shape;
        } catch (ShapeException | ArithmeticException overflow) {
            throw reader.error(shown + ": sizes must not be negative and their product be below 2^63; got "
                    + Arrays.toString(given));
        }
    }

    /** Returns the numbers as the raw form has them, whatever form they came in. */
    private byte[] numbers(StoredType stored, ProtobufReader reader, String shown) {
        if (data.isEmpty()) {
            return new byte[0];
        }
        int field = data.size() == 1 ? data.keySet().iterator().next() : -1;
        byte[] bytes = data.size() == 1 ? data.values().iterator().next().toByteArray() : new byte[0];
        int list = switch (stored) {
            case F32, C64 -> FLOATS;
            case F64 -> DOUBLES;
            case I64 -> LONGS;
            case U32, U64 -> UNSIGNED;
            default -> INTS;
        };
        if (field == RAW || field == list && (list == FLOATS || list == DOUBLES)) {
            return bytes;
        }
        if (field != list) {
            throw reader.error(shown + ": the numbers of " + stored + " must be in field " + RAW + " or " + list
                    + " alone; got fields " + data.keySet());
        }
        return packed(bytes, stored.bits() / 8, reader);
    }

    /** Turns numbers of variable length into ones of a width. */
    private static byte[] packed(byte[] varints, int width, ProtobufReader reader) {
        int count = 0;
        for (byte b : varints) {
            count += b >= 0 ? 1 : 0;
        }
        ByteBuffer result =
                ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
        long value = 0;
        int shift = 0;
        for (byte b : varints) {
            value |= (b & 0x7FL) << shift;
            shift += 7;
            if (b < 0 && shift >= 70) {
                throw reader.error("a number of variable length must end within ten bytes");
            }
            if (b >= 0) {
                for (int i = 0; i < width; i++) {
                    result.put((byte) (value >> 8 * i));
                }
                value = 0;
                shift = 0;
            }
        }
        if (shift != 0) {
            throw reader.error("a number of variable length must end inside its field");
        }
        return result.array();
    }
}
