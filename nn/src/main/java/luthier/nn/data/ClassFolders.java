package luthier.nn.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A folder of class folders: each {@code .txt} file is a row with its whole text, less a last line end, as {@code text} and the name
 * of its folder as {@code label}, in the order of the paths. Hidden and system files are no rows; any other file is refused.
 */
final class ClassFolders {
    static final String LABEL = "label";
    private static final Set<String> SYSTEM = Set.of("thumbs.db", "desktop.ini", "__macosx");
    private static final Set<String> IMAGES = Set.of("png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff");

    private final Path folder;
    private final List<Path> files;

    private ClassFolders(Path folder, List<Path> files) {
        this.folder = folder;
        this.files = files;
    }

    /** Lists the folder's files. Throws {@link DataException} for one that is no text of a class. */
    static ClassFolders of(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path entry : visible(folder)) {
            if (!Files.isDirectory(entry)) {
                throw new DataException(
                        entry.toString(),
                        "a folder must hold a folder a class, or files named train, valid and test; got another file;"
                                + " move, rename or remove it");
            }
            for (Path file : visible(entry)) {
                requireText(file);
                files.add(file);
            }
        }
        files.sort(Comparator.comparing(file -> relative(folder, file)));
        return new ClassFolders(folder, List.copyOf(files));
    }

    /** Returns what a folder holds, without hidden and system files, by name. */
    static List<Path> visible(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !hidden(name(entry)))
                    .sorted(Comparator.comparing(ClassFolders::name))
                    .toList();
        }
    }

    private static boolean hidden(String name) {
        return name.startsWith(".") || SYSTEM.contains(name.toLowerCase(Locale.ROOT));
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static String relative(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private static void requireText(Path file) {
        String name = name(file).toLowerCase(Locale.ROOT);
        String ending = name.substring(name.lastIndexOf('.') + 1);
        if (Files.isDirectory(file) || !ending.equals("txt")) {
            String got = Files.isDirectory(file) ? "a folder" : IMAGES.contains(ending) ? "an image" : "another file";
            throw new DataException(
                    file.toString(),
                    "a folder of a class must hold texts, .txt files; got " + got
                            + (ending.equals(name)
                                    ? "; name it " + name + ".txt if it is one"
                                    : "; move it or remove it"));
        }
    }

    /** Opens the reader of the files. */
    RowReader open() {
        Iterator<Path> rest = files.iterator();
        return new RowReader() {
            @Override
            public @Nullable Row next() throws IOException {
                return rest.hasNext() ? row(rest.next()) : null;
            }

            @Override
            public List<String> header() {
                return List.of(TextLinesReader.TEXT, LABEL);
            }

            @Override
            public void close() {}
        };
    }

    private Row row(Path file) throws IOException {
        String text = text(file);
        if (WhiteSpace.blank(text)) {
            throw new DataException(
                    file.toString(), "must hold a text; got an empty text; fill it in or remove the file");
        }
        Map<String, JsonValue> values = new LinkedHashMap<>();
        values.put(TextLinesReader.TEXT, Json.of(text));
        values.put(LABEL, Json.of(String.valueOf(folder.relativize(file).getName(0))));
        return new Row(file.toString(), 1, values);
    }

    private static String text(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Utf8Input in = Utf8Input.open(file, false)) {
            for (int c = in.next(); c >= 0; c = in.next()) {
                text.appendCodePoint(c);
                in.requireLength(text, 1, 1);
            }
        }
        int end = text.length();
        if (end > 0 && text.charAt(end - 1) == '\n') {
            end -= end > 1 && text.charAt(end - 2) == '\r' ? 2 : 1;
        }
        return text.substring(0, end);
    }
}
