package luthier.nn.models;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** The names of a head's outputs: {@code id2label} of a {@code config.json}, by number and not by the order of texts. */
final class LabelNames {
    private static final int MAX_LABELS = 1_000_000;

    private final JsonObject config;

    private LabelNames(JsonObject config) {
        this.config = config;
    }

    /**
     * Returns the names by index; empty if the file says neither names nor a number.
     *
     * @throws ModelFormatException if a number is missing or given twice, a name is given twice, or {@code label2id} or {@code num_labels} say
     *     something else
     */
    static Optional<List<String>> of(JsonObject config) {
        return new LabelNames(config).read();
    }

    /** Returns {@code LABEL_0, LABEL_1, ...}, as public libraries call labels without names. */
    static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList();
    }

    private Optional<List<String>> read() {
        Optional<JsonObject> names = config.find("id2label").map(JsonValue::asObject);
        Optional<Integer> count = config.find("num_labels").map(this::count);
        if (names.isEmpty()) {
            return count.map(LabelNames::numbered);
        }
        List<String> labels = byNumber(names.get());
        config.find("label2id").map(JsonValue::asObject).ifPresent(ids -> requireSame(labels, ids));
        if (count.isPresent() && count.get() != labels.size()) {
            throw error(
                    config.get("num_labels"),
                    "num_labels must be the number of names in id2label, " + labels.size() + "; got " + count.get());
        }
        return Optional.of(labels);
    }

    private int count(JsonValue value) {
        int count = value.asInt();
        if (count < 1 || count > MAX_LABELS) {
            throw error(value, "num_labels must be 1 to " + MAX_LABELS + "; got " + count);
        }
        return count;
    }

    private List<String> byNumber(JsonObject names) {
        TreeMap<Integer, String> byNumber = new TreeMap<>();
        Set<String> seen = new LinkedHashSet<>();
        for (Map.Entry<String, JsonValue> entry : names.members().entrySet()) {
            String name = entry.getValue().asString();
            if (!entry.getKey().matches("0|[1-9][0-9]{0,8}")) {
                throw error(
                        entry.getValue(),
                        "id2label must go from numbers to names; got " + ModelFormatException.escape(entry.getKey()));
            }
            if (!seen.add(name)) {
                throw error(
                        entry.getValue(),
                        "id2label must give every name once; got " + ModelFormatException.escape(name) + " twice");
            }
            byNumber.put(Integer.parseInt(entry.getKey()), name);
        }
        for (int i = 0; i < byNumber.size(); i++) {
            if (!byNumber.containsKey(i)) {
                throw error(
                        names,
                        "id2label must name 0 to " + (byNumber.size() - 1) + "; got no name for " + i + ", but one for "
                                + byNumber.lastKey());
            }
        }
        return List.copyOf(byNumber.values());
    }

    private void requireSame(List<String> labels, JsonObject ids) {
        ids.members().forEach((name, value) -> {
            long id = value.asLong();
            int known = labels.indexOf(name);
            if (known != id) {
                throw error(
                        value,
                        "label2id must say what id2label says; got " + id + " for "
                                + ModelFormatException.escape(name) + ", which id2label "
                                + (known < 0 ? "does not name" : "gives " + known));
            }
        });
        for (String label : labels) {
            if (!ids.members().containsKey(label)) {
                throw error(
                        ids,
                        "label2id must say what id2label says; got nothing for " + ModelFormatException.escape(label));
            }
        }
    }

    private static ModelFormatException error(JsonValue value, String rule) {
        return new ModelFormatException(value.place().source(), value.place().offset(), rule);
    }
}
