package luthier.tensor.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import luthier.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file, read strictly: what every reader must agree on or refuse. It is read as a stream of
 * members, so that what is kept is a few times the header's size at most.
 */
final class SafetensorsHeader {
    static final String METADATA = "__metadata__";
    static final int MAX_RANK = 64;
    static final long MAX_BYTES = 100_000_000;

    private final JsonScanner scanner;
    private final String source;
    private final long dataBytes;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final long[] buffer = new long[MAX_RANK];
    private boolean metadataSeen;

    /** A tensor and where its data begin, counted from the data's start; {@code at} is its place in the header. */
    record Entry(StoredTensor tensor, long begin, int at) {
        long end() {
            return begin + tensor.bytes();
        }
    }

    private SafetensorsHeader(byte[] header, String source, long dataBytes) {
        scanner = new JsonScanner(header, source, 8);
        this.source = source;
        this.dataBytes = dataBytes;
    }

    /**
     * Reads a header that {@code dataBytes} bytes of data follow.
     *
     * @throws ModelFormatException if it breaks a rule
     */
    static SafetensorsHeader read(byte[] header, String source, long dataBytes) {
        SafetensorsHeader result = new SafetensorsHeader(header, source, dataBytes);
        result.scanner.requireJson();
        if (result.scanner.peekValue() != '{') {
            throw result.scanner.error(result.scanner.at(), "the header must be an object");
        }
        result.scanner.members(result::member);
        result.layOut();
        return result;
    }

    /** Returns the tensors by name, in the order of their data. */
    Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    private void member(String name, int at) {
        if (name.equals(METADATA)) {
            if (metadataSeen) {
                throw twice(name, at);
            }
            metadataSeen = true;
            open('{', () -> METADATA + " must be an object of strings");
            scanner.members(this::text);
            return;
        }
        if (entries.containsKey(name)) {
            throw twice(name, at);
        }
        entries.put(name, new Fields(name, at).entry());
    }

    private void text(String key, int at) {
        if (metadata.containsKey(key)) {
            throw twice(key, at);
        }
        open('"', () -> METADATA + "." + ModelFormatException.escape(key) + " must be a string");
        metadata.put(key, scanner.string());
    }

    private ModelFormatException twice(String key, int at) {
        return scanner.error(at, "keys must be unique; got \"" + ModelFormatException.escape(key) + "\" twice");
    }

    private void open(char first, Supplier<String> rule) {
        if (scanner.peekValue() != first) {
            throw scanner.error(scanner.at(), rule.get());
        }
    }

    /** Reads the fields of one tensor. */
    private final class Fields {
        private final String name;
        private final int at;
        private @Nullable StoredType type;
        private long @Nullable [] sizes;
        private long @Nullable [] offsets;

        Fields(String name, int at) {
            this.name = name;
            this.at = at;
        }

        Entry entry() {
            open('{', () -> rule("must be an object of dtype, shape and data_offsets"));
            scanner.members(this::field);
            if (type == null || sizes == null || offsets == null) {
                String missing = type == null ? "dtype" : sizes == null ? "shape" : "data_offsets";
                throw error("the field \"" + missing + "\" is missing");
            }
            if (offsets.length != 2) {
                throw error("data_offsets must be two numbers; got " + offsets.length);
            }
            Shape shape = shape(sizes);
            long bytes = bytes(type, shape);
            if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != bytes) {
                throw error("data_offsets must span the tensor's " + bytes + " bytes (" + type + " " + shape + "); got "
                        + offsets[0] + " to " + offsets[1]);
            }
            return new Entry(new StoredTensor(name, type, shape, bytes), offsets[0], at);
        }

        private void field(String field, int fieldAt) {
            boolean again = switch (field) {
                case "dtype" -> type != null;
                case "shape" -> sizes != null;
                case "data_offsets" -> offsets != null;
                default ->
                    throw scanner.error(fieldAt, rule("unknown field \"" + ModelFormatException.escape(field) + "\""));
            };
            if (again) {
                throw twice(field, fieldAt);
            }
            switch (field) {
                case "dtype" -> type = type();
                case "shape" -> sizes = numbers("shape", MAX_RANK);
                default -> offsets = numbers("data_offsets", 2);
            }
        }

        private StoredType type() {
            open('"', () -> rule("dtype must be a string"));
            int here = scanner.at();
            String dtype = scanner.string();
            return StoredType.find(dtype)
                    .orElseThrow(() -> scanner.error(
                            here,
                            rule("dtype must be one of " + StoredType.SINGLE + "; got "
                                    + ModelFormatException.escape(dtype))));
        }

        private long[] numbers(String field, int most) {
            open('[', () -> rule(field + " must be a list of numbers"));
            int[] count = {0};
            scanner.elements(() -> {
                if (count[0] == most) {
                    throw scanner.error(
                            scanner.at(),
                            rule(field + " must have at most " + most + (most == 2 ? " numbers" : " axes")));
                }
                buffer[count[0]++] = number(field);
            });
            return Arrays.copyOf(buffer, count[0]);
        }

        private long number(String field) {
            byte first = scanner.peekValue();
            int here = scanner.at();
            String text = first >= '0' && first <= '9' ? scanner.number() : "";
            boolean whole = !text.isEmpty();
            for (int i = 0; i < text.length(); i++) {
                whole &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
            }
            if (!whole) {
                throw scanner.error(
                        here, rule(field + " must hold whole numbers, not negative, without point or exponent"));
            }
            if (text.length() > 19 || text.length() == 19 && text.compareTo(Long.toString(Long.MAX_VALUE)) > 0) {
                throw scanner.error(here, rule(field + " must be below 2^63; got " + text));
            }
            return Long.parseLong(text);
        }

        /** The shape whose product, zeros left aside, fits a long: one answer, wherever the zero stands. */
        private Shape shape(long[] given) {
            long product = 1;
            for (long size : given) {
                if (Math.multiplyHigh(product, Math.max(size, 1)) != 0 || product * Math.max(size, 1) < 0) {
                    throw error("the product of the sizes must be below 2^63; got " + Arrays.toString(given));
                }
                product *= Math.max(size, 1);
            }
            return Shape.of(given);
        }

        private long bytes(StoredType dtype, Shape shape) {
            long count = shape.elementCount();
            if (count > Long.MAX_VALUE / dtype.bits()) {
                throw error("the tensor's size in bits must be below 2^63; got " + dtype + " " + shape);
            }
            if (count * dtype.bits() % 8 != 0) {
                throw error(
                        "the tensor must fill whole bytes; got " + count + " elements of " + dtype.bits() + " bits");
            }
            return count * dtype.bits() / 8;
        }

        private String rule(String rule) {
            return ModelFormatException.escape(name) + ": " + rule;
        }

        private ModelFormatException error(String rule) {
            return scanner.error(at, rule(rule));
        }
    }

    /** Checks that the tensors fill the data without hole or overlap, and puts them into that order. */
    private void layOut() {
        List<Entry> sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        entries.clear();
        long expected = 0;
        for (Entry entry : sorted) {
            if (entry.begin() != expected) {
                throw scanner.error(
                        entry.at(),
                        "tensors must lie one after the other; got "
                                + ModelFormatException.escape(entry.tensor().name()) + " at " + entry.begin()
                                + " instead of " + expected);
            }
            expected = entry.end();
            entries.put(entry.tensor().name(), entry);
        }
        if (expected != dataBytes) {
            throw new ModelFormatException(
                    source,
                    8,
                    "the tensors must end where the file ends; got " + expected + " bytes of tensors and " + dataBytes
                            + " bytes of data" + (dataBytes < expected ? "; the file is cut off" : ""));
        }
    }
}
