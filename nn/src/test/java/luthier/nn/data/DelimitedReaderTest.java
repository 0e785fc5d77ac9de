package luthier.nn.data;

import static luthier.nn.data.RowFiles.assertRefused;
import static luthier.nn.data.RowFiles.read;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelimitedReaderTest {
    @TempDir
    private Path folder;

    @Test
    void valuesStayAsTheyAreWritten() {
        assertEquals(
                List.of("2 {a=\"007\", b=\" NA \"}", "3 {a=\"\", b=\"1.0\"}"),
                read(folder, "t.csv", "a,b\n007, NA \n\"\",1.0\n"));
    }

    @Test
    void lineFeedReturnAndBothEndALineAndNothingElseDoes() {
        assertEquals(
                List.of("2 {a=\"1\", b=\"2\"}", "4 {a=\"3\\u2028\", b=\"4\u0085\"}", "5 {a=\"5\", b=\"6\"}"),
                read(folder, "t.csv", "a,b\r\n1,2\n\n3\u2028,4\u0085\r5,6"));
    }

    @Test
    void quotesHoldDelimitersQuotesAndLineEnds() {
        assertEquals(
                List.of("2 {a=\"x, \\\"y\\\"\\r\\nz\", b=\"1\"}", "4 {a=\"5\\\" disk\", b=\"2\"}"),
                read(folder, "t.csv", "a,b\n\"x, \"\"y\"\"\r\nz\",1\n5\" disk,2\n"));
    }

    @Test
    void theHeaderChoosesTheDelimiter() {
        assertEquals(List.of("2 {a=\"x, y, z\", b=\"1\"}"), read(folder, "t.csv", "a;b\nx, y, z;1\n"));
        assertEquals(List.of("2 {a; b=\"x\", c=\"1\"}"), read(folder, "t.csv", "\"a; b\",c\nx,1\n"));
        assertEquals(List.of("2 {a=\"x;\", b=\"1\"}"), read(folder, "t.csv", "a\tb\nx;\t1\n"));
        assertEquals(List.of("2 {a, b=\"x\"}"), read(folder, "t.tsv", "a, b\nx\n"));
    }

    @Test
    void aFirstLineMaySayTheDelimiterAsSpreadsheetsDo() {
        assertEquals(List.of("3 {a=\"x, y\", b=\"1\"}"), read(folder, "t.csv", "sep=;\r\na;b\r\nx, y;1\r\n"));
        assertEquals(List.of("3 {a=\"x;y\", b=\"1\"}"), read(folder, "t.csv", "\uFEFFSEP=|\na|b\nx;y|1\n"));
        assertEquals(List.of("2 {sep=\"x\"}"), read(folder, "t.csv", "sep\nx\n"));
        assertEquals(List.of("2 {sep=ab=\"x\"}"), read(folder, "t.csv", "sep=ab\nx\n"));
        assertEquals(List.of("2 {sep===\"x\"}"), read(folder, "t.tsv", "sep==\nx\n"));
    }

    @Test
    void columnsWithoutANameCountForNothing() {
        assertEquals(List.of("2 {a=\"x\", b=\"y\"}"), read(folder, "t.csv", ", a ,b,\n0,x,y,\n"));
    }

    @Test
    void aRowOfAnotherLengthIsNamedByItsLine() {
        assertRefused(
                "t.csv, line 3: a row must have as many fields as the header, 2; got more fields, 3; put a text that holds \",\" in"
                        + " double quotes, write every field",
                folder,
                "t.csv",
                "a,b\n1,2\n3,4,5\n");
        assertRefused(
                "t.csv, line 4: a row must have as many fields as the header, 2; got fewer fields, 1; put a text that holds \",\" in"
                        + " double quotes, write every field",
                folder,
                "t.csv",
                "a,b\n\"1\n\",2\n3\n");
    }

    @Test
    void aQuoteThatSwallowsRowsIsNamedWhereItOpens() {
        assertRefused(
                "t.csv, line 3, column 3: a quote that opens a field must be closed; got the end of the file; close or remove it",
                folder,
                "t.csv",
                "a,b\n1,2\n3,\"4\n5,6\n");
        assertRefused(
                "t.csv, line 2, column 1: nothing may follow the closing quote of the field that opens here; got \"h\" at line 3,"
                        + " column 4; write \"\" for a quote inside quotes",
                folder,
                "t.csv",
                "a,b\n\"1,2\n3,\"hi\",4\n");
    }

    @Test
    void aSpaceBeforeAQuoteIsNoPartOfALabel() {
        assertRefused(
                "t.csv, line 2, column 4: a quote must be the first character of its field; got a space before it; remove the space",
                folder,
                "t.csv",
                "a,b\n1, \"2\"\n");
    }

    @Test
    void headersNameEveryColumnOnce() {
        assertRefused(
                "t.csv, line 1: columns must have different names; got \"a\" twice; rename or remove one of them",
                folder,
                "t.csv",
                "a,a \n1,2\n");
        assertRefused(
                "t.csv, line 1: the header must name a column; got none; write the names of the columns first",
                folder,
                "t.csv",
                ",\n1,2\n");
        assertRefused(
                "t.csv: must have a header and rows; got an empty file; write the names of the columns first",
                folder,
                "t.csv",
                "\n\r\n");
        assertRefused(
                "t.csv, line 1: must be a table; got a web page; download the file itself",
                folder,
                "t.csv",
                "<!DOCTYPE html>\n<p>a, b</p>\n");
        assertRefused(
                "t.csv, line 1: must be a table; got a pointer of git-lfs; fetch the file with git lfs pull",
                folder,
                "t.csv",
                "version https://git-lfs.github.com/spec/v1\nsize 12\n");
        assertRefused(
                "t.csv, line 2: a row must have as many fields as the header, 1; got more fields, 2; put a line sep=| above the header"
                        + " if bars are between the columns",
                folder,
                "t.csv",
                "a|b\nx, y|1\n");
        assertRefused("t.csv: must hold rows; got no rows; add some", folder, "t.csv", "a,b\n");
    }
}
