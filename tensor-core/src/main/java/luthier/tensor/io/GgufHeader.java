package luthier.tensor.io;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import luthier.tensor.Shape;

/**
 * What a GGUF file says of itself: its metadata and its tensors, without their numbers. Versions 2 and 3, little-endian. Source: ggml's
 * docs/gguf.md.
 *
 * @param version of the format
 * @param metadata by key, lists by their type and length
 * @param tensors in the file's order
 */
public record GgufHeader(int version, Map<String, String> metadata, List<Stored> tensors) {
    private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};
    private static final long MOST_ENTRIES = 1 << 20;
    private static final int MOST_BYTES = 1 << 26;
    private static final int LIST = 9;
    private static final int TEXT = 8;
    private static final int MOST_AXES = 8;

    /** Numbers of a type: those of a block, and the bytes it takes. */
    private record Type(String name, int numbers, int bytes) {}

    private static final Map<Integer, Type> TYPES = Map.ofEntries(
            Map.entry(0, new Type("F32", 1, 4)),
            Map.entry(1, new Type("F16", 1, 2)),
            Map.entry(2, new Type("Q4_0", 32, 18)),
            Map.entry(3, new Type("Q4_1", 32, 20)),
            Map.entry(6, new Type("Q5_0", 32, 22)),
            Map.entry(7, new Type("Q5_1", 32, 24)),
            Map.entry(8, new Type("Q8_0", 32, 34)),
            Map.entry(10, new Type("Q2_K", 256, 84)),
            Map.entry(11, new Type("Q3_K", 256, 110)),
            Map.entry(12, new Type("Q4_K", 256, 144)),
            Map.entry(13, new Type("Q5_K", 256, 176)),
            Map.entry(14, new Type("Q6_K", 256, 210)),
            Map.entry(15, new Type("Q8_K", 256, 292)),
            Map.entry(24, new Type("I8", 1, 1)),
            Map.entry(25, new Type("I16", 1, 2)),
            Map.entry(26, new Type("I32", 1, 4)),
            Map.entry(27, new Type("I64", 1, 8)),
            Map.entry(28, new Type("F64", 1, 8)),
            Map.entry(30, new Type("BF16", 1, 2)));

    private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /**
     * A tensor of the file.
     *
     * @param type ggml's name, {@code Q4_0}
     * @param shape the slowest axis first, as everywhere here; the file has them in the other order
     * @param bytes what its numbers take
     */
    public record Stored(String name, String type, Shape shape, long bytes) {}

    /** Copies the list. */
    public GgufHeader {
        tensors = List.copyOf(tensors);
    }

    /** Returns whether a file begins as GGUF does. */
    public static boolean isOne(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        }
    }

    /**
     * Reads a file's header.
     *
     * @throws IOException if the file cannot be read
     * @throws ModelFormatException if it is not GGUF of version 2 or 3, is cut off, or breaks a rule of the format
     */
    public static GgufHeader read(Path file) throws IOException {
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
            return new Reader(stream, file.toString()).header();
        }
    }

    /** Reads from the beginning to the last tensor's entry. */
    private static final class Reader {
        private final DataInputStream in;
        private final String source;
        private long at;

        Reader(InputStream in, String source) {
            this.in = new DataInputStream(in);
            this.source = source;
        }

        GgufHeader header() throws IOException {
            if (!Arrays.equals(bytes(MAGIC.length), MAGIC)) {
                throw error("the file must begin with GGUF");
            }
            int version = (int) number(4);
            if (version != 2 && version != 3) {
                throw error("the version must be 2 or 3, little-endian; got " + version);
            }
            long tensors = count("tensors", MOST_ENTRIES);
            long keys = count("metadata keys", MOST_ENTRIES);
            Map<String, String> metadata = new LinkedHashMap<>();
            for (long i = 0; i < keys; i++) {
                String key = text();
                if (metadata.put(key, value((int) number(4), 0)) != null) {
                    throw error("keys must differ; got " + ModelFormatException.escape(key) + " twice");
                }
            }
            List<Stored> stored = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (long i = 0; i < tensors; i++) {
                Stored tensor = tensor();
                if (!names.add(tensor.name())) {
                    throw error(
                            "tensors' names must differ; got " + ModelFormatException.escape(tensor.name()) + " twice");
                }
                stored.add(tensor);
            }
            return new GgufHeader(version, metadata, stored);
        }

        private Stored tensor() throws IOException {
            String name = text();
            int axes = (int) count4("axes", MOST_AXES);
            long[] sizes = new long[axes];
            for (int i = axes - 1; i >= 0; i--) {
                sizes[i] = count("elements of an axis", Long.MAX_VALUE);
            }
            int code = (int) number(4);
            Type type = TYPES.get(code);
            if (type == null) {
                throw error("the type of " + ModelFormatException.escape(name) + " must be known; got number " + code);
            }
            number(8);
            long blocks = 1;
            try {
                for (long size : sizes) {
                    blocks = Math.multiplyExact(blocks, size);
                }
                if (axes > 0 && sizes[axes - 1] % type.numbers() != 0) {
                    throw error("rows of " + ModelFormatException.escape(name) + " must be whole blocks of "
                            + type.numbers() + "; got " + sizes[axes - 1]);
                }
                return new Stored(name, type.name(), Shape.of(sizes), Math.multiplyExact(blocks / type.numbers(), (long)
                        type.bytes()));
            } catch (ArithmeticException e) {
                throw error("the size of " + ModelFormatException.escape(name) + " must be a number of 63 bits; got "
                        + Arrays.toString(sizes));
            }
        }

        /** Numbers and texts as they are, lists by type and length. */
        private String value(int type, int depth) throws IOException {
            if (type == TEXT) {
                return text();
            }
            if (type == LIST) {
                int inner = (int) number(4);
                long length = count("values of a list", MOST_BYTES);
                if (depth > 0) {
                    throw error("lists must not hold lists");
                }
                for (long i = 0; i < length; i++) {
                    value(inner, depth + 1);
                }
                return "list of " + length;
            }
            if (type < 0 || type >= VALUE_BYTES.length) {
                throw error("the type of a value must be from 0 to 12; got " + type);
            }
            long bits = number(VALUE_BYTES[type]);
            return switch (type) {
                case 1 -> Byte.toString((byte) bits);
                case 3 -> Short.toString((short) bits);
                case 5 -> Integer.toString((int) bits);
                case 6 -> Float.toString(Float.intBitsToFloat((int) bits));
                case 7 -> Boolean.toString(bits != 0);
                case 12 -> Double.toString(Double.longBitsToDouble(bits));
                case 10 -> Long.toUnsignedString(bits);
                default -> Long.toString(bits);
            };
        }

        private String text() throws IOException {
            return new String(bytes((int) count("bytes of a text", MOST_BYTES)), StandardCharsets.UTF_8);
        }

        private long count(String what, long most) throws IOException {
            return checked(what, number(8), most);
        }

        private long count4(String what, long most) throws IOException {
            return checked(what, number(4), most);
        }

        private long checked(String what, long count, long most) {
            if (count < 0 || count > most) {
                throw error(
                        "the number of " + what + " must be at most " + most + "; got " + Long.toUnsignedString(count));
            }
            return count;
        }

        /** The next bytes as an unsigned number, the lowest first. */
        private long number(int bytes) throws IOException {
            byte[] read = bytes(bytes);
            long value = 0;
            for (int i = bytes - 1; i >= 0; i--) {
                value = value << 8 | read[i] & 0xff;
            }
            return value;
        }

        private byte[] bytes(int count) throws IOException {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length != count) {
                throw error("the file is cut off");
            }
            at += count;
            return bytes;
        }

        private ModelFormatException error(String rule) {
            return new ModelFormatException(source, at, rule);
        }
    }
}
