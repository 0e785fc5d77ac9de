package luthier.nn.data;

import static luthier.nn.data.RowFiles.assertRefused;
import static luthier.nn.data.RowFiles.read;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8InputTest {
    @TempDir
    private Path folder;

    @Test
    void theMarkIsDroppedAndASecondOneIsText() {
        assertEquals(
                List.of("2 {a=\"\uFEFFx\"}".replace("\uFEFF", "\\ufeff")),
                read(folder, "t.csv", "\uFEFF\"a\"\n\uFEFFx\n").stream()
                        .map(s -> s.replace("\uFEFF", "\\ufeff"))
                        .toList());
    }

    @Test
    void longFilesAreDecodedAcrossBuffers() {
        String text = "x" + "\uD83D\uDE00\u4F60\u00E9".repeat(30_000);
        assertEquals(List.of("2 {a=\"" + text + "\"}"), read(folder, "t.csv", "a\n" + text));
    }

    @Test
    void otherBytesAreNamedByTheirPlace() {
        assertRefused(
                "t.csv, line 2, column 4: must be text in UTF-8; got the byte 0xe9, which is not UTF-8 here; save the file as UTF-8, a spreadsheet as CSV UTF-8",
                folder,
                "t.csv",
                "a\ncaf\u00E9\n".getBytes(StandardCharsets.ISO_8859_1));
        byte[][] malformed = {
            {(byte) 0xC0, (byte) 0xAF},
            {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xE0, (byte) 0x9F, (byte) 0xBF},
            {(byte) 0xC3},
            {(byte) 0x80},
            {(byte) 0xFE}
        };
        for (byte[] bytes : malformed) {
            byte[] content = {'a', '\n', 0, 0, 0, 0};
            System.arraycopy(bytes, 0, content, 2, bytes.length);
            assertRefused(
                    "t.csv, line 2, column 1: must be text in UTF-8; got the byte 0x%02x, which is not UTF-8 here; save the file as UTF-8, a spreadsheet as CSV UTF-8"
                            .formatted(bytes[0]),
                    folder,
                    "t.csv",
                    Arrays.copyOf(content, 2 + bytes.length));
        }
    }

    @Test
    void otherEncodingsAreRefusedByName() {
        String text = "text,label\nwhere is my parcel,delivery\n";
        for (String name : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            assertRefused(
                    "t.csv, line 1, column 1: must be text in UTF-8; got text in " + name.substring(0, 6)
                            + "; save the file as UTF-8",
                    folder,
                    "t.csv",
                    text.getBytes(Charset.forName(name)));
        }
        assertRefused(
                "t.csv, line 1, column 1: must be text in UTF-8; got text in UTF-16; save the file as UTF-8",
                folder,
                "t.csv",
                ("text,label\n" + "\u4F60\u597D".repeat(200) + ",x\n").getBytes(StandardCharsets.UTF_16LE));
    }

    @Test
    void packedFilesAreRefusedByName() {
        assertRefused(
                "t.csv, line 1, column 1: must be text in UTF-8; got gzip data; unpack it first",
                folder,
                "t.csv",
                new byte[] {0x1F, (byte) 0x8B, 8, 0});
        assertRefused(
                "t.xlsx, line 1, column 1: must be text in UTF-8; got a zip file (a workbook such as .xlsx is one too); export the rows as"
                        + " CSV or JSONL",
                folder,
                "t.xlsx",
                new byte[] {'P', 'K', 3, 4, 20});
        assertEquals(List.of("2 {PK=\"x\"}"), read(folder, "t.csv", "PK\nx\n"), "a text may begin with these letters");
        assertEquals(List.of("4 {PK=\"x\"}"), read(folder, "t.csv", "PK\r\n\r\n\r\nx\n"), "and white space");
    }
}
