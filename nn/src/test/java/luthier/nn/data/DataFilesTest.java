package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFilesTest {
    private static final String ROW = "{\"text\": \"x\"}\n";

    @TempDir
    private Path folder;

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void assertRefused(String message) {
        DataException fault = assertThrows(DataException.class, () -> DataFiles.read(folder));
        assertEquals(message, fault.getMessage().replace(folder.toString(), "F").replace('\\', '/'));
    }

    private static List<String> texts(Rows rows) {
        return rows.stream().map(row -> row.values().toString()).toList();
    }

    @Test
    void filesAreReadByWhatTheyAreFor() throws IOException {
        write("Train.jsonl", ROW);
        write("dev.csv", "text\ny\n");
        write("test.txt", "z\n");
        write("notes.md", "x");
        write(".hidden.csv", "x");
        DataFiles files = DataFiles.read(folder);
        assertEquals(List.of("{text=\"x\"}"), texts(files.train()));
        assertEquals(List.of("{text=\"y\"}"), texts(files.valid().orElseThrow()));
        assertEquals(List.of("{text=\"z\"}"), texts(files.test().orElseThrow()));
        assertEquals(List.of("notes.md"), files.unread());
    }

    @Test
    void twoFilesForOneThingAreRefused() throws IOException {
        write("train.jsonl", ROW);
        write("valid.jsonl", ROW);
        write("val.csv", "text\ny\n");
        assertRefused("F: valid must be one file; got val.csv and valid.jsonl; remove or rename one of them");
    }

    @Test
    void thereMustBeTrainingRows() throws IOException {
        write("test.jsonl", ROW);
        assertRefused("F: must hold a file of training rows; got test alone; name it train, as in train.jsonl");
    }

    @Test
    void classFoldersGiveTextsWithTheirNames() throws IOException {
        write("train/2.txt", "x\r\n\r\n");
        write("billing/1.txt", "\uFEFFmy invoice\nis wrong\n");
        write("billing/.DS_Store", "x");
        write("Thumbs.db", "x");
        assertEquals(
                List.of("{text=\"my invoice\\nis wrong\", label=\"billing\"}", "{text=\"x\\r\\n\", label=\"train\"}"),
                texts(DataFiles.read(folder).train()));
    }

    @Test
    void foldersOfClassFoldersAreSplitsToo() throws IOException {
        write("train/pos/1.txt", "good");
        write("train/neg/1.txt", "bad");
        write("test/pos/2.txt", "fine");
        DataFiles files = DataFiles.read(folder);
        assertEquals(2, files.train().size());
        assertEquals(
                List.of("{text=\"fine\", label=\"pos\"}"), texts(files.test().orElseThrow()));
        assertTrue(files.valid().isEmpty());
    }

    @Test
    void whatIsNoTextOfAClassIsRefused() throws IOException {
        write("cats/1.png", "x");
        assertRefused(
                "F/cats/1.png: a folder of a class must hold texts, .txt files; got an image; move it or remove it");
    }

    @Test
    void aTextWithoutAnEndingIsToldItsName() throws IOException {
        write("cats/49960", "x");
        assertRefused(
                "F/cats/49960: a folder of a class must hold texts, .txt files; got another file; name it 49960.txt if it is"
                        + " one");
    }

    @Test
    void filesBesideClassesAreRefused() throws IOException {
        write("billing/1.txt", "x");
        write("rows.csv", "text\nx\n");
        assertRefused(
                "F/rows.csv: a folder must hold a folder a class, or files named train, valid and test; got another file; move, rename"
                        + " or remove it");
    }

    @Test
    void anEmptyTextIsRefused() throws IOException {
        write("billing/1.txt", " \n");
        assertRefused("F/billing/1.txt: must hold a text; got an empty text; fill it in or remove the file");
    }
}
