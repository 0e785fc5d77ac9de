package luthier.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;

/** Reads the header of a GGUF file and checks where its tensors lie. Source: ggml's docs/gguf.md. */
final class GgufReader {
    private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    private static final String ALIGNMENT = "general.alignment";
    private static final int USUAL_ALIGNMENT = 32;
    private static final int MOST_AXES = 4;
    private static final int MOST_DEPTH = 2;
    private static final GgufKind[] KINDS = GgufKind.values();
    /** The least bytes of a key with its value, and of a tensor's entry. */
    private static final int LEAST_PAIR = 13;

    private static final int LEAST_ENTRY = 24;

    /** The types that are read, by their number. */
    private static final Map<Integer, StoredType> TYPES = Map.ofEntries(
            Map.entry(0, StoredType.F32),
            Map.entry(1, StoredType.F16),
            Map.entry(2, StoredType.Q4_0),
            Map.entry(3, StoredType.Q4_1),
            Map.entry(6, StoredType.Q5_0),
            Map.entry(7, StoredType.Q5_1),
            Map.entry(8, StoredType.Q8_0),
            Map.entry(10, StoredType.Q2_K),
            Map.entry(11, StoredType.Q3_K),
            Map.entry(12, StoredType.Q4_K),
            Map.entry(13, StoredType.Q5_K),
            Map.entry(14, StoredType.Q6_K),
            Map.entry(24, StoredType.I8),
            Map.entry(25, StoredType.I16),
            Map.entry(26, StoredType.I32),
            Map.entry(27, StoredType.I64),
            Map.entry(28, StoredType.F64),
            Map.entry(30, StoredType.BF16));

    private static final Map<Integer, String> NOT_READ = Map.ofEntries(
            Map.entry(15, "Q8_K"),
            Map.entry(16, "IQ2_XXS"),
            Map.entry(17, "IQ2_XS"),
            Map.entry(18, "IQ3_XXS"),
            Map.entry(19, "IQ1_S"),
            Map.entry(20, "IQ4_NL"),
            Map.entry(21, "IQ3_S"),
            Map.entry(22, "IQ2_S"),
            Map.entry(23, "IQ4_XS"),
            Map.entry(29, "IQ1_M"),
            Map.entry(34, "TQ1_0"),
            Map.entry(35, "TQ2_0"),
            Map.entry(39, "MXFP4"));

    private final GgufInput in;
    private final MappedFile file;

    private GgufReader(MappedFile file) throws IOException {
        this.file = file;
        in = new GgufInput(file);
    }

    static GgufHeader read(MappedFile file) throws IOException {
        return new GgufReader(file).header();
    }

    private GgufHeader header() throws IOException {
        int version = version();
        int tensors = in.count("tensors", LEAST_ENTRY);
        int pairs = in.count("metadata", LEAST_PAIR);
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        int alignment = USUAL_ALIGNMENT;
        for (int i = 0; i < pairs; i++) {
            long place = in.at();
            in.about("metadata key", "");
            String key = in.text();
            in.about("metadata", key);
            GgufKind kind = kind();
            GgufValue value = kind == GgufKind.LIST
                    ? items(1)
                    : kind == GgufKind.TEXT ? new GgufValue.Text(in.text()) : number(kind);
            if (metadata.put(key, value) != null) {
                throw in.error(place, "keys must differ; got this one twice");
            }
            if (key.equals(ALIGNMENT)) {
                alignment = alignment(place, value);
            }
        }
        List<GgufHeader.Entry> entries = entries(tensors);
        return new GgufHeader(version, metadata, placed(entries, alignment), in.length());
    }

    private int version() throws IOException {
        byte[] start = in.bytes((int) Math.min(in.length(), 4));
        if (start.length < 4 || (start[0] | start[1] << 8 | start[2] << 16 | start[3] << 24) != MAGIC) {
            throw in.error(
                    0,
                    "the file must begin with GGUF"
                            + OtherFormat.hint(file.bytes(0, (int) Math.min(in.length(), 64)), "GGUF"));
        }
        int version = in.int32();
        if (version != 2 && version != 3) {
            boolean turned = version != 0 && (version & 0xFFFF) == 0;
            throw in.error(
                    4,
                    turned
                            ? "the file must be little-endian; got a big-endian one of version "
                                    + Integer.reverseBytes(version) + "; convert it"
                            : "the version must be 2 or 3; got " + Integer.toUnsignedString(version));
        }
        return version;
    }

    private int alignment(long place, GgufValue value) {
        long alignment = value.whole().orElse(0L);
        if (alignment <= 0 || alignment % 8 != 0 || alignment > Integer.MAX_VALUE) {
            throw in.error(
                    place,
                    "must be a multiple of 8 above 0; got "
                            + (value instanceof GgufValue.Items
                                    ? "a list"
                                    : ModelFormatException.escape(value.toString())));
        }
        return (int) alignment;
    }

    // ---- metadata

    private GgufKind kind() throws IOException {
        long place = in.at();
        int kind = in.int32();
        if (kind < 0 || kind >= KINDS.length) {
            throw in.error(
                    place,
                    "the type must be from 0 to " + (KINDS.length - 1) + "; got " + Integer.toUnsignedString(kind));
        }
        return KINDS[kind];
    }

    private GgufValue number(GgufKind kind) throws IOException {
        long place = in.at();
        GgufValue value = in.number(kind == GgufKind.BOOL ? GgufKind.U8 : kind);
        if (kind != GgufKind.BOOL) {
            return value;
        }
        long truth = value.whole().orElseThrow();
        requireTruth(place, truth);
        return new GgufValue.Truth(truth == 1);
    }

    private void requireTruth(long place, long number) {
        if (number != 0 && number != 1) {
            throw in.error(place, "a truth value must be 0 or 1; got " + number);
        }
    }

    /** Reads a list; the depth of lists in lists is bounded, and so is this recursion. */
    private GgufValue.Items items(int depth) throws IOException {
        if (depth > MOST_DEPTH) {
            throw in.error("lists must be at most " + MOST_DEPTH + " deep");
        }
        GgufKind kind = kind();
        int size = in.count("values of a list", kind.bytes());
        if (kind != GgufKind.TEXT && kind != GgufKind.LIST) {
            return new GgufValue.Items(kind, size, numbers(kind, size));
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            values.add(kind == GgufKind.TEXT ? in.text() : items(depth + 1));
        }
        return new GgufValue.Items(kind, size, List.copyOf(values));
    }

    private ByteBuffer numbers(GgufKind kind, int size) throws IOException {
        long place = in.at();
        byte[] numbers = in.bytes(size * kind.bytes());
        for (int i = 0; kind == GgufKind.BOOL && i < size; i++) {
            requireTruth(place + i, numbers[i] & 0xFF);
        }
        return ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN);
    }

    // ---- tensors

    private List<GgufHeader.Entry> entries(int tensors) throws IOException {
        List<GgufHeader.Entry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tensors; i++) {
            long place = in.at();
            in.about("tensor's name", "");
            String name = in.text();
            in.about("tensor", name);
            if (!names.add(name)) {
                throw in.error(place, "names must differ; got this one twice");
            }
            long[] sizes = sizes();
            StoredType type = type();
            entries.add(new GgufHeader.Entry(name, type, shape(sizes, type), offset()));
        }
        return entries;
    }

    private long[] sizes() throws IOException {
        long place = in.at();
        int axes = in.int32();
        if (axes < 0 || axes > MOST_AXES) {
            throw in.error(place, "must have at most 4 axes; got " + Integer.toUnsignedString(axes));
        }
        long[] sizes = new long[axes];
        for (int i = axes - 1; i >= 0; i--) {
            place = in.at();
            sizes[i] = in.int64();
            if (sizes[i] <= 0) {
                throw in.error(place, "sizes must be 1 to 2^63 - 1; got " + Long.toUnsignedString(sizes[i]));
            }
        }
        return sizes;
    }

    private StoredType type() throws IOException {
        long place = in.at();
        int number = in.int32();
        StoredType type = TYPES.get(number);
        if (type == null) {
            String names =
                    TYPES.values().stream().sorted().map(StoredType::name).collect(Collectors.joining(", "));
            String known = NOT_READ.containsKey(number) ? ", " + NOT_READ.get(number) + ", which is not read here" : "";
            throw in.error(
                    place,
                    "the type must be one of " + names + "; got number " + Integer.toUnsignedString(number) + known);
        }
        return type;
    }

    private Shape shape(long[] sizes, StoredType type) {
        try {
            Shape shape = Shape.of(sizes);
            long row = sizes.length == 0 ? 1 : sizes[sizes.length - 1];
            if (row % type.elements() != 0) {
                throw in.error("rows of " + type + " must be whole blocks of " + type.elements() + "; got " + row);
            }
            Math.multiplyExact(shape.elementCount() / type.elements(), (long) type.bits());
            return shape;
        } catch (ShapeException | ArithmeticException e) {
            throw in.error("the bits of the data must be fewer than 2^63; got sizes " + Arrays.toString(sizes));
        }
    }

    private long offset() throws IOException {
        long place = in.at();
        long offset = in.int64();
        if (offset < 0) {
            throw in.error(place, "the data must lie in the file; got offset " + Long.toUnsignedString(offset));
        }
        return offset;
    }

    /** Returns the entries with their places in the file, which are aligned, within it and apart. */
    private List<GgufHeader.Entry> placed(List<GgufHeader.Entry> entries, int alignment) {
        long header = in.at();
        long data = header + (alignment - header % alignment) % alignment;
        List<GgufHeader.Entry> placed = new ArrayList<>();
        for (GgufHeader.Entry entry : entries) {
            in.about("tensor", entry.name());
            if (entry.start() % alignment != 0) {
                throw in.error("the offset of the data must be a multiple of the alignment, " + alignment + "; got "
                        + entry.start());
            }
            if (entry.start() > in.length() - data - entry.bytes()) {
                throw in.error("the data must lie in the file; got " + entry.bytes() + " bytes from " + data + " + "
                        + entry.start() + " on, in a file of " + in.length());
            }
            placed.add(new GgufHeader.Entry(entry.name(), entry.type(), entry.shape(), data + entry.start()));
        }
        requireApart(placed);
        return placed;
    }

    private void requireApart(List<GgufHeader.Entry> entries) {
        List<GgufHeader.Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(GgufHeader.Entry::start));
        for (int i = 1; i < sorted.size(); i++) {
            GgufHeader.Entry before = sorted.get(i - 1);
            GgufHeader.Entry entry = sorted.get(i);
            if (entry.start() < before.start() + before.bytes()) {
                in.about("tensor", entry.name());
                throw in.error(
                        entry.start(),
                        "data must not overlap; got bytes of " + ModelFormatException.escape(before.name()) + " too");
            }
        }
    }
}
