package luthier.nn.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one file, one after the other. */
interface RowReader extends Closeable {
    /** Returns the next row, or null at the end. */
    @Nullable
    Row next() throws IOException;

    /** Returns the columns that the file announces before its rows; empty if each row names its own. */
    default List<String> header() {
        return List.of();
    }
}
