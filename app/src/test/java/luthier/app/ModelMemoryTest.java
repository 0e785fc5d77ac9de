package luthier.app;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import luthier.finetune.Methods;
import luthier.finetune.TextModel;
import luthier.finetune.method.Method;
import luthier.finetune.task.Classification;
import luthier.finetune.train.ParameterTable;
import luthier.nn.WeightStorage;
import luthier.nn.optim.AdamW;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelMemoryTest {
    private static final ParameterTable TABLE =
            new ParameterTable(List.of(new ParameterTable.Group("model", 10, 1000, 4040, 40, 80)));

    @TempDir
    private Path folder;

    @Test
    void countsWeightsGradientsAndOptimizer() {
        assertDoesNotThrow(() -> ModelMemory.require(TABLE, WeightStorage.F32, 4160));
        UsageException refused =
                assertThrows(UsageException.class, () -> ModelMemory.require(TABLE, WeightStorage.F32, 4159));
        assertEquals(
                "memory: weights, gradients and optimizer take at least 4.1 KiB; got a heap of 4.1 KiB; give more, at least"
                        + " --memory 1m as a step needs room too, or take another method, optimizer or --storage",
                refused.getMessage());
    }

    @Test
    void frozenWeightsTakeWhatTheirStorageTakes() {
        assertDoesNotThrow(() -> ModelMemory.require(TABLE, WeightStorage.NF4, 40 + 500 + 120));
        assertThrows(UsageException.class, () -> ModelMemory.require(TABLE, WeightStorage.NF4, 40 + 500 + 119));
    }

    /** The numbers before anything is loaded are those of the loaded model. */
    @ParameterizedTest
    @ValueSource(strings = {"head", "full", "freeze", "bitfit", "lora", "ia3", "loreft"})
    void knowsWithoutWeightsWhatPlanTells(String name) throws IOException {
        Path model = TinyFolder.encoder(folder.resolve("tiny"));
        Path tickets = TinyFolder.tickets(folder.resolve("tickets.csv"));
        Method method = Methods.named(name);
        JsonObject plan = Json.parse(
                        Spoken.of("plan", "--model", model, "--data", tickets, "--method", name, "--json")
                                .done(),
                        "plan")
                .asObject();
        ParameterTable.Group total = TextModel.table(
                        model,
                        Classification.ofTexts(List.of("a", "b", "c")),
                        method,
                        method.options().usual(),
                        AdamW.USUAL)
                .total();
        assertEquals(plan.get("trainable").asLong(), total.trainable());
        assertEquals(plan.get("total").asLong(), total.total());
        assertEquals(plan.get("weight_bytes").asLong(), total.weightBytes());
        assertEquals(plan.get("optimizer_bytes").asLong(), total.optimizerBytes());
    }
}
