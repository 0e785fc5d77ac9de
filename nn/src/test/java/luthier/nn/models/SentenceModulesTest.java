package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentenceModulesTest {
    @TempDir
    private Path path;

    private SentenceModules read(String pooling, String... types) throws IOException {
        new TinyFolder(path).modules(pooling, types);
        return SentenceModules.read(path).orElseThrow();
    }

    private String refusal(String pooling, String... types) {
        return assertThrows(ModelFormatException.class, () -> read(pooling, types))
                .rule();
    }

    @Test
    void readsPoolingByWordAndByTruthValues() throws IOException {
        assertEquals(Optional.empty(), SentenceModules.read(path));
        SentenceModules mean = read(
                "{\"pooling_mode_mean_tokens\": true, \"pooling_mode_max_tokens\": false}", "Pooling", "Normalize");
        assertEquals(new SentenceModules(path, SentencePooling.MEAN, true, OptionalInt.empty(), false), mean);
        assertEquals(
                SentencePooling.FIRST,
                read("{\"pooling_mode\": \"cls\"}", "Pooling").pooling());
        new TinyFolder(path).file("sentence_bert_config.json", "{\"max_seq_length\": null, \"do_lower_case\": true}");
        SentenceModules lower = read("{\"pooling_mode\": \"mean\"}", "Pooling");
        assertTrue(lower.lowercases());
        assertEquals(OptionalInt.empty(), lower.maxLength());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            {"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true} ~ pooling_mode_cls_token and pooling_mode_mean_tokens
            {"pooling_mode_max_tokens": true} ~ pooling_mode_max_tokens
            {"pooling_mode": "lasttoken"} ~ lasttoken
            {} ~ none
            """)
    void refusesOtherPoolingsByName(String pooling, String got) {
        assertEquals(
                "one pooling must be chosen, of pooling_mode_mean_tokens and pooling_mode_cls_token; got " + got,
                refusal(pooling, "Pooling"));
    }

    @Test
    void refusesModulesThatItLacksByName() throws IOException {
        String mean = "{\"pooling_mode\": \"mean\"}";
        assertEquals(
                "a module must be a Transformer, a Pooling or a Normalize; got sentence_transformers.models.Dense in"
                        + " 2_Dense; without it the vectors would mean something else",
                refusal(mean, "Pooling", "Dense"));
        assertEquals("the modules must include a Pooling; got none", refusal(mean));
        assertEquals(
                "the modules must be a Transformer, a Pooling and perhaps a Normalize, in this order; got Normalize"
                        + " elsewhere",
                refusal(mean, "Normalize", "Pooling"));
        new TinyFolder(path).modules(mean, "Pooling");
        Files.delete(path.resolve("1_Pooling/config.json"));
        assertEquals(
                "the pooling's folder must hold a config.json; got none in 1_Pooling",
                assertThrows(ModelFormatException.class, () -> SentenceModules.read(path))
                        .rule());
        new TinyFolder(path).file("modules.json", "[{\"path\": \"../x\", \"type\": \"Transformer\"}]");
        assertEquals(
                "a module's path must be a folder in the folder; got \"../x\"",
                assertThrows(ModelFormatException.class, () -> SentenceModules.read(path))
                        .rule());
    }
}
