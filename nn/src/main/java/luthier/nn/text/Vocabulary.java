package luthier.nn.text;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids, which may have holes. Immutable. */
final class Vocabulary {
    private static final int MOST_HOLES = 4;

    private final Map<String, Integer> ids;
    private final @Nullable String[] dense;
    private final Map<Integer, String> sparse;
    private final int largest;

    /** Tokens by their place in a list; of equal ones the last is found, the others only have an id. */
    static Vocabulary of(List<String> tokens) {
        Map<String, Integer> ids = new HashMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            ids.put(tokens.get(i), i);
        }
        return new Vocabulary(ids, tokens.toArray(new String[0]), Map.of(), tokens.size() - 1);
    }

    private Vocabulary(Map<String, Integer> ids, @Nullable String[] dense, Map<Integer, String> sparse, int largest) {
        this.ids = ids;
        this.dense = dense;
        this.sparse = sparse;
        this.largest = largest;
    }

    /** Every id belongs to one token. */
    Vocabulary(Map<String, Integer> ids) {
        this.ids = new HashMap<>(ids);
        largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        // A file may say that its only token has the id two thousand million.
        boolean holes = largest / MOST_HOLES > ids.size() + 1024;
        dense = new String[holes ? 0 : largest + 1];
        sparse = new HashMap<>();
        ids.forEach((token, id) -> {
            if (holes) {
                sparse.put(id, token);
            } else {
                dense[id] = token;
            }
        });
    }

    /** Returns the id of a token, or -1. */
    int id(String token) {
        Integer id = ids.get(token);
        return id == null ? -1 : id;
    }

    /** Returns the token of an id, or null. */
    @Nullable
    String token(int id) {
        return id >= 0 && id < dense.length ? dense[id] : sparse.get(id);
    }

    /** Returns the number of ids that have a token. */
    int size() {
        return dense.length == 0
                ? ids.size()
                : (int) Arrays.stream(dense).filter(Objects::nonNull).count();
    }

    /** Returns the largest id, or -1 if there is none. */
    int largest() {
        return largest;
    }

    /** Returns the ids by token. */
    Map<String, Integer> ids() {
        return Collections.unmodifiableMap(ids);
    }

    /** Returns the ids of the tokens {@code <0x00>} to {@code <0xFF>}, -1 where there is none. */
    int[] byteIds() {
        int[] result = new int[256];
        Arrays.setAll(result, b -> id(String.format("<0x%02X>", b)));
        return result;
    }
}
