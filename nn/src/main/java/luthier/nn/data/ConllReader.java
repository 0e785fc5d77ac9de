package luthier.nn.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads tagged tokens in two columns as the shared tasks of CoNLL wrote them: a token and its tag on a line, apart by a tab or, in a
 * line without tabs, by spaces; sentences apart by blank lines. A sentence is a row with the lists {@code tokens} and {@code tags}.
 * Lines of the document mark {@code -DOCSTART-} belong to no sentence.
 */
final class ConllReader implements RowReader {
    static final String TOKENS = "tokens";
    static final String TAGS = "tags";
    private static final String DOCUMENT = "-DOCSTART-";

    private final Utf8Input in;

    /** Reads on from the beginning of the input. */
    ConllReader(Utf8Input in) {
        this.in = in;
    }

    @Override
    public List<String> header() {
        return List.of(TOKENS, TAGS);
    }

    @Override
    public @Nullable Row next() throws IOException {
        List<String> tokens = new ArrayList<>();
        List<String> tags = new ArrayList<>();
        int start = in.line();
        for (int line = in.line(); ; line = in.line()) {
            String text = in.nextLine();
            boolean between = text == null || blank(text) || text.startsWith(DOCUMENT);
            if (between && !tokens.isEmpty()) {
                return row(start, tokens, tags);
            }
            if (text == null) {
                return null;
            }
            if (!between) {
                start = tokens.isEmpty() ? line : start;
                String[] fields = fields(text, line);
                tokens.add(fields[0]);
                tags.add(fields[1]);
            }
        }
    }

    private String[] fields(String text, int line) {
        String[] fields =
                text.indexOf('\t') >= 0 ? text.split("\t", -1) : trimmed(text).split(" +");
        if (fields.length != 2) {
            throw new DataException(
                    in.file(),
                    line,
                    0,
                    "a line must hold a token and its tag; got "
                            + (fields.length < 2 ? "fewer fields, " : "more fields, ") + fields.length
                            + "; keep these two columns"
                            + (fields.length > 2 ? ", say with cut -d' ' -f1," + fields.length : ""));
        }
        if (WhiteSpace.blank(fields[0]) || WhiteSpace.blank(fields[1])) {
            throw new DataException(
                    in.file(),
                    line,
                    0,
                    "a line must hold a token and its tag; got an empty "
                            + (WhiteSpace.blank(fields[0]) ? "token" : "tag") + "; fill it in or take the line out");
        }
        return fields;
    }

    private static boolean blank(String text) {
        return text.chars().allMatch(c -> c == ' ' || c == '\t');
    }

    private static String trimmed(String text) {
        int from = 0;
        int to = text.length();
        while (text.charAt(from) == ' ') {
            from++;
        }
        while (text.charAt(to - 1) == ' ') {
            to--;
        }
        return text.substring(from, to);
    }

    private Row row(int line, List<String> tokens, List<String> tags) {
        Map<String, JsonValue> values = new LinkedHashMap<>();
        values.put(TOKENS, Json.of(tokens));
        values.put(TAGS, Json.of(tags));
        return new Row(in.file(), line, values);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
