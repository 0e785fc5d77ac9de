package luthier.nn.models.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import luthier.golden.GgufBytes;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.WeightStorage;
import luthier.nn.models.LoadedModel;
import luthier.nn.models.Pretrained;
import luthier.tensor.BlockQuantized;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.WeightSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys become fields, names become public ones, rows are put back; what would change the numbers is refused by name. */
class GgufModelTest {
    private static final int WIDTH = 32;

    @TempDir
    private Path folder;

    private final List<String> left = new ArrayList<>();

    /** A tiny model of one block: two heads of 16, one of keys. */
    private GgufBytes keys(String architecture) {
        GgufBytes file = new GgufBytes();
        if (!architecture.isEmpty()) {
            file.text("general.architecture", architecture);
        }
        String prefix = architecture + ".";
        number(file, prefix + "context_length", 64);
        number(file, prefix + "embedding_length", WIDTH);
        number(file, prefix + "block_count", 1);
        number(file, prefix + "feed_forward_length", 64);
        number(file, prefix + "attention.head_count", 2);
        number(file, prefix + "attention.head_count_kv", 1);
        return file.number(prefix + "attention.layer_norm_rms_epsilon", GgufBytes.F32, 1e-6);
    }

    private void number(GgufBytes file, String key, long value) {
        if (!left.contains(key)) {
            file.number(key, GgufBytes.U32, value);
        }
    }

    private GgufBytes tensors(GgufBytes file) {
        matrix(file, "token_embd.weight", 40, WIDTH);
        vector(file, "blk.0.attn_norm.weight", WIDTH);
        matrix(file, "blk.0.attn_q.weight", WIDTH, WIDTH);
        matrix(file, "blk.0.attn_k.weight", 16, WIDTH);
        matrix(file, "blk.0.attn_v.weight", 16, WIDTH);
        matrix(file, "blk.0.attn_output.weight", WIDTH, WIDTH);
        vector(file, "blk.0.ffn_norm.weight", WIDTH);
        matrix(file, "blk.0.ffn_gate.weight", 64, WIDTH);
        matrix(file, "blk.0.ffn_up.weight", 64, WIDTH);
        matrix(file, "blk.0.ffn_down.weight", WIDTH, 64);
        vector(file, "output_norm.weight", WIDTH);
        return file;
    }

    private static Tensor numbers(String name, long... sizes) {
        return Rng.of(name.hashCode()).normal(DType.F32, Shape.of(sizes), 0, 1);
    }

    private void matrix(GgufBytes file, String name, int rows, int columns) {
        if (!left.contains(name)) {
            BlockQuantized blocks = BlockQuantized.of(BlockQuantized.Type.Q8_0, numbers(name, rows, columns));
            file.tensor(name, new long[] {columns, rows}, 8, blocks.blocks());
        }
    }

    private void vector(GgufBytes file, String name, int size) {
        file.floats(name, new long[] {size}, numbers(name, size).toFloatArray());
    }

    private GgufModel open(GgufBytes file) throws IOException {
        return GgufModel.open(write(file));
    }

    private Path write(GgufBytes file) throws IOException {
        return Files.write(folder.resolve("m.gguf"), file.build());
    }

    private GgufModel llama(Consumer<GgufBytes> more) throws IOException {
        GgufBytes file = keys("llama");
        more.accept(file);
        return open(tensors(file));
    }

    @Test
    void keysBecomeFields() throws IOException {
        JsonObject config = llama(file -> {}).config();
        assertEquals(
                "{\"model_type\":\"llama\",\"architectures\":[\"LlamaForCausalLM\"],\"vocab_size\":40,\"hidden_size\":"
                        + "32,\"intermediate_size\":64,\"num_hidden_layers\":1,\"num_attention_heads\":2,"
                        + "\"num_key_value_heads\":1,\"head_dim\":16,\"max_position_embeddings\":64,\"rms_norm_eps\":"
                        + "0.0000010,\"hidden_act\":\"silu\",\"tie_word_embeddings\":true,\"attention_bias\":false,"
                        + "\"mlp_bias\":false,\"rope_theta\":10000}",
                config.toJson(0));
        assertEquals(
                folder.resolve("m.gguf") + " as config.json", config.place().source());
    }

    @Test
    void rotaryPositions() throws IOException {
        assertEquals(
                "{\"rope_type\":\"linear\",\"factor\":4.0}",
                llama(file -> file.text("llama.rope.scaling.type", "linear")
                                .number("llama.rope.scaling.factor", GgufBytes.F32, 4))
                        .config()
                        .get("rope_scaling")
                        .toJson(0));
        assertEquals(
                "{\"rope_type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":16}",
                llama(file -> file.text("llama.rope.scaling.type", "yarn")
                                .number("llama.rope.scaling.factor", GgufBytes.F32, 4)
                                .number("llama.rope.scaling.original_context_length", GgufBytes.U32, 16))
                        .config()
                        .get("rope_scaling")
                        .toJson(0));
        JsonObject partial = llama(file -> file.number("llama.rope.dimension_count", GgufBytes.U32, 8)
                        .number("llama.rope.freq_base", GgufBytes.F32, 5e5))
                .config();
        assertEquals("0.5", partial.get("partial_rotary_factor").toJson(0));
        assertEquals(500_000.0, partial.get("rope_theta").asDouble());
        JsonObject factors = llama(file -> file.floats("rope_freqs.weight", new long[] {8}, 1, 1, 1, 1, 2, 4, 8, 8))
                .config();
        assertEquals(
                "[1.0,1.0,1.0,1.0,2.0,4.0,8.0,8.0]",
                factors.get("rope_scaling").asObject().get("long_factor").toJson(0));
    }

    @Test
    void aWindowMakesItAMistral() throws IOException {
        JsonObject config = llama(file -> number(file, "llama.attention.sliding_window", 48))
                .config();
        assertEquals("mistral", config.get("model_type").asString());
        assertEquals(48, config.get("sliding_window").asInt());
    }

    @Test
    void rowsOfLlamasQueriesAndKeysArePutBack() throws IOException {
        try (WeightSource weights = llama(file -> {}).weights()) {
            Tensor stored = BlockQuantized.of(BlockQuantized.Type.Q8_0, numbers("blk.0.attn_q.weight", WIDTH, WIDTH))
                    .dequantize();
            Tensor q = weights.read("model.layers.0.self_attn.q_proj.weight");
            for (int row = 0; row < WIDTH; row++) {
                // Place i of half j of head h lies at 16 h + 2 i + j in the file.
                int h = row / 16;
                int j = row % 16 / 8;
                int i = row % 8;
                assertTrue(q.select(0, row).bitEquals(stored.select(0, 16 * h + 2 * i + j)), "row " + row);
            }
            Tensor blocks = weights.frozen("model.layers.0.self_attn.q_proj.weight")
                    .orElseThrow()
                    .dequantize();
            assertTrue(blocks.bitEquals(q));
            Tensor two = weights.frozen("model.layers.0.self_attn.q_proj.weight", 17, 3)
                    .orElseThrow()
                    .dequantize();
            assertTrue(two.select(0, 0).bitEquals(q.select(0, 17))
                    && two.select(0, 1).bitEquals(q.select(0, 3)));
        }
    }

    @Test
    void othersKeepTheirRowsAndHaveTheirBiasesAndNorms() throws IOException {
        GgufBytes qwen2 = tensors(keys("qwen2"));
        vector(qwen2, "blk.0.attn_q.bias", WIDTH);
        vector(qwen2, "blk.0.attn_k.bias", 16);
        vector(qwen2, "blk.0.attn_v.bias", 16);
        try (WeightSource weights = open(qwen2).weights()) {
            assertEquals(
                    BlockQuantized.of(BlockQuantized.Type.Q8_0, numbers("blk.0.attn_k.weight", 16, WIDTH))
                            .dequantize()
                            .toString(),
                    weights.read("model.layers.0.self_attn.k_proj.weight").toString());
            assertEquals(
                    Shape.of(16),
                    weights.tensors()
                            .get("model.layers.0.self_attn.v_proj.bias")
                            .shape());
        }
        GgufBytes qwen3 = tensors(keys("qwen3"));
        vector(qwen3, "blk.0.attn_q_norm.weight", 16);
        vector(qwen3, "blk.0.attn_k_norm.weight", 16);
        try (WeightSource weights = open(qwen3).weights()) {
            assertTrue(weights.tensors().containsKey("model.layers.0.self_attn.q_norm.weight"));
        }
    }

    @Test
    void aModelKeepsTheFilesBlocksOrWhatIsWished() throws IOException {
        Pretrained opened = Pretrained.open(write(tensors(keys("llama"))));
        assertEquals(WeightStorage.AS_IS, opened.storage());
        LoadedModel loaded = opened.causalLm();
        Layer model = loaded.model();
        assertEquals(
                8,
                model.parameters().values().stream().filter(Parameter::isStored).count());
        assertEquals(
                List.of("storage as-is: 8 matrices take 11152 bytes instead of 41984"),
                loaded.report().notes());
        Layer plain = opened.storing(WeightStorage.F32).causalLm().model();
        assertFalse(plain.parameters().values().stream().anyMatch(Parameter::isStored));
        model.parameters()
                .forEach((name, parameter) -> assertTrue(
                        parameter.value().bitEquals(plain.parameters().get(name).value()), name));
    }

    private void refused(GgufModel model, String rule) {
        String message = assertThrows(ModelFormatException.class, () -> {
                    model.config();
                    model.weights().close();
                })
                .getMessage();
        assertEquals(folder.resolve("m.gguf") + ": " + rule, message);
    }

    @Test
    void whatIsMissingUnknownOrOddIsRefusedByName() throws IOException {
        refused(open(keys("")), "general.architecture must be there; got no such key");
        refused(open(keys("mamba9")), "general.architecture must be one of llama, qwen2, qwen3; got mamba9");
        refused(
                open(keys("llama")),
                "the file must hold the matrix token_embd.weight; got none: this is a vocabulary alone");
        refused(llama(file -> number(file, "llama.expert_count", 8)), "llama.expert_count is not supported; got 8");
        refused(
                llama(file -> file.text("llama.rope.scaling.type", "longrope")),
                "llama.rope.scaling.type must be none, linear or yarn; got longrope");
        refused(
                llama(file -> file.number("llama.rope.scaling.attn_factor", GgufBytes.F32, 2)),
                "llama.rope.scaling.attn_factor is not supported; got 2.0");
        refused(
                llama(file -> file.floats("blk.0.attn_q_norm.weight", new long[] {1}, 1)
                        .floats("blk.1.attn_norm.weight", new long[] {1}, 1)),
                "the tensors must be the model's, name by name; got 2 unknown: blk.0.attn_q_norm.weight,"
                        + " blk.1.attn_norm.weight");
        left.add("blk.0.ffn_up.weight");
        refused(llama(file -> {}), "the tensors must be the model's, name by name; got 1 missing: blk.0.ffn_up.weight");
        refused(
                llama(file -> file.floats("blk.0.ffn_up.weight", new long[] {2}, 1, 2)),
                "the tensors must be the model's, name by name; got 1 of another shape: blk.0.ffn_up.weight [2] for"
                        + " [64, 32]");
        left.add("llama.block_count");
        refused(llama(file -> {}), "llama.block_count must be there; got no such key");
        left.add("llama.attention.head_count_kv");
        left.remove("llama.block_count");
        refused(
                llama(file -> file.numbers("llama.attention.head_count_kv", GgufBytes.I32, 1, 2)),
                "llama.attention.head_count_kv must be the same for all blocks; got [1, 2]");
        refused(
                llama(file -> file.number("llama.attention.head_count_kv", GgufBytes.I32, -1)),
                "llama.attention.head_count_kv must be 1 to 2^31 - 1; got -1");
    }
}
