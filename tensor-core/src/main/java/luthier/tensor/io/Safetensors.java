package luthier.tensor.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * The safetensors format: 8 bytes little-endian header length, a JSON header, the tensors' bytes. The reader is strict: no
 * duplicate names, no unknown fields, no holes or overlaps, and the data end exactly at the file's end. The writer is atomic: a
 * temporary file in the same folder, forced to disk, then renamed; and reproducible: tensors by type (widest first) and name.
 *
 * <p>F32, F64, I64, I32 and BOOL are read as they are; F16 and BF16 become F32, and U8, I8, I16 become I32, all exactly.
 */
public final class Safetensors {
    private static final long MAX_HEADER = 100_000_000;
    private static final int MAX_RANK = 64;
    private static final int PIECE = 1 << 16;
    private static final String METADATA = "__metadata__";

    private Safetensors() {}

    private record Entry(String name, String dtype, Shape shape, long begin, long end, long place) {}

    /**
     * Reads all tensors, in the order of their data.
     *
     * @throws IOException if the file cannot be read
     * @throws ModelFormatException if it breaks a rule of the format
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            String source = file.toString();
            JsonObject header = header(channel, source);
            long dataStart = channel.position();
            List<Entry> entries = entries(header, source, channel.size() - dataStart);
            Map<String, Tensor> result = new LinkedHashMap<>();
            for (Entry entry : entries) {
                result.put(entry.name(), tensor(channel, entry, source, dataStart));
            }
            return result;
        }
    }

    /**
     * Reads the free texts beside the tensors.
     *
     * @throws IOException if the file cannot be read
     * @throws ModelFormatException if its header breaks a rule of the format
     */
    public static Map<String, String> readMetadata(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return metadata(header(channel, file.toString()));
        }
    }

    private static JsonObject header(FileChannel channel, String source) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw new ModelFormatException(source, 0, "a safetensors file has at least 8 bytes; got " + size);
        }
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, length, source);
        long headerLength = length.getLong(0);
        if (headerLength < 2 || headerLength > MAX_HEADER) {
            throw new ModelFormatException(
                    source,
                    0,
                    "the header's length must be 2 to " + MAX_HEADER + " bytes; got "
                            + Long.toUnsignedString(headerLength) + hint(length.array()));
        }
        if (headerLength > size - 8) {
            throw new ModelFormatException(
                    source, 0, "the header must lie inside the file; got " + headerLength + " bytes of " + (size - 8));
        }
        ByteBuffer header = ByteBuffer.allocate((int) headerLength);
        readFully(channel, header, source);
        return Json.parse(header.array(), source).asObject();
    }

    private static String hint(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (text.startsWith("version ")) {
            return "; this is a Git LFS pointer: fetch the file itself";
        }
        if (text.startsWith("PK\u0003\u0004")) {
            return "; this is a zip (a PyTorch .bin?), not safetensors";
        }
        return text.startsWith("<") ? "; this is a web page, not safetensors" : "";
    }

    private static Map<String, String> metadata(JsonObject header) {
        Map<String, String> result = new LinkedHashMap<>();
        JsonValue given = header.members().get(METADATA);
        if (given != null) {
            given.asObject().members().forEach((key, value) -> result.put(key, value.asString()));
        }
        return result;
    }

    private static List<Entry> entries(JsonObject header, String source, long dataSize) {
        metadata(header);
        List<Entry> entries = new ArrayList<>();
        header.members().forEach((name, value) -> {
            if (!name.equals(METADATA)) {
                entries.add(entry(name, value.asObject(), source));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long expected = 0;
        for (Entry entry : entries) {
            if (entry.begin() != expected) {
                throw new ModelFormatException(
                        source,
                        entry.place(),
                        "tensors must lie one after the other; got " + ModelFormatException.escape(entry.name())
                                + " at " + entry.begin() + " instead of " + expected);
            }
            expected = entry.end();
        }
        if (expected != dataSize) {
            throw new ModelFormatException(
                    source,
                    8,
                    "the tensors must end where the file ends; got " + expected + " bytes of tensors and " + dataSize
                            + " bytes of data" + (dataSize < expected ? "; the file is cut off" : ""));
        }
        return entries;
    }

    private static Entry entry(String name, JsonObject fields, String source) {
        long place = fields.place().offset();
        String shown = ModelFormatException.escape(name);
        for (String field : fields.members().keySet()) {
            if (!List.of("dtype", "shape", "data_offsets").contains(field)) {
                throw new ModelFormatException(
                        source, place, shown + ": unknown field \"" + ModelFormatException.escape(field) + "\"");
            }
        }
        String dtype = fields.get("dtype").asString();
        List<JsonValue> sizes = fields.get("shape").asList();
        if (sizes.size() > MAX_RANK) {
            throw new ModelFormatException(
                    source, place, shown + ": at most " + MAX_RANK + " axes are allowed; got " + sizes.size());
        }
        long[] shape = sizes.stream().mapToLong(size -> offset(size)).toArray();
        List<JsonValue> offsets = fields.get("data_offsets").asList();
        if (offsets.size() != 2) {
            throw new ModelFormatException(source, place, shown + ": data_offsets must be two numbers");
        }
        long begin = offset(offsets.get(0));
        long end = offset(offsets.get(1));
        long bytes = bytes(dtype, shape, shown, source, place);
        if (end < begin || end - begin != bytes) {
            throw new ModelFormatException(
                    source,
                    place,
                    shown + ": data_offsets must span the tensor's " + bytes + " bytes; got " + begin + " to " + end);
        }
        return new Entry(name, dtype, Shape.of(shape), begin, end, place);
    }

    private static long offset(JsonValue value) {
        if (value instanceof JsonValue.JsonNumber number && number.text().matches("0|[1-9][0-9]{0,18}")) {
            try {
                return Long.parseLong(number.text());
            } catch (NumberFormatException tooLarge) {
                throw value.place().error("must be below 2^63; got " + number.text());
            }
        }
        throw value.place().error("must be a whole number, not negative, without point or exponent");
    }

    private static long bytes(String dtype, long[] shape, String name, String source, long place) {
        long product = elementBytes(dtype, name, source, place);
        boolean empty = Arrays.stream(shape).anyMatch(size -> size == 0);
        try {
            for (long size : shape) {
                product = Math.multiplyExact(product, Math.max(size, 1));
            }
        } catch (ArithmeticException overflow) {
            throw new ModelFormatException(source, place, name + ": the tensor's size in bytes must be below 2^63");
        }
        return empty ? 0 : product;
    }

    private static int elementBytes(String dtype, String name, String source, long place) {
        return switch (dtype) {
            case "F64", "I64" -> 8;
            case "F32", "I32" -> 4;
            case "F16", "BF16", "I16" -> 2;
            case "I8", "U8", "BOOL" -> 1;
            default ->
                throw new ModelFormatException(
                        source,
                        place,
                        name + ": dtype must be F32, F64, F16, BF16, I64, I32, I16, I8, U8 or BOOL; got "
                                + ModelFormatException.escape(dtype));
        };
    }

    private static Tensor tensor(FileChannel channel, Entry entry, String source, long dataStart) throws IOException {
        int width = elementBytes(entry.dtype(), entry.name(), source, entry.place());
        long count = (entry.end() - entry.begin()) / width;
        if (count > Integer.MAX_VALUE - 8) {
            throw new ModelFormatException(
                    source,
                    entry.place(),
                    ModelFormatException.escape(entry.name()) + ": a tensor of " + count
                            + " elements does not fit a Java array");
        }
        Sink sink = sink(entry.dtype(), (int) count, entry, source, dataStart);
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(PIECE, entry.end() - entry.begin()))
                .order(ByteOrder.LITTLE_ENDIAN);
        channel.position(dataStart + entry.begin());
        int done = 0;
        while (done < count) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), (count - done) * width));
            readFully(channel, buffer, source);
            int part = buffer.flip().remaining() / width;
            for (int i = 0; i < part; i++) {
                sink.take(buffer, done + i);
            }
            done += part;
        }
        return Tensor.wrap(sink.array(), entry.shape());
    }

    /** Takes element by element out of a buffer into an array. */
    private interface Sink {
        void take(ByteBuffer from, int index);

        Object array();
    }

    private record ArraySink(Object array, Taker taker) implements Sink {
        @Override
        public void take(ByteBuffer from, int index) {
            taker.take(from, index);
        }
    }

    private interface Taker {
        void take(ByteBuffer from, int index);
    }

    private static Sink sink(String dtype, int count, Entry entry, String source, long dataStart) {
        return switch (dtype) {
            case "F64" -> {
                double[] a = new double[count];
                yield new ArraySink(a, (from, i) -> a[i] = from.getDouble());
            }
            case "I64" -> {
                long[] a = new long[count];
                yield new ArraySink(a, (from, i) -> a[i] = from.getLong());
            }
            case "F32" -> {
                float[] a = new float[count];
                yield new ArraySink(a, (from, i) -> a[i] = from.getFloat());
            }
            case "F16" -> {
                float[] a = new float[count];
                yield new ArraySink(a, (from, i) -> a[i] = Float.float16ToFloat(from.getShort()));
            }
            case "BF16" -> {
                float[] a = new float[count];
                yield new ArraySink(a, (from, i) -> a[i] = Float.intBitsToFloat(from.getShort() << 16));
            }
            case "I32" -> {
                int[] a = new int[count];
                yield new ArraySink(a, (from, i) -> a[i] = from.getInt());
            }
            case "I16" -> {
                int[] a = new int[count];
                yield new ArraySink(a, (from, i) -> a[i] = from.getShort());
            }
            case "I8" -> {
                int[] a = new int[count];
                yield new ArraySink(a, (from, i) -> a[i] = from.get());
            }
            case "U8" -> {
                int[] a = new int[count];
                yield new ArraySink(a, (from, i) -> a[i] = from.get() & 0xFF);
            }
            default -> {
                byte[] a = new byte[count];
                yield new ArraySink(a, (from, i) -> {
                    a[i] = from.get();
                    if (a[i] != 0 && a[i] != 1) {
                        throw new ModelFormatException(
                                source,
                                dataStart + entry.begin() + i,
                                ModelFormatException.escape(entry.name()) + ": BOOL must be 0 or 1; got " + a[i]);
                    }
                });
            }
        };
    }

    private static void readFully(FileChannel channel, ByteBuffer buffer, String source) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException(source + ": the file became shorter while it was read");
            }
        }
    }

    // ---- writing
    // --------------------------------------------------------------------------------------------------------

    /**
     * Writes tensors and free texts; the same content always gives the same bytes. The file appears whole or not at all, and an
     * old one of that name stays until then.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        List<String> names = new ArrayList<>(tensors.keySet());
        names.sort(Comparator.<String>comparingInt(
                        name -> -get(tensors, name).dtype().bytes())
                .thenComparing(name -> get(tensors, name).dtype())
                .thenComparing(Comparator.naturalOrder()));
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put(METADATA, new TreeMap<>(metadata));
        }
        long at = 0;
        for (String name : names) {
            Tensor tensor = get(tensors, name);
            long end = at + tensor.elementCount() * tensor.dtype().bytes();
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", tensor.dtype().name());
            entry.put("shape", Arrays.stream(tensor.shape().toArray()).boxed().toList());
            entry.put("data_offsets", List.of(at, end));
            header.put(name, entry);
            at = end;
        }
        byte[] json = Json.of(header).toJson(0).getBytes(StandardCharsets.UTF_8);
        int padding = (8 - json.length % 8) % 8;
        Path absolute = file.toAbsolutePath();
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer start =
                        ByteBuffer.allocate(8 + json.length + padding).order(ByteOrder.LITTLE_ENDIAN);
                start.putLong(json.length + padding).put(json);
                while (start.hasRemaining()) {
                    start.put((byte) ' ');
                }
                writeFully(channel, start.flip());
                for (String name : names) {
                    write(channel, get(tensors, name));
                }
                channel.force(true);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Tensor get(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private static void write(FileChannel channel, Tensor tensor) throws IOException {
        int n = (int) tensor.elementCount();
        ByteBuffer buffer = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
        Source source = source(tensor);
        for (int i = 0; i < n; i++) {
            if (buffer.remaining() < 8) {
                writeFully(channel, buffer.flip());
                buffer.clear();
            }
            source.put(buffer, i);
        }
        writeFully(channel, buffer.flip());
    }

    private interface Source {
        void put(ByteBuffer to, int index);
    }

    private static Source source(Tensor tensor) {
        return switch (tensor.dtype()) {
            case F32 -> {
                float[] a = tensor.toFloatArray();
                yield (to, i) -> to.putInt(Float.floatToRawIntBits(a[i]));
            }
            case F64 -> {
                double[] a = tensor.toDoubleArray();
                yield (to, i) -> to.putLong(Double.doubleToRawLongBits(a[i]));
            }
            case I64 -> {
                long[] a = tensor.toLongArray();
                yield (to, i) -> to.putLong(a[i]);
            }
            case I32 -> {
                long[] a = tensor.toLongArray();
                yield (to, i) -> to.putInt((int) a[i]);
            }
            case BOOL -> {
                boolean[] a = tensor.toBooleanArray();
                yield (to, i) -> to.put(a[i] ? (byte) 1 : 0);
            }
            case I8, U8 -> {
                long[] a = tensor.toLongArray();
                yield (to, i) -> to.put((byte) a[i]);
            }
            case F16 -> {
                float[] a = tensor.toFloatArray();
                yield (to, i) -> to.putShort(Float.floatToFloat16(a[i]));
            }
            case BF16 -> {
                float[] a = tensor.toFloatArray();
                yield (to, i) -> to.putShort((short) (Float.floatToRawIntBits(a[i]) >>> 16));
            }
        };
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
