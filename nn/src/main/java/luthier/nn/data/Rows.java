package luthier.nn.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A table of rows with their places. {@link #read} holds them; {@link #onDisk} reads the file again for every pass and holds one row
 * at a time. Both look at every row before they return, so that a broken one is found before work begins. Immutable; any number of
 * passes may go on at once.
 */
public final class Rows {
    private final String source;
    private final Optional<RowFormat> format;
    private final List<String> columns;
    private final int size;
    private final Opener opener;
    private final List<Row> held;

    /** Opens the reader of one pass. */
    private interface Opener {
        RowReader open() throws IOException;
    }

    private Rows(String source, Optional<RowFormat> format, Opener opener, boolean hold) throws IOException {
        this.source = source;
        this.format = format;
        this.opener = opener;
        List<Row> kept = new ArrayList<>();
        int count = 0;
        try (RowReader reader = opener.open()) {
            Set<String> names = new LinkedHashSet<>(reader.header());
            for (Row row = reader.next(); row != null; row = reader.next()) {
                names.addAll(row.values().keySet());
                count++;
                if (hold) {
                    kept.add(row);
                }
            }
            columns = List.copyOf(names);
        }
        if (count == 0) {
            throw new DataException(source, "must hold rows; got no rows; add some");
        }
        size = count;
        held = hold ? List.copyOf(kept) : List.of();
    }

    /**
     * Reads the rows of a file, or of a folder whose folders are classes and hold a text in each {@code .txt} file, and holds them.
     *
     * {@snippet :
     * Path file = Files.writeString(Files.createTempFile("tickets", ".csv"), "text,label\nwhere is my parcel,delivery\n");
     * Rows rows = Rows.read(file);
     * rows.columns(); // [text, label]
     * rows.stream().findFirst().orElseThrow().values(); // {text="where is my parcel", label="delivery"}
     * }
     *
     * @throws IOException if it cannot be read
     * @throws DataException if it is not of its format, naming file, line and column; if it holds no rows; if its name tells no format
     */
    public static Rows read(Path path) throws IOException {
        return of(path, true);
    }

    /** Reads a file in a format that its name does not tell. Throws as {@link #read(Path)}. */
    public static Rows read(Path path, RowFormat format) throws IOException {
        return new Rows(path.toString(), Optional.of(format), () -> format.open(path), true);
    }

    /**
     * Checks the rows of a file or folder as {@link #read(Path)} does, with the same errors, without holding them: every pass reads
     * the file again.
     */
    public static Rows onDisk(Path path) throws IOException {
        return of(path, false);
    }

    /**
     * Returns rows of a program's own making.
     *
     * @param source the name that errors of the whole carry
     * @throws DataException if there are none
     */
    public static Rows of(String source, List<Row> rows) {
        List<Row> copy = List.copyOf(rows);
        try {
            return new Rows(source, Optional.empty(), () -> new Held(copy), true);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Rows of(Path path, boolean hold) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        if (Files.isDirectory(path)) {
            ClassFolders folders = ClassFolders.of(path);
            return new Rows(path.toString(), Optional.empty(), folders::open, hold);
        }
        Optional<RowFormat> format = RowFormat.of(path);
        if (format.isEmpty()) {
            // What it is says more than its name: a packed file is refused by its kind.
            Utf8Input.open(path, false).close();
            throw new DataException(
                    path.toString(),
                    "must be named by its format; got another ending; use one of " + RowFormat.known());
        }
        RowFormat known = format.get();
        return new Rows(path.toString(), format, () -> known.open(path), hold);
    }

    /** Returns the name of the file or folder. */
    public String source() {
        return source;
    }

    /** Returns the file's format; empty for folders and for rows of a program's making. */
    public Optional<RowFormat> format() {
        return format;
    }

    /** Returns the names of the columns: those of the header, or of all rows in the order in which they first appear. */
    public List<String> columns() {
        return columns;
    }

    /** Returns the number of rows. */
    public int size() {
        return size;
    }

    /**
     * Returns the rows in the file's order. Close the stream of a file on disk unless it is walked to its end; a file that cannot be
     * read any more throws {@link UncheckedIOException}.
     */
    public Stream<Row> stream() {
        if (!held.isEmpty()) {
            return held.stream();
        }
        Pass pass = new Pass(opener);
        return StreamSupport.stream(pass, false).onClose(pass::close);
    }

    /** Gives every row to {@code action}, in the file's order, and closes the file. */
    public void forEach(Consumer<Row> action) {
        try (Stream<Row> rows = stream()) {
            rows.forEach(action);
        }
    }

    /** Rows that are already there. */
    private static final class Held implements RowReader {
        private final List<Row> rows;
        private int at;

        Held(List<Row> rows) {
            this.rows = rows;
        }

        @Override
        public @Nullable Row next() {
            return at < rows.size() ? rows.get(at++) : null;
        }

        @Override
        public void close() {}
    }

    /** One pass over a file. */
    private static final class Pass extends Spliterators.AbstractSpliterator<Row> {
        private final RowReader reader;

        Pass(Opener opener) {
            super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
            try {
                reader = opener.open();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        public boolean tryAdvance(Consumer<? super Row> action) {
            try {
                Row row = reader.next();
                if (row == null) {
                    reader.close();
                    return false;
                }
                action.accept(row);
                return true;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        void close() {
            try {
                reader.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
