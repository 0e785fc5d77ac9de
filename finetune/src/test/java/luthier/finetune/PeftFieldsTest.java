package luthier.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.io.Saved;
import luthier.finetune.lora.Lora;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.OptionException;
import luthier.finetune.method.Targets;
import luthier.finetune.scale.Ia3;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What fields of PEFT's configurations mean for a BERT of three blocks, by PEFT's rules. */
class PeftFieldsTest {
    private static final BertClassifier MODEL =
            new BertClassifier(new BertConfig(20, 8, 12, 3, 2, 16, 2, 1e-12, 0), 2, BertClassifier.Pooling.POOLER);
    private static final String SELF = "bert.encoder.layer.%d.attention.self.%s";

    private static Config lora(Map<String, Object> fields, String... tensors) {
        return PeftFields.read(MODEL, new Lora(), saved(fields, tensors));
    }

    private static Saved saved(Map<String, Object> fields, String... tensors) {
        Map<String, Tensor> held = new LinkedHashMap<>();
        for (String tensor : tensors) {
            held.put(tensor, Tensor.scalar(0f));
        }
        return new Saved("LORA", fields, held, Optional.of("SEQ_CLS"));
    }

    @Test
    void whatIsNotSaidHasTheValueThatPeftTakes() {
        Config config = lora(Map.of());
        assertEquals(8, config.get(Lora.RANK));
        assertEquals(8.0, config.get(Lora.ALPHA));
        assertEquals(List.of("query", "value"), config.get(Lora.TARGETS));
        Config ia3 = PeftFields.read(MODEL, new Ia3(), saved(Map.of("target_modules", List.of("output.dense"))));
        assertEquals(6, ia3.get(Ia3.FEEDFORWARD).size());
    }

    @Test
    void aListNamesEndsAndAStringIsOneExpression() {
        assertEquals(
                List.of("query"),
                lora(Map.of("target_modules", List.of("query", "q_proj"))).get(Lora.TARGETS));
        assertEquals(
                List.of(SELF.formatted(0, "key"), SELF.formatted(1, "key")),
                lora(Map.of("target_modules", ".*layer\\.(?P<n>[01]),{0,1}.*key"))
                        .get(Lora.TARGETS));
        assertEquals(
                19,
                lora(Map.of("target_modules", "All-Linear")).get(Lora.TARGETS).size());
    }

    @Test
    void placesAreTakenAwayAgain() {
        Map<String, Object> fields = new LinkedHashMap<>(Map.of("target_modules", List.of("query", "pooler.dense")));
        fields.put("exclude_modules", List.of("layer.0.attention.self.query"));
        assertEquals(3, lora(fields).get(Lora.TARGETS).size());
        fields.put("layers_to_transform", List.of(0.0, 2.0));
        assertEquals(List.of(SELF.formatted(2, "query")), lora(fields).get(Lora.TARGETS));
        fields.put("layers_to_transform", 1.0);
        fields.put("layers_pattern", List.of("h", "layer"));
        assertEquals(List.of(SELF.formatted(1, "query")), lora(fields).get(Lora.TARGETS));
        fields.put("modules_to_save", List.of("layer.1"));
        assertEquals(
                "peft: target_modules must choose a layer of the model; got [query, pooler.dense]",
                assertThrows(OptionException.class, () -> lora(fields)).getMessage());
    }

    @Test
    void modulesTrainedWholeAreNamedByTheirEnds() {
        assertEquals(
                List.of("classifier", "bert.pooler.dense"),
                lora(Map.of("modules_to_save", List.of("classifier", "score", "pooler")))
                        .get(HostMethod.SAVE));
        assertEquals(List.of("classifier"), lora(Map.of(), "classifier.weight").get(HostMethod.SAVE));
        assertEquals(List.of(), lora(Map.of()).get(HostMethod.SAVE));
        assertEquals(
                "peft: modules_to_save must name modules of the model; got head, which it has not",
                assertThrows(OptionException.class, () -> lora(Map.of("modules_to_save", List.of("head"))))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "bias, none",
        "bias,",
        "lora_bias, false",
        "init_lora_weights, eva",
        "fan_in_fan_out, true",
        "qalora_group_size, 4",
        "new_in_a_later_version, false"
    })
    void fieldsThatAskForNothingAreLeftAlone(String field, String value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(field, "false".equals(value) ? Boolean.FALSE : value);
        assertEquals(lora(Map.of()), lora(fields));
    }

    @ParameterizedTest
    @CsvSource({
        "bias, all, peft: bias is not supported and must be off; got all",
        "trainable_token_indices, 3, peft: trainable_token_indices is not supported and must be off; got 3",
        "new_in_a_later_version, 3, 'peft: a field that is not known must be off, as it may change the numbers; got 3 for"
                + " new_in_a_later_version'"
    })
    void fieldsThatAskForMoreAreRefusedByName(String field, String value, String message) {
        assertEquals(
                message,
                assertThrows(OptionException.class, () -> lora(Map.of(field, value)))
                        .getMessage());
    }

    @Test
    void firstValuesThatChangeTheBaseAreRefused() {
        String message = assertThrows(OptionException.class, () -> lora(Map.of("init_lora_weights", "pissa")))
                .getMessage();
        assertTrue(message.startsWith("peft: init_lora_weights must be one that leaves the base as it is"), message);
        assertTrue(message.endsWith("; got pissa; save the adapter converted to an ordinary one"), message);
    }

    @Test
    void patternsOfRanksMatchWholePathsOrWhatFollowsADot() {
        Map<String, Double> patterns = Map.of("2\\.attention.*value", 3.0);
        assertEquals(3.0, Targets.pattern(patterns, SELF.formatted(2, "value"), 1));
        assertEquals(1.0, Targets.pattern(patterns, SELF.formatted(12, "value"), 1));
        assertEquals(1.0, Targets.pattern(Map.of("uery", 3.0), SELF.formatted(1, "query"), 1));
        assertEquals(3.0, Targets.pattern(Map.of("^bert.*query", 3.0), SELF.formatted(1, "query"), 1));
    }
}
