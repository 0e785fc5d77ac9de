package luthier.nn.data;

import static luthier.nn.data.RowFiles.assertRefused;
import static luthier.nn.data.RowFiles.read;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonRowsTest {
    private static final String MEND = "; mend this row";

    @TempDir
    private Path folder;

    @Test
    void valuesKeepTheirKind() {
        assertEquals(
                List.of("1 {a=1, b=1.0, c=\"1\", d=null}", "3 {a=true, e=[{\"x\":2}]}"),
                read(
                        folder,
                        "t.jsonl",
                        "{\"a\": 1, \"b\": 1.0, \"c\": \"1\", \"d\": null}\r\n \t\n{\"a\": true, \"e\": [{\"x\": 2}]}"));
    }

    @Test
    void linesAreEndedByNothingButLineFeeds() {
        assertEquals(
                List.of("1 {a=\"\u0085\\u2028\u000b\"}".replace("\u000b", "\\u000b")),
                read(folder, "t.jsonl", "{\"a\": \"\u0085\u2028\\u000b\"}\n"));
    }

    @Test
    void faultsAreNamedByLineAndColumnInCodePoints() {
        assertRefused(
                "t.jsonl, line 2, column 9: must be strict JSON: nothing may follow the JSON value; got \",\"" + MEND,
                folder,
                "t.jsonl",
                "{\"a\": 1}\n{\"\uD83D\uDE00\":1},\n".replace(":1}", ": 1}"));
        assertRefused(
                "t.jsonl, line 1, column 10: must be strict JSON: keys must be unique; got \"a\" twice" + MEND,
                folder,
                "t.jsonl",
                "{\"a\": 1, \"\\u0061\": 2}\n".replace(" 2}", " 2}"));
        assertRefused(
                "t.jsonl, line 1, column 8: must be strict JSON: the JSON ends too early; got the end" + MEND,
                folder,
                "t.jsonl",
                "{\"a\": 1");
    }

    @Test
    void aRowIsAnObject() {
        assertRefused(
                "t.jsonl, line 2, column 1: a row must be a JSON object; got \"[1]\"; write {\"column\": value, ...}",
                folder,
                "t.jsonl",
                "{\"a\": 1}\n[1]\n");
        assertRefused(
                "t.json, line 2, column 2: a row must be a JSON object; got \"7\"; write {\"column\": value, ...}",
                folder,
                "t.json",
                "[{\"a\": 1},\n 7 ]");
    }

    @Test
    void aListIsReadObjectByObject() {
        assertEquals(
                List.of("2 {a=\"],}\\\"\"}", "4 {b=[[]]}"),
                read(folder, "t.json", "\uFEFF[\r\n  {\"a\": \"],}\\\"\"}\r\n,\r\n  {\"b\": [[]]} ]\r\n"));
    }

    @Test
    void listsAreWhole() {
        assertRefused(
                "t.json, line 2, column 1: must be strict JSON: the JSON ends too early; got the end" + MEND,
                folder,
                "t.json",
                "[{\"a\": 1},\n]");
        assertRefused(
                "t.json, line 1, column 10: must be a JSON list of objects: ',' must stand here; got the end of the file; write [{...},"
                        + " {...}]",
                folder,
                "t.json",
                "[{\"a\": 1}");
        assertRefused(
                "t.json, line 1, column 11: nothing may follow the JSON list; got \"[\"; remove it",
                folder,
                "t.json",
                "[{\"a\": 1}][");
        assertRefused("t.json: must hold rows; got no rows; add some", folder, "t.json", "[ ]");
    }

    @Test
    void linesAndListsAreToldByTheirFirstCharacterButOneObjectIsNoList() {
        assertEquals(List.of("1 {a=1}", "2 {a=2}"), read(folder, "t.json", "{\"a\": 1}\n{\"a\": 2}\n"));
        assertEquals(List.of("2 {a=1}", "2 {a=2}"), read(folder, "t.jsonl", "[\n{\"a\": 1}, {\"a\": 2}]\n"));
        assertRefused(
                "t.json, line 1, column 1: must be a list of objects; got one object with the keys version, data; write [{...}, {...}]",
                folder,
                "t.json",
                "{\"version\": 1, \"data\": [{\"a\": 1}]}");
        assertRefused(
                "t.json, line 1, column 2: must be strict JSON: the JSON ends too early; got the end; mend this row (a .json file holds a"
                        + " list of objects, [{...}, {...}], or an object a line)",
                folder,
                "t.json",
                "{\n \"a\": 1\n}");
    }
}
