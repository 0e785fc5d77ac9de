package luthier.nn.models.gguf;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import luthier.tensor.io.GgufValue;
import luthier.tensor.io.ModelFormatException;

/** Reads the metadata of a GGUF file; what does not fit is an error that names the key. Whole numbers may have any type, and lists one value for each block. */
final class Fields {
    private final String source;
    private final Map<String, GgufValue> metadata;
    private final String prefix;

    /**
     * Creates a reader.
     *
     * @param prefix what keys of the architecture begin with, {@code llama}
     */
    Fields(String source, Map<String, GgufValue> metadata, String prefix) {
        this.source = source;
        this.metadata = metadata;
        this.prefix = prefix + ".";
    }

    /** Returns a key of the architecture in full. */
    String key(String name) {
        return prefix + name;
    }

    /** Returns the values whose keys begin with the architecture's name, by the rest of their keys. */
    Map<String, GgufValue> own() {
        Map<String, GgufValue> own = new LinkedHashMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                own.put(key.substring(prefix.length()), value);
            }
        });
        return own;
    }

    /** Returns an error about a key of the architecture. */
    ModelFormatException error(String name, String rule) {
        return new ModelFormatException(source, key(name) + " " + rule);
    }

    Optional<GgufValue> find(String name) {
        return Optional.ofNullable(metadata.get(key(name)));
    }

    private GgufValue get(String name) {
        return find(name).orElseThrow(() -> error(name, "must be there; got no such key"));
    }

    /** Returns a size that must be there: 1 to 2^31 - 1. */
    long size(String name) {
        return size(name, get(name));
    }

    /** Returns a size: 1 to 2^31 - 1. */
    long size(String name, long otherwise) {
        return find(name).map(value -> size(name, value)).orElse(otherwise);
    }

    private long size(String name, GgufValue value) {
        return same(
                name,
                value,
                one -> one.whole()
                        .filter(size -> size >= 1 && size <= Integer.MAX_VALUE)
                        .orElseThrow(() -> error(name, "must be 1 to 2^31 - 1; got " + shown(one))));
    }

    /** Returns the one value of all blocks. */
    private <T> T same(String name, GgufValue value, Function<GgufValue, T> read) {
        List<GgufValue> items = value.items().orElse(List.of(value));
        if (items.isEmpty()) {
            throw error(name, "must not be empty");
        }
        T first = read.apply(items.getFirst());
        for (GgufValue item : items) {
            if (!read.apply(item).equals(first)) {
                throw error(name, "must be the same for all blocks; got " + shown(value));
            }
        }
        return first;
    }

    /** Returns a number above 0 that must be there. */
    BigDecimal number(String name) {
        return number(name, get(name));
    }

    /** Returns a number above 0. */
    Optional<BigDecimal> findNumber(String name) {
        return find(name).map(value -> number(name, value));
    }

    private BigDecimal number(String name, GgufValue value) {
        return same(
                name,
                value,
                one -> one.number()
                        .filter(number -> number > 0 && Double.isFinite(number))
                        .map(number -> new BigDecimal(one.toString()))
                        .orElseThrow(() -> error(name, "must be a number above 0; got " + shown(one))));
    }

    /** Returns a text. */
    Optional<String> text(String name) {
        return find(name)
                .map(value -> value.text().orElseThrow(() -> error(name, "must be a text; got " + shown(value))));
    }

    /** Refuses a key that would change the numbers, unless it is 0, false or empty. */
    void requireNeutral(String name) {
        find(name).filter(value -> !isNeutral(value)).ifPresent(value -> {
            throw error(name, "is not supported; got " + shown(value));
        });
    }

    private static boolean isNeutral(GgufValue value) {
        return switch (value) {
            case GgufValue.Text(String text) -> text.isEmpty() || text.equals("none");
            case GgufValue.Truth(boolean truth) -> !truth;
            case GgufValue.Items items -> items.stream().allMatch(Fields::isNeutral);
            case GgufValue number -> number.number().filter(zero -> zero == 0).isPresent();
        };
    }

    private static String shown(GgufValue value) {
        return value instanceof GgufValue.Items items && items.size() > 8
                ? items.size() + " values, " + items.subList(0, 8) + " ..."
                : ModelFormatException.escape(value.toString());
    }
}
