package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {
    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void columnsAreThoseOfTheHeaderOrOfAllRows() throws IOException {
        assertEquals(List.of("b", "a"), Rows.read(file("t.csv", "b,a\n1,2\n")).columns());
        assertEquals(
                List.of("b", "a", "c"),
                Rows.read(file("t.jsonl", "{\"b\": 1, \"a\": 2}\n{\"c\": 3, \"a\": 1}\n"))
                        .columns());
        assertEquals(List.of("text"), Rows.read(file("t.txt", "one\n\n two \n")).columns());
    }

    @Test
    void rowsOnDiskAreReadAgainForEveryPass() throws IOException {
        Path path = file("t.jsonl", "{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n");
        Rows rows = Rows.onDisk(path);
        assertEquals(3, rows.size());
        try (Stream<Row> some = rows.stream()) {
            assertEquals(
                    "1",
                    some.limit(1).toList().getFirst().find("a").orElseThrow().toString());
        }
        List<Integer> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(row.line()));
        assertEquals(List.of(1, 2, 3), lines);
    }

    @Test
    void aTextFileHasARowALine() throws IOException {
        List<String> rows = Rows.read(file("t.txt", "one\r\n \n two \u2028")).stream()
                .map(row -> row.line() + " " + row.values())
                .toList();
        assertEquals(List.of("1 {text=\"one\"}", "3 {text=\" two \\u2028\"}"), rows);
    }

    @Test
    void theEndingTellsTheFormatUnlessItIsSaid() throws IOException {
        assertEquals(
                Optional.of(RowFormat.JSONL),
                Rows.read(file("t.NDJSON", "{\"a\": 1}\n")).format());
        assertEquals(
                2,
                Rows.read(file("t.txt", "EU B-ORG\n\nPeter O\n"), RowFormat.CONLL)
                        .size());
        Path other = file("t.docx", "x");
        DataException unknown = assertThrows(DataException.class, () -> Rows.read(other));
        assertEquals(
                other
                        + ": must be named by its format; got another ending; use one of .csv, .tsv, .tab, .jsonl, .ndjson, .jsonlines,"
                        + " .json, .txt, .text, .conll, .bio, .iob, .iob2",
                unknown.getMessage());
        assertThrows(NoSuchFileException.class, () -> Rows.read(folder.resolve("none.csv")));
    }

    @Test
    void rowsOfAProgramAreRowsToo() {
        Rows rows = Rows.of("tickets", List.of(new Row("tickets", 1, Map.of("text", Json.of("x")))));
        assertEquals(List.of("text"), rows.columns());
        assertEquals(Optional.empty(), rows.format());
        DataException none = assertThrows(DataException.class, () -> Rows.of("tickets", List.of()));
        assertEquals("tickets: must hold rows; got no rows; add some", none.getMessage());
    }

    @Test
    void errorsOfARowShowWhatStandsThere() {
        Row row = new Row("t.csv", 7, Map.of("a", Json.of("x\n" + "y".repeat(70)), "b", Json.of(List.of(1, 2))));
        assertEquals(
                "t.csv, line 7: a: must be short; got \"x\\n" + "y".repeat(58) + "\"...; cut it",
                row.error("a", "must be short", "cut it").getMessage());
        assertEquals(
                "t.csv, line 7: b: must be a text; got [1,2]; write one",
                row.error("b", "must be a text", "write one").getMessage());
        assertEquals(
                "t.csv, line 7: c: must be there; got no such key; add it",
                row.error("c", "must be there", "add it").getMessage());
    }
}
