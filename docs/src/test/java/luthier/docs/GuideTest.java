package luthier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the pages show is what runs, and what they say it prints is what it prints. */
class GuideTest {
    private static final Path SOURCES = Path.of("src/test/java/luthier/docs");

    private static void check(Page page, int index, String source, String section, Page.Body body) throws Exception {
        assertEquals(
                Page.section(SOURCES.resolve(source), section),
                page.programs().get(index).code());
        assertEquals(Page.output(body), page.programs().get(index).output());
    }

    @Test
    void readme() throws Exception {
        Page page = Page.read(Path.of("../README.md"));
        assertEquals(1, page.programs().size());
        check(page, 0, "Xor.java", "readme", Xor::main);
    }

    @Test
    void fromATensorToLora() throws Exception {
        Page page = Page.read(Path.of("guide/from-a-tensor-to-lora.md"));
        assertEquals(5, page.programs().size());
        String source = "FromATensorToLora.java";
        check(page, 0, source, "tensors", FromATensorToLora::tensors);
        check(page, 1, source, "gradients", FromATensorToLora::gradients);
        check(page, 2, source, "checking", FromATensorToLora::checking);
        check(page, 3, source, "training", FromATensorToLora::training);
        check(page, 4, source, "lora", FromATensorToLora::lora);
    }

    @Test
    void theGuideShowsTheModelItUses() throws IOException {
        String model = Page.section(SOURCES.resolve("TwoLayers.java"), "model");
        String page = Files.readString(Path.of("guide/from-a-tensor-to-lora.md"));
        assertTrue(page.contains(model));
    }
}
