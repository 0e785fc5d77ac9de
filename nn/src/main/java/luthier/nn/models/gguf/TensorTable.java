package luthier.nn.models.gguf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the tensors of an architecture are called in GGUF files and in public checkpoints, what shape they have and what a GGUF's writer does to
 * them. A row is a tensor, or with {@code blk.N.} one of each block.
 */
final class TensorTable {
    private static final Pattern BLOCK = Pattern.compile("blk\\.(0|[1-9][0-9]{0,8})\\.(.+)");
    private static final String EACH = "blk.N.";

    /** What a GGUF's writer does to a tensor. */
    enum Change {
        /** Nothing. */
        NONE,
        /** Rows of each head of queries are sorted so that the two that turn together lie side by side. */
        QUERY_ROWS,
        /** As {@link #QUERY_ROWS}, for heads of keys. */
        KEY_ROWS
    }

    /**
     * A tensor.
     *
     * @param name its public name, with N for the block
     * @param shape its sizes in the public checkpoint, as letters of {@link Sizes#of}
     * @param optional whether it may be absent
     */
    record Row(String name, String shape, Change change, boolean optional) {}

    private final Map<String, Row> rows = new LinkedHashMap<>();

    /** Adds a tensor that must be there. */
    TensorTable row(String gguf, String name, String shape) {
        return row(gguf, name, shape, Change.NONE);
    }

    /** Adds a tensor that must be there, and that a writer changes. */
    TensorTable row(String gguf, String name, String shape, Change change) {
        rows.put(gguf, new Row(name, shape, change, false));
        return this;
    }

    /** Adds a tensor that may be absent. */
    TensorTable maybe(String gguf, String name, String shape) {
        return maybe(gguf, name, shape, Change.NONE);
    }

    /** Adds a tensor that may be absent, and that a writer changes. */
    TensorTable maybe(String gguf, String name, String shape, Change change) {
        rows.put(gguf, new Row(name, shape, change, true));
        return this;
    }

    /** Finds the row of a tensor of the file, its name filled in. */
    Optional<Row> find(String gguf, int blocks) {
        Matcher block = BLOCK.matcher(gguf);
        if (!block.matches()) {
            return Optional.ofNullable(rows.get(gguf));
        }
        if (Long.parseLong(block.group(1)) >= blocks) {
            return Optional.empty();
        }
        return Optional.ofNullable(rows.get(EACH + block.group(2)))
                .map(row ->
                        new Row(row.name().replace("N", block.group(1)), row.shape(), row.change(), row.optional()));
    }

    /** Returns the names in the file that must be there. */
    List<String> required(int blocks) {
        List<String> required = new ArrayList<>();
        rows.forEach((name, row) -> {
            if (!row.optional() && name.startsWith(EACH)) {
                for (int block = 0; block < blocks; block++) {
                    required.add(name.replace("N", Integer.toString(block)));
                }
            } else if (!row.optional()) {
                required.add(name);
            }
        });
        return required;
    }
}
