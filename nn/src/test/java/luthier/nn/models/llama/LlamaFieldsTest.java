package luthier.nn.models.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.models.Architectures;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Llama and its kin make of the fields of their config.json. */
class LlamaFieldsTest {
    private static LlamaConfig config(String type, String more) {
        String text =
                "{\"model_type\": \"" + type + "\", \"vocab_size\": 20, \"hidden_size\": 16, \"intermediate_size\": 24,"
                        + " \"num_hidden_layers\": 3, \"num_attention_heads\": 4" + more + "}";
        JsonObject json =
                Json.parse(text.getBytes(StandardCharsets.UTF_8), "config.json").asObject();
        return ((LlamaDesign) Architectures.of(json).read(json)).config();
    }

    private static List<OptionalLong> windows(LlamaConfig config) {
        return config.attention().stream().map(each -> each.scores().window()).toList();
    }

    @Test
    void whatAFileLeavesOutIsTheFormatsOwn() {
        LlamaConfig llama = config("llama", "");
        AttentionDesign attention = llama.attention().getFirst();
        assertEquals(new AttentionDesign.Heads(16, 4, 4, 4), attention.heads());
        assertEquals(new AttentionDesign.Biases(false, false), attention.biases());
        assertEquals(
                "Rotary(HALF, 4, theta=10000.0, None[])",
                attention.rotary().orElseThrow().toString());
        assertEquals(2048, llama.maxLength());
        assertEquals(1e-6, llama.normEps());
        assertFalse(llama.tied());
        assertEquals(
                List.of(OptionalLong.of(4096), OptionalLong.of(4096), OptionalLong.of(4096)),
                windows(config("mistral", "")));
        assertEquals(128, config("qwen3", "").attention().getFirst().heads().size());
    }

    @Test
    void eachKinHasItsOwnAttention() {
        AttentionDesign llama = config(
                        "llama", ", \"num_key_value_heads\": 2, \"head_dim\": 6, \"attention_bias\": true")
                .attention()
                .getFirst();
        assertEquals(new AttentionDesign.Heads(16, 4, 2, 6), llama.heads());
        assertEquals(new AttentionDesign.Biases(true, true), llama.biases());
        assertEquals(
                new AttentionDesign.Biases(true, false),
                config("qwen2", "").attention().getFirst().biases());
        assertTrue(config("qwen3", "").attention().getFirst().norm().isPresent());
        OptionalLong none = OptionalLong.empty();
        assertEquals(List.of(none, none, none), windows(config("mistral", ", \"sliding_window\": null")));
        assertEquals(
                List.of(none, none, OptionalLong.of(7)),
                windows(config(
                        "qwen2", ", \"use_sliding_window\": true, \"sliding_window\": 7, \"max_window_layers\": 2")));
        assertEquals(
                List.of(OptionalLong.of(7), none, none),
                windows(
                        config(
                                "qwen2",
                                ", \"sliding_window\": 7, \"layer_types\": [\"sliding_attention\", \"full_attention\", \"full_attention\"]")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'{\"rope_type\": \"default\", \"rope_theta\": 5000.0}'|Rotary(HALF, 4, theta=5000.0, None[])",
                "'{\"type\": \"linear\", \"factor\": 4}'|Rotary(HALF, 4, theta=10000.0, Linear[factor=4.0])",
                "'{\"rope_type\": \"dynamic\", \"factor\": 2}'|Rotary(HALF, 4, theta=10000.0, Dynamic[factor=2.0, trained=64])",
                "'{\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 16}'"
                        + "|Rotary(HALF, 4, theta=10000.0, Llama3[factor=8.0, low=1.0, high=4.0, trained=16])",
                "'{\"rope_type\": \"yarn\", \"factor\": 4, \"beta_fast\": 16}'"
                        + "|Rotary(HALF, 4, theta=10000.0, Yarn[factor=4.0, trained=64, attention=OptionalDouble.empty, fast=16.0, slow=1.0, whole=true])",
                "'{\"rope_type\": \"default\", \"partial_rotary_factor\": 0.5}'|Rotary(HALF, 2, theta=10000.0, None[])",
            })
    void rotaryPositions(String parameters, String wanted) {
        String length = ", \"max_position_embeddings\": 64, ";
        for (String field : List.of("rope_scaling", "rope_parameters")) {
            LlamaConfig config = config("llama", length + "\"" + field + "\": " + parameters);
            assertEquals(
                    wanted, config.attention().getFirst().rotary().orElseThrow().toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama|'\"rope_scaling\": {\"rope_type\": \"spiral\"}'|rope_scaling.rope_type must be one of default, linear, dynamic, llama3, yarn, longrope; got spiral",
                "llama|'\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2, \"twist\": 3}'|rope_scaling.twist is not supported with this rope_type; got 3",
                "llama|'\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": -2}'|rotary: factor must be a number above 0; got -2.0",
                "llama|'\"num_key_value_heads\": 3'|num_key_value_heads must divide num_attention_heads; got 3 and 4",
                "llama|'\"sliding_window\": 4'|sliding_window is not supported; got 4",
                "llama|'\"rope_interleaved\": true'|rope_interleaved is not supported; got true",
                "mistral|'\"attention_bias\": true'|attention_bias is not supported; got true",
                "qwen2|'\"layer_types\": [\"full_attention\"]'|layer_types must name a type for each of num_hidden_layers; got 1 for 3",
                "qwen2|'\"layer_types\": [\"full_attention\", \"a\", \"a\"]'|layer_types must be full_attention or sliding_attention; got a",
            })
    void refusesByName(String type, String more, String rule) {
        assertEquals(
                rule,
                assertThrows(ModelFormatException.class, () -> config(type, ", " + more))
                        .rule());
    }
}
