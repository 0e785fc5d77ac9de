package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    private Path directory;

    private static Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", Rng.of(1).normal(DType.F32, Shape.of(3, 4), 0, 1).transpose(0, 1));
        tensors.put("a", Tensor.of(new double[] {Math.PI, -0.0, Double.NaN}, 3));
        tensors.put("n", Tensor.of(new long[] {Long.MIN_VALUE, 7}, 2));
        tensors.put("i", Tensor.of(new int[] {Integer.MIN_VALUE, 7}, 2));
        tensors.put("t", Tensor.of(new boolean[] {true, false, true}, 3));
        tensors.put("scalar", Tensor.scalar(2.5f));
        tensors.put("empty", Tensor.zeros(DType.F32, 2, 0, 3));
        return tensors;
    }

    @Test
    void returnsWhatWasWritten() throws IOException {
        Path file = directory.resolve("x.safetensors");
        Safetensors.write(file, tensors(), Map.of("format", "pt", "made by", "a test"));
        Map<String, Tensor> read = Safetensors.read(file);
        assertEquals(tensors().keySet(), read.keySet());
        tensors().forEach((name, tensor) -> assertTrue(tensor.bitEquals(read.get(name)), name));
        assertEquals(Map.of("format", "pt", "made by", "a test"), Safetensors.readMetadata(file));
    }

    @Test
    void writesTheSameBytesWhateverTheOrder() throws IOException {
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        Map<String, Tensor> reversed = new LinkedHashMap<>();
        tensors().keySet().stream()
                .sorted()
                .forEach(name -> reversed.put(name, tensors().get(name)));
        Safetensors.write(one, tensors(), Map.of());
        Safetensors.write(two, reversed, Map.of());
        assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(two));
        assertEquals(
                0,
                ByteBuffer.wrap(Files.readAllBytes(one))
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getLong()
                        % 8);
    }

    @Test
    void readsHalfPrecisionAndSmallIntegersExactly() throws IOException {
        String header = "{\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[4,6]},"
                + "\"u\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[6,8]}}";
        byte[] data = {0x00, 0x3C, 0x00, (byte) 0xC1, (byte) 0x80, 0x3F, (byte) 0xFF, 1};
        Map<String, Tensor> read = Safetensors.read(file(header, data));
        assertEquals(
                List.of(DType.F16, DType.BF16, DType.U8),
                read.values().stream().map(Tensor::dtype).toList());
        assertArrayEquals(new float[] {1f, -2.5f}, read.get("h").toFloatArray());
        assertArrayEquals(new float[] {1f}, read.get("b").toFloatArray());
        assertArrayEquals(new long[] {255, 1}, read.get("u").toLongArray());
    }

    private Path file(String header, byte... data) throws IOException {
        return file(header.getBytes(StandardCharsets.UTF_8).length, header, data);
    }

    private Path file(long length, String header, byte... data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(text).put(data);
        return Files.write(directory.resolve("bad.safetensors"), bytes.array());
    }

    private void assertRefused(String rule, Path file) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> Safetensors.read(file));
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertTrue(e.getMessage().contains(rule), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} ~ keys must be unique
        {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0077":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} ~ keys must be unique
        {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}} ~ unknown field "x"
        {"w":["F32",[2],[0,8]]} ~ must be an object
        {"w":{"dtype":"F32","shape":[2]}} ~ the field "data_offsets" is missing
        {"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}} ~ data_offsets must span the tensor's 12 bytes (F32 [3]); got 0 to 8
        {"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}} ~ data_offsets must span
        {"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} ~ tensors must lie one after the other
        {"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} ~ tensors must lie one after the other
        {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} ~ the tensors must end where the file ends
        {"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}} ~ the file is cut off
        {"w":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}} ~ must be below 2^63
        {"w":{"dtype":"F32","shape":[4294967296,4294967296,0,4294967296],"data_offsets":[0,0]}} ~ must be below 2^63
        {"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}} ~ must hold whole numbers, not negative
        {"w":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}} ~ must hold whole numbers, not negative
        {"w":{"dtype":"F32","shape":[1e999999999],"data_offsets":[0,8]}} ~ must hold whole numbers, not negative
        {"w":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}} ~ must be below 2^63
        {"w":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}} ~ dtype must be one of [F64, F32
        {"w":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}} ~ BOOL must be 0 or 1; got 9
        {"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} ~ must be a string
        {"__metadata__":null,"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} ~ must be an object of strings
        {"__metadata__":{"a":"1","\\u0061":"2"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} ~ keys must be unique
        {"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}} ~ keys must be unique
        {"w":{"dtype":"F4","shape":[15],"data_offsets":[0,8]}} ~ must fill whole bytes; got 15 elements of 4 bits
        {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}} ~ at most 2 numbers
        {"w\\u202e\\u001b[31m":{"dtype":"F32"}} ~ w\\u202e\\u001b[31m: the field "shape" is missing
        [] ~ the header must be an object
        {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x ~ nothing may follow
        """)
    void refusesHeadersThatBreakARule(String header, String rule) throws IOException {
        assertRefused(rule, file(header, new byte[] {0, 0, 1, 9, 0, 0, 1, 2}));
    }

    @Test
    void refusesLyingLengths() throws IOException {
        String header = "{}      ";
        assertRefused("the header must lie inside the file", file(1000, header));
        assertRefused("the header's length must be 2 to", file((1L << 32) + 8, header));
        assertRefused("the header's length must be 2 to", file(-1, header));
        assertRefused("the header's length must be 2 to", file(0, header));
        assertRefused("must be text in UTF-8", file(3, "\"", (byte) 0xC3, (byte) '"'));
        Files.write(directory.resolve("short"), new byte[] {1, 2, 3});
        assertRefused("at least 8 bytes; got 3", directory.resolve("short"));
        Files.writeString(directory.resolve("lfs"), "version https://git-lfs\n");
        assertRefused("this is a Git LFS pointer", directory.resolve("lfs"));
        assertEquals(Map.of(), Safetensors.read(file(8, header)));
    }

    @Test
    void refusesAFileCutOffAnywhere() throws IOException {
        Path file = directory.resolve("x.safetensors");
        Safetensors.write(file, tensors(), Map.of());
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(ModelFormatException.class, () -> Safetensors.read(file));
        }
    }

    @Test
    void keepsTheOldFileWhenWritingFails() throws IOException {
        Path folder = directory.resolve("in the way");
        Files.createDirectories(folder.resolve("inside"));
        assertThrows(IOException.class, () -> Safetensors.write(folder, tensors(), Map.of()));
        assertTrue(Files.isDirectory(folder.resolve("inside")));
        try (Stream<Path> left = Files.list(directory)) {
            assertFalse(left.anyMatch(path -> path.getFileName().toString().endsWith(".tmp")));
        }
        assertThrows(IOException.class, () -> Safetensors.write(directory.resolve("no/where"), tensors(), Map.of()));
    }
}
