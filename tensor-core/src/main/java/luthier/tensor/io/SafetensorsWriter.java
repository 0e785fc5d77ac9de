package luthier.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import luthier.tensor.Tensor;

/** Writes safetensors in one form: metadata first and sorted, tensors by width and name, the header padded with spaces to 8 bytes. */
final class SafetensorsWriter {
    private static final int PIECE = 1 << 16;

    private SafetensorsWriter() {}

    static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        List<String> names = sorted(tensors);
        byte[] header = header(names, tensors, metadata);
        AtomicFiles.write(file, channel -> write(channel, header, names, tensors));
    }

    static void write(WritableByteChannel channel, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        List<String> names = sorted(tensors);
        write(channel, header(names, tensors, metadata), names, tensors);
    }

    private static void write(
            WritableByteChannel channel, byte[] header, List<String> names, Map<String, Tensor> tensors)
            throws IOException {
        ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
        writeFully(channel, start.putLong(header.length).put(header).flip());
        for (String name : names) {
            write(channel, get(tensors, name));
        }
    }

    /** Writes shards of at most so many bytes of tensors, then the index that names them, and returns the index's file. */
    static Path writeSharded(Path folder, Map<String, Tensor> tensors, Map<String, String> metadata, long maxShardBytes)
            throws IOException {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("writeSharded: a shard must hold at least 1 byte; got " + maxShardBytes);
        }
        List<Map<String, Tensor>> shards = new ArrayList<>();
        shards.add(new LinkedHashMap<>());
        long filled = 0;
        long total = 0;
        for (String name : sorted(tensors)) {
            long bytes = bytes(get(tensors, name));
            if (filled > 0 && filled + bytes > maxShardBytes) {
                shards.add(new LinkedHashMap<>());
                filled = 0;
            }
            shards.getLast().put(name, get(tensors, name));
            filled += bytes;
            total += bytes;
        }
        Map<String, String> places = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String shard = String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size());
            write(folder.resolve(shard), shards.get(i), metadata);
            shards.get(i).keySet().forEach(name -> places.put(name, shard));
        }
        Map<String, Object> index =
                new TreeMap<>(Map.of("metadata", Map.of("total_size", total), "weight_map", places));
        byte[] json = (Json.of(index).toJson(2) + "\n").getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(Shards.INDEX);
        AtomicFiles.write(file, channel -> writeFully(channel, ByteBuffer.wrap(json)));
        return file;
    }

    private static List<String> sorted(Map<String, Tensor> tensors) {
        List<String> names = new ArrayList<>(tensors.keySet());
        names.sort(Comparator.<String>comparingInt(
                        name -> -get(tensors, name).dtype().bytes())
                .thenComparing(name -> get(tensors, name).dtype())
                .thenComparing(Comparator.naturalOrder()));
        return names;
    }

    private static byte[] header(List<String> names, Map<String, Tensor> tensors, Map<String, String> metadata) {
        StringBuilder text = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            metadata.forEach((key, value) -> {
                requireText(key);
                requireText(value);
            });
            JsonWriter.quote(SafetensorsHeader.METADATA, text);
            text.append(':').append(Json.of(new TreeMap<>(metadata)).toJson(0));
        }
        long at = 0;
        for (String name : names) {
            Tensor tensor = get(tensors, name);
            requireName(name, tensor);
            long end = at + bytes(tensor);
            text.append(text.length() > 1 ? "," : "");
            JsonWriter.quote(name, text);
            text.append(":{\"dtype\":\"").append(tensor.dtype()).append("\",\"shape\":");
            text.append(tensor.shape().toString().replace(" ", ""));
            text.append(",\"data_offsets\":[")
                    .append(at)
                    .append(',')
                    .append(end)
                    .append("]}");
            at = end;
        }
        byte[] json = text.append('}').toString().getBytes(StandardCharsets.UTF_8);
        int padding = (8 - json.length % 8) % 8;
        if (json.length + padding > SafetensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException("write: the header must have at most " + SafetensorsHeader.MAX_BYTES
                    + " bytes; got " + json.length + "; write fewer tensors or less metadata");
        }
        return text.repeat(' ', padding).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void requireName(String name, Tensor tensor) {
        requireText(name);
        if (name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException(
                    "write: a tensor must not be named " + name + "; that name is the format's");
        }
        if (tensor.rank() > SafetensorsHeader.MAX_RANK) {
            throw new IllegalArgumentException("write: a tensor must have at most " + SafetensorsHeader.MAX_RANK
                    + " axes; got " + tensor.rank() + " for " + ModelFormatException.escape(name));
        }
    }

    private static void requireText(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("write: names and texts must not hold half a surrogate pair; got "
                    + ModelFormatException.escape(text));
        }
    }

    private static Tensor get(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private static long bytes(Tensor tensor) {
        return tensor.elementCount() * tensor.dtype().bytes();
    }

    /** Writes a tensor's elements, bit for bit, lowest byte first. */
    static void write(WritableByteChannel channel, Tensor tensor) throws IOException {
        Object array = tensor.toArray();
        int width = tensor.dtype().bytes();
        int n = (int) tensor.elementCount();
        ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < n; done += PIECE / width) {
            int part = Math.min(PIECE / width, n - done);
            piece.clear();
            switch (array) {
                case float[] a -> piece.asFloatBuffer().put(a, done, part);
                case double[] a -> piece.asDoubleBuffer().put(a, done, part);
                case long[] a -> piece.asLongBuffer().put(a, done, part);
                case int[] a -> piece.asIntBuffer().put(a, done, part);
                case short[] a -> piece.asShortBuffer().put(a, done, part);
                default -> piece.put(0, (byte[]) array, done, part);
            }
            writeFully(channel, piece.limit(part * width));
        }
    }

    static void writeFully(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
