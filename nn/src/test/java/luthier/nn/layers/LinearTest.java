package luthier.nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinearTest {
    @TempDir
    private Path folder;

    @Test
    void loadsACheckpointOfHalves() throws IOException {
        Tensor weight = Tensor.of(new float[] {1, -2, 0.5f, 3, 0, 1e-3f}, 2, 3).to(DType.BF16);
        Tensor bias = Tensor.of(new float[] {0.1f, 7}, 2).to(DType.F16);
        Path file = folder.resolve("halves.safetensors");
        Safetensors.write(file, Map.of("weight", weight, "bias", bias), Map.of());
        Linear layer = new Linear(3, 2);
        layer.load(Safetensors.read(file));
        assertEquals(DType.F32, layer.weights().get("weight").dtype());
        assertTrue(layer.weights().get("weight").bitEquals(weight.to(DType.F32)));
        assertTrue(layer.weights().get("bias").bitEquals(bias.to(DType.F32)));
    }
}
