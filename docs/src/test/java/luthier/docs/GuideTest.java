package luthier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    void aGptInOnePage() throws Exception {
        Page page = Page.read(Path.of("guide/a-gpt-in-one-page.md"));
        assertEquals(1, page.programs().size());
        check(page, 0, "Gpt.java", "gpt", Gpt::main);
    }

    @Test
    void fineTuningInTwentyLines() throws Exception {
        Page page = Page.read(Path.of("guide/fine-tuning-in-twenty-lines.md"));
        assertEquals(3, page.programs().size());
        String source = "TwentyLines.java";
        check(page, 0, source, "classifier", TwentyLines::classifier);
        check(page, 1, source, "cancel", TwentyLines::cancel);
        check(page, 2, source, "own", TwentyLines::ownLoop);
    }

    @Test
    void aMethodInOneFile() throws Exception {
        Path guide = Path.of("guide/a-method-in-one-file.md");
        Page page = Page.read(guide);
        assertEquals(1, page.programs().size());
        check(page, 0, "OwnMethod.java", "use", OwnMethod::main);
        assertTrue(Files.readString(guide).contains(Page.section(SOURCES.resolve("ScaleAndShift.java"), "method")));
    }

    @Test
    void fromOneNumberToTensors() throws Exception {
        Path guide = Path.of("guide/from-one-number-to-tensors.md");
        Page page = Page.read(guide);
        List<Map.Entry<String, Page.Body>> programs = List.of(
                Map.entry("number", FromOneNumber::number),
                Map.entry("neuron", FromOneNumber::neuron),
                Map.entry("check", FromOneNumber::check),
                Map.entry("tensors", FromOneNumber::tensors),
                Map.entry("own", FromOneNumber::ownRule),
                Map.entry("broadcasting", FromOneNumber::broadcasting),
                Map.entry("matmul", FromOneNumber::matmul),
                Map.entry("network", FromOneNumber::network),
                Map.entry("second", FromOneNumber::second),
                Map.entry("checkpoint", FromOneNumber::checkpoint),
                Map.entry("anomaly", FromOneNumber::anomaly),
                Map.entry("picture", FromOneNumber::show));
        assertEquals(programs.size(), page.programs().size());
        for (int i = 0; i < programs.size(); i++) {
            check(
                    page,
                    i,
                    "FromOneNumber.java",
                    programs.get(i).getKey(),
                    programs.get(i).getValue());
        }
        assertTrue(Files.readString(guide).contains(Page.section(SOURCES.resolve("FromOneNumber.java"), "cube")));
    }

    /** If this fails because a picture looks different on purpose, write {@code FromOneNumber.picture()} to the file. */
    @Test
    void thePictureIsWhatTheProgramDraws() throws Exception {
        String[] drawn = new String[1];
        Page.output(() -> drawn[0] = FromOneNumber.picture());
        assertEquals(Files.readString(Path.of("guide/from-one-number-to-tensors.svg")), drawn[0]);
    }

    @Test
    void theGuideShowsTheModelItUses() throws IOException {
        String model = Page.section(SOURCES.resolve("TwoLayers.java"), "model");
        String page = Files.readString(Path.of("guide/from-a-tensor-to-lora.md"));
        assertTrue(page.contains(model));
    }
}
