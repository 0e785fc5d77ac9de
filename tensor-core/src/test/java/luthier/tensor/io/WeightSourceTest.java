package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightSourceTest {
    private static final Tensor W = Tensor.of(new float[] {1, 2}, 2);

    @TempDir
    private Path folder;

    private static String all(Path file) throws IOException {
        try (WeightSource source = WeightSource.open(file)) {
            assertTrue(source.source().startsWith(file.toString()), source.source());
            return source.readAll().toString();
        }
    }

    @Test
    void opensEveryFormatByWhatItIs() throws IOException {
        String expected = "{w=F32[2][1.0, 2.0]}";
        Path safetensors = folder.resolve("model.safetensors");
        Safetensors.write(safetensors, Map.of("w", W), Map.of());
        assertEquals(expected, all(safetensors));
        assertEquals(expected, all(folder));
        Path npz = folder.resolve("w.npz");
        Npz.write(npz, Map.of("w", W));
        assertEquals(expected, all(npz));
        Path torch = folder.resolve("pytorch_model.bin");
        Files.write(
                torch, TorchFiles.table().vector("w", "FloatStorage", "0", 2).zip(TorchFiles.floats(1, 2)));
        assertEquals(expected, all(torch));
        Path onnx = folder.resolve("model.onnx");
        Files.write(onnx, new byte[] {7 << 3 | 2, 0});
        assertEquals("{}", all(onnx));
        Path shards = Files.createDirectory(folder.resolve("shards"));
        assertEquals(expected, all(Safetensors.writeSharded(shards, Map.of("w", W), Map.of(), 100)));
    }

    @Test
    void takesNoHeaderForAPickle() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("w", W);
        Path file = folder.resolve("model.bin");
        // A header of 0x010280 bytes begins as a pickle of protocol 2 does.
        Safetensors.write(file, tensors, Map.of("k", ""));
        int missing = 0x010280 - (int) (Files.size(file) - 8 - 8);
        Safetensors.write(file, tensors, Map.of("k", "x".repeat(missing)));
        byte[] start = Files.readAllBytes(file);
        assertEquals((byte) 0x80, start[0]);
        assertEquals(2, start[1]);
        assertEquals("{w=F32[2][1.0, 2.0]}", all(file));
    }

    @Test
    void holdsTensorsInMemory() {
        WeightSource source = WeightSource.of(Map.of("w", W), "here");
        assertEquals(
                List.of(new StoredTensor("w", StoredType.F32, Shape.of(2), 8)),
                List.copyOf(source.tensors().values()));
        assertEquals("here", source.source());
        assertEquals(W, source.read("w"));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> source.read("v"));
        assertEquals("read: the file must hold the tensor; got \"v\" for here", e.getMessage());
        source.close();
    }

    @Test
    void readsShardsThatAreTorchFiles() throws IOException {
        Files.write(
                folder.resolve("pytorch_model-00001-of-00002.bin"),
                TorchFiles.table().vector("a", "FloatStorage", "0", 1).zip(TorchFiles.floats(1)));
        Files.write(
                folder.resolve("pytorch_model-00002-of-00002.bin"),
                TorchFiles.table().vector("b", "FloatStorage", "0", 1).zip(TorchFiles.floats(2)));
        Path index = folder.resolve("pytorch_model.bin.index.json");
        Files.writeString(
                index,
                "{\"weight_map\": {\"a\": \"pytorch_model-00001-of-00002.bin\", \"b\":"
                        + " \"pytorch_model-00002-of-00002.bin\"}}");
        assertEquals("{a=F32[1][1.0], b=F32[1][2.0]}", all(index));
    }

    @Test
    void refusesAFolderWithTwoCheckpoints() throws IOException {
        Safetensors.write(folder.resolve("model.safetensors"), Map.of("w", Tensor.zeros(DType.F32, 2)), Map.of());
        Safetensors.writeSharded(folder, Map.of("w", W), Map.of(), 100);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> WeightSource.open(folder));
        assertEquals(
                "a folder must hold one checkpoint; got model.safetensors and model.safetensors.index.json; remove one"
                        + " of the two sets, or open one by its file",
                e.rule());
    }
}
