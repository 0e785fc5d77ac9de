package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TensorFileTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private static Map<String, Tensor> tensors(int n) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < n; i++) {
            tensors.put("w" + i, Rng.of(i).normal(DType.F32, Shape.of(10, i), 0, 1));
        }
        return tensors;
    }

    @Test
    void knowsItsTensorsWithoutReadingThem() throws IOException {
        Safetensors.write(
                file(), Map.of("a", Tensor.scalar(1f), "b", Tensor.zeros(DType.BF16, 2, 3)), Map.of("k", "v"));
        try (TensorFile opened = Safetensors.open(folder)) {
            assertEquals(
                    List.of(
                            new StoredTensor("a", StoredType.F32, Shape.of(), 4),
                            new StoredTensor("b", StoredType.BF16, Shape.of(2, 3), 12)),
                    List.copyOf(opened.tensors().values()));
            assertEquals(Map.of("k", "v"), opened.metadata());
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> opened.read("c"));
            assertTrue(e.getMessage().startsWith("read: the file must hold the tensor; got \"c\""), e.getMessage());
        }
    }

    @Test
    void cannotBeReadAfterClosing() throws IOException {
        Safetensors.write(file(), tensors(2), Map.of());
        TensorFile opened = Safetensors.open(file());
        Tensor kept = opened.read("w1");
        opened.close();
        opened.close();
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> opened.read("w1"));
        assertEquals("read: the file must be open; got the closed " + file(), e.getMessage());
        assertTrue(kept.bitEquals(tensors(2).get("w1")));
    }

    @Test
    void noticesAFileThatWasCutWhileMapped() throws IOException {
        Safetensors.write(file(), Map.of("w", Tensor.zeros(DType.F32, 100_000)), Map.of());
        try (TensorFile opened = Safetensors.open(file());
                RandomAccessFile other = new RandomAccessFile(file().toFile(), "rw")) {
            other.setLength(5000);
            ModelFormatException e = assertThrows(ModelFormatException.class, () -> opened.read("w"));
            assertTrue(e.getMessage().contains("the file must not change while it is mapped"), e.getMessage());
        }
    }

    @Test
    void canBeReplacedWhileItIsOpen() throws IOException {
        Safetensors.write(file(), Map.of("w", Tensor.scalar(1f)), Map.of());
        try (TensorFile opened = Safetensors.open(file())) {
            Safetensors.write(file(), Map.of("w", Tensor.scalar(2f)), Map.of());
            assertEquals(1, opened.read("w").item());
        }
        assertEquals(2, Safetensors.read(file()).get("w").item());
    }

    @Tag("slow")
    @Test
    void canBeReadByManyThreadsAndClosedMeanwhile() throws Exception {
        Map<String, Tensor> tensors = tensors(20);
        Safetensors.write(file(), tensors, Map.of());
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 50; round++) {
                TensorFile opened = Safetensors.open(file());
                CountDownLatch started = new CountDownLatch(4);
                List<Future<Integer>> readers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    readers.add(pool.submit(() -> {
                        started.countDown();
                        int read = 0;
                        try {
                            for (; read < 20_000; read++) {
                                String name = "w" + read % 20;
                                assertTrue(opened.read(name).bitEquals(tensors.get(name)));
                            }
                        } catch (IllegalStateException closed) {
                            return read;
                        }
                        return read;
                    }));
                }
                started.await();
                opened.close();
                for (Future<Integer> reader : readers) {
                    assertTrue(reader.get() <= 20_000);
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** A sparse file: 2^31 + 24 bytes of zeros lie before the small tensor. */
    @Test
    void readsBehindTwoGigabytes() throws IOException {
        long begin = (1L << 31) + 24;
        String header = "{" + HostileFiles.entry("zeros", "U8", "[2," + begin / 2 + "]", 0, begin) + ","
                + HostileFiles.entry("w", "F32", "[1]", begin, begin + 4) + "}";
        Files.write(file(), HostileFiles.file(header));
        try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
            sparse.setLength(sparse.length() + begin + 4);
            sparse.seek(sparse.length() - 4);
            sparse.write(new byte[] {0, 0, (byte) 0x80, 0x3F});
        }
        try (TensorFile opened = Safetensors.open(file())) {
            assertEquals(1, opened.read("w").item());
            ModelFormatException e = assertThrows(ModelFormatException.class, () -> opened.read("zeros"));
            assertTrue(
                    e.getMessage().contains("zeros: a tensor of " + begin + " elements does not fit"), e.getMessage());
        }
        Files.delete(file());
    }

    @Test
    void splitsIntoShardsAndReadsThemAsOne() throws IOException {
        Map<String, Tensor> tensors = tensors(10);
        Path index = Safetensors.writeSharded(folder, tensors, Map.of("format", "pt"), 500);
        try (Stream<Path> files = Files.list(folder)) {
            assertTrue(files.filter(path -> path.toString().endsWith(".safetensors"))
                            .count()
                    > 2);
        }
        try (TensorFile opened = Safetensors.open(index)) {
            assertEquals(tensors.keySet(), opened.tensors().keySet());
            assertEquals(Map.of("format", "pt"), opened.metadata());
            tensors.forEach((name, tensor) -> assertTrue(tensor.bitEquals(opened.read(name)), name));
            assertThrows(IllegalArgumentException.class, () -> opened.read("none"));
        }
        assertEquals(
                1800,
                Json.read(index)
                        .asObject()
                        .get("metadata")
                        .asObject()
                        .get("total_size")
                        .asLong());
        assertThrows(IllegalArgumentException.class, () -> Safetensors.writeSharded(folder, tensors, Map.of(), 0));
    }

    @Test
    void refusesToWriteWhatItWouldNotRead() {
        Tensor one = Tensor.scalar(1f);
        long[] rank65 = new long[65];
        Arrays.fill(rank65, 1);
        for (Map<String, Tensor> tensors :
                List.of(Map.of("__metadata__", one), Map.of("\uD800", one), Map.of("w", one.reshape(rank65)))) {
            assertThrows(IllegalArgumentException.class, () -> Safetensors.write(file(), tensors, Map.of()));
        }
        assertThrows(IllegalArgumentException.class, () -> Safetensors.write(file(), Map.of(), Map.of("k", "\uDC00")));
        assertFalse(Files.exists(file()));
    }

    /** A program that writes over a file with more than its limit of file sizes allows. */
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            try {
                Safetensors.write(Path.of(arguments[0]), Map.of("w", Tensor.zeros(DType.F32, 100_000)), Map.of());
            } catch (IOException e) {
                System.out.print(e.getMessage());
            }
        }
    }

    /** The limit stands in for a full disk: both fail a write half-way. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void keepsTheOldFileWhenTheDiskIsFull() throws Exception {
        Safetensors.write(file(), Map.of("w", Tensor.scalar(1f)), Map.of());
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 128; exec \"$@\"", "sh"));
        command.addAll(HostileFilesTest.java("-XX:-UsePerfData"));
        command.addAll(List.of(Writer.class.getName(), file().toString()));
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String message = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor());
        assertTrue(message.startsWith(file() + ": the file cannot be written, an old one is unchanged: "), message);
        assertEquals(1, Safetensors.read(file()).get("w").item());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file()), files.toList());
        }
    }
}
