package luthier.nn.data;

import static luthier.nn.data.RowFiles.assertRefused;
import static luthier.nn.data.RowFiles.read;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConllReaderTest {
    @TempDir
    private Path folder;

    @Test
    void sentencesEndAtBlankLinesAndTheMarkOfADocumentIsNone() {
        assertEquals(
                List.of(
                        "3 {tokens=[\"EU\",\"rejects\"], tags=[\"B-ORG\",\"O\"]}",
                        "7 {tokens=[\"10\u00A0000\",\"New York\"], tags=[\"O\",\"B-LOC\"]}"),
                read(
                        folder,
                        "t.conll",
                        "-DOCSTART- O\n\nEU  B-ORG \nrejects O\n\n \n10\u00A0000 O\r\nNew York\tB-LOC"));
    }

    @Test
    void aLineHasTwoFields() {
        assertRefused(
                "t.conll, line 2: a line must hold a token and its tag; got fewer fields, 1; keep these two columns",
                folder,
                "t.conll",
                "EU B-ORG\nlonely\n");
        assertRefused(
                "t.conll, line 1: a line must hold a token and its tag; got more fields, 4; keep these two columns, say with"
                        + " cut -d' ' -f1,4",
                folder,
                "t.conll",
                "EU NNP I-NP B-ORG\n");
    }

    @Test
    void neitherTokenNorTagIsEmpty() {
        assertRefused(
                "t.conll, line 2: a line must hold a token and its tag; got an empty tag; fill it in or take the line out",
                folder,
                "t.conll",
                "EU\tB-ORG\nrejects\t\n");
        assertRefused(
                "t.conll, line 1: a line must hold a token and its tag; got an empty token; fill it in or take the line out",
                folder,
                "t.conll",
                "\tO\n");
    }
}
