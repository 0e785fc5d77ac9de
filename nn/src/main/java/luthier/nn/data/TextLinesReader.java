package luthier.nn.data;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;

/** Reads plain text: every line, ended by LF or CRLF, is a row with the column {@code text}; lines of white space are no rows. */
final class TextLinesReader implements RowReader {
    static final String TEXT = "text";

    private final Utf8Input in;

    /** Reads on from the beginning of the input. */
    TextLinesReader(Utf8Input in) {
        this.in = in;
    }

    @Override
    public List<String> header() {
        return List.of(TEXT);
    }

    @Override
    public @Nullable Row next() throws IOException {
        for (int line = in.line(); ; line = in.line()) {
            String text = in.nextLine();
            if (text == null) {
                return null;
            }
            if (!WhiteSpace.blank(text)) {
                return new Row(in.file(), line, Map.of(TEXT, Json.of(text)));
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
