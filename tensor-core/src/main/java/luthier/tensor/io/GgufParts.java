package luthier.tensor.io;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The files of a split GGUF file: {@code NAME-00001-of-00003.gguf} and so on; what is split is told by {@code split.*} in their metadata. */
final class GgufParts {
    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
    private static final String COUNT = "split.count";
    private static final String NUMBER = "split.no";
    private static final String TENSORS = "split.tensors.count";
    private static final int MOST = 99_999;

    private GgufParts() {}

    /** Returns all files of the whole that a file belongs to, in order; itself if it is not split. */
    static List<Path> of(Path file, Map<String, GgufValue> metadata) {
        long count = whole(file.toString(), metadata, COUNT).orElse(1L);
        if (count <= 1) {
            return List.of(file);
        }
        String own = String.valueOf(file.getFileName());
        Matcher name = NAME.matcher(own);
        if (count > MOST || !name.matches() || Integer.parseInt(name.group(3)) != count) {
            throw error(
                    file.toString(),
                    "one of " + count + " files must be named NAME-00001-of-"
                            + String.format(Locale.ROOT, "%05d", count) + ".gguf by " + COUNT
                            + ", so that the others are found; got "
                            + ModelFormatException.escape(own));
        }
        List<Path> parts = IntStream.rangeClosed(1, (int) count)
                .mapToObj(number -> String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", name.group(1), number, count))
                .map(part -> part.equals(own) ? file : file.resolveSibling(part))
                .toList();
        parts.stream().filter(part -> !Files.isRegularFile(part)).findFirst().ifPresent(part -> {
            throw error(
                    file.toString(),
                    "all " + count + " files must be there; got no "
                            + ModelFormatException.escape(part.getFileName().toString()));
        });
        return parts;
    }

    /** Requires that a part says what number it has, counted from 0, and of how many. */
    static void requireNumber(Path file, Map<String, GgufValue> metadata, int number, int count) {
        if (count == 1) {
            return;
        }
        long own = whole(file.toString(), metadata, NUMBER).orElse(-1L);
        long all = whole(file.toString(), metadata, COUNT).orElse(-1L);
        if (own != number || all != count) {
            throw error(
                    file.toString(),
                    NUMBER + " and " + COUNT + " must be those of its name, " + number + " and " + count + "; got "
                            + own + " and " + all);
        }
    }

    /** Requires all tensors. */
    static void requireWhole(String source, Map<String, GgufValue> metadata, int tensors) {
        long all = whole(source, metadata, TENSORS).orElse((long) tensors);
        if (all != tensors) {
            throw error(
                    source, TENSORS + " must be the number of tensors in all files; got " + all + " for " + tensors);
        }
    }

    private static Optional<Long> whole(String source, Map<String, GgufValue> metadata, String key) {
        return Optional.ofNullable(metadata.get(key))
                .map(value -> value.whole()
                        .orElseThrow(() -> error(source, key + " must be a whole number; got " + brief(value))));
    }

    private static String brief(GgufValue value) {
        return value instanceof GgufValue.Items items
                ? items.size() + " values"
                : ModelFormatException.escape(value.toString());
    }

    private static ModelFormatException error(String source, String rule) {
        return new ModelFormatException(source, 0, rule);
    }
}
