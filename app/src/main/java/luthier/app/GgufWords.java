package luthier.app;

import java.util.List;
import java.util.stream.Collectors;
import luthier.tensor.io.GgufValue;
import luthier.tensor.io.ModelFormatException;

/** Metadata of GGUF files in words for {@code inspect}: long lists by their length and first values, long texts by their beginning. */
final class GgufWords {
    private static final int FIRST = 6;

    private GgufWords() {}

    static String of(GgufValue value) {
        if (!(value instanceof GgufValue.Items items)) {
            return ModelFormatException.escape(value.toString());
        }
        List<GgufValue> shown = items.subList(0, Math.min(FIRST, items.size()));
        return items.size() + " x " + items.kind() + ": ["
                + shown.stream().map(GgufWords::of).collect(Collectors.joining(", "))
                + (shown.size() < items.size() ? ", ..." : "") + "]";
    }
}
