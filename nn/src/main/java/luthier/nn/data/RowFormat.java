package luthier.nn.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How rows are written in a file; the ending of its name says which. */
public enum RowFormat {
    /** A table with a header, delimited by comma, semicolon or tab, whichever gives the header most columns. */
    CSV("csv"),
    /** A table with a header, delimited by tabs, quotes as in CSV. */
    TSV("tsv tab"),
    /** One JSON object a line; a list of objects under this name is read too. */
    JSONL("jsonl ndjson jsonlines"),
    /** A JSON list of objects; lines of objects under this name are read too. */
    JSON("json"),
    /** Plain text, a row a line. */
    TEXT("txt text"),
    /** Tokens and tags in two columns, sentences apart by blank lines. */
    CONLL("conll bio iob iob2");

    private final String endings;

    /** Takes the endings of names, apart by spaces. */
    RowFormat(String endings) {
        this.endings = endings;
    }

    private List<String> endings() {
        return List.of(endings.split(" ", -1));
    }

    /**
     * Returns the format that the ending of a file's name tells, in either case.
     *
     * {@snippet :
     * RowFormat.of(Path.of("tickets.CSV")); // Optional[CSV]
     * RowFormat.of(Path.of("notes.docx")); // Optional.empty
     * }
     */
    public static Optional<RowFormat> of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return Arrays.stream(values())
                .filter(format -> format.endings().contains(ending))
                .findFirst();
    }

    /** Returns all endings, for messages. */
    static String known() {
        return Arrays.stream(values())
                .flatMap(format -> format.endings().stream())
                .map(ending -> "." + ending)
                .collect(Collectors.joining(", "));
    }

    /** Opens a file of this format before its first row. */
    RowReader open(Path file) throws IOException {
        return switch (this) {
            case CSV -> DelimitedReader.open(file);
            case TSV -> DelimitedReader.open(file, '\t');
            default -> openText(file);
        };
    }

    private RowReader openText(Path file) throws IOException {
        int first = firstOf(file);
        Utf8Input in = Utf8Input.open(file, false);
        return switch (this) {
            case JSON -> first == '{' ? new JsonLinesReader(in, true) : new JsonListReader(in);
            case JSONL -> first == '[' ? new JsonListReader(in) : new JsonLinesReader(in, false);
            case CONLL -> new ConllReader(in);
            default -> new TextLinesReader(in);
        };
    }

    /** Returns the first character of a file that is no white space, or -1. */
    private static int firstOf(Path file) throws IOException {
        try (Utf8Input in = Utf8Input.open(file, false)) {
            int c = in.next();
            while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
                c = in.next();
            }
            return c;
        }
    }
}
