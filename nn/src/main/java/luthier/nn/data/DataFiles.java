package luthier.nn.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rows that a path gives, by what they are for: a file and a folder of class folders are for training; a folder may hold
 * {@code train}, {@code valid} and {@code test} files of any format, or such folders of class folders.
 *
 * @param train the rows to train on
 * @param valid the rows to choose the best state by, if the folder holds some
 * @param test the rows kept for the end, if the folder holds some
 * @param unread names of the folder's other files, to be said aloud
 */
public record DataFiles(Rows train, Optional<Rows> valid, Optional<Rows> test, List<String> unread) {
    private static final String TRAIN = "train";
    private static final String VALID = "valid";
    private static final String TEST = "test";
    private static final Map<String, Set<String>> NAMES = Map.of(
            TRAIN,
            Set.of(TRAIN, "training"),
            VALID,
            Set.of(VALID, "validation", "val", "dev"),
            TEST,
            Set.of(TEST, "testing"));

    /** Copies the list. */
    public DataFiles {
        unread = List.copyOf(unread);
    }

    /**
     * Reads and holds the rows of a path, every file of it, so that a broken row of the last is found before work on the first.
     *
     * {@snippet :
     * Path folder = Files.createTempDirectory("tickets");
     * Files.writeString(folder.resolve("train.csv"), "text,label\nwhere is my parcel,delivery\n");
     * Files.writeString(folder.resolve("test.csv"), "text,label\nthe page is down,outage\n");
     * DataFiles.read(folder).test().orElseThrow().size(); // 1
     * }
     *
     * @throws IOException if it cannot be read
     * @throws DataException as {@link Rows#read(Path)}; if two files are for one thing, naming both; if a folder has no training rows
     */
    public static DataFiles read(Path path) throws IOException {
        return of(path, Rows::read);
    }

    /** Checks the rows of a path as {@link #read} does, without holding them. */
    public static DataFiles onDisk(Path path) throws IOException {
        return of(path, Rows::onDisk);
    }

    /** Reads one file or folder. */
    private interface Reading {
        Rows rows(Path path) throws IOException;
    }

    private static DataFiles of(Path path, Reading reading) throws IOException {
        if (!Files.isDirectory(path)) {
            return new DataFiles(reading.rows(path), Optional.empty(), Optional.empty(), List.of());
        }
        Map<String, Path> parts = new LinkedHashMap<>();
        List<String> unread = new ArrayList<>();
        for (Path entry : ClassFolders.visible(path)) {
            Optional<String> part = part(entry);
            if (part.isEmpty()) {
                unread.add(String.valueOf(entry.getFileName()));
                continue;
            }
            Path other = parts.put(part.get(), entry);
            if (other != null) {
                throw new DataException(
                        path.toString(),
                        part.get() + " must be one file; got " + other.getFileName() + " and " + entry.getFileName()
                                + "; remove or rename one of them");
            }
        }
        if (parts.isEmpty()) {
            return new DataFiles(reading.rows(path), Optional.empty(), Optional.empty(), List.of());
        }
        if (!parts.containsKey(TRAIN)) {
            throw new DataException(
                    path.toString(),
                    "must hold a file of training rows; got " + String.join(", ", parts.keySet())
                            + " alone; name it train, as in train.jsonl");
        }
        // Validation and test before training: the small ones are the quickest to be found broken.
        Optional<Rows> valid = part(parts, VALID, reading);
        Optional<Rows> test = part(parts, TEST, reading);
        return new DataFiles(reading.rows(parts.get(TRAIN)), valid, test, unread);
    }

    private static Optional<Rows> part(Map<String, Path> parts, String name, Reading reading) throws IOException {
        Path path = parts.get(name);
        return path == null ? Optional.empty() : Optional.of(reading.rows(path));
    }

    /** Returns what a file, or a folder of class folders, is for by its name; empty for others. */
    private static Optional<String> part(Path entry) throws IOException {
        String name = String.valueOf(entry.getFileName()).toLowerCase(Locale.ROOT);
        if (Files.isDirectory(entry)) {
            // A class may be called train: its folder holds files, the folder of training classes holds folders.
            boolean classes = !ClassFolders.visible(entry).isEmpty()
                    && ClassFolders.visible(entry).stream().allMatch(Files::isDirectory);
            return classes ? named(name) : Optional.empty();
        }
        int dot = name.lastIndexOf('.');
        return dot < 0 || RowFormat.of(entry).isEmpty() ? Optional.empty() : named(name.substring(0, dot));
    }

    private static Optional<String> named(String name) {
        return NAMES.entrySet().stream()
                .filter(part -> part.getValue().contains(name))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
