package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads models made here byte by byte. */
class OnnxWeightsTest {
    /** Writes fields of a Protocol Buffers message. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private void varint(long value) {
            for (long rest = value; ; rest >>>= 7) {
                out.write((int) (rest < 128 ? rest : rest & 127 | 128));
                if (rest >= 0 && rest < 128) {
                    return;
                }
            }
        }

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint(field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.out.toByteArray());
        }

        byte[] toBytes() {
            return out.toByteArray();
        }
    }

    private static Message tensor(String name, long[] sizes, float... values) {
        Message tensor = new Message().text(8, name).number(2, 1);
        for (long size : sizes) {
            tensor.number(1, size);
        }
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor.bytes(9, raw.array());
    }

    private static Message node(String operation, String output, String... inputs) {
        Message node = new Message();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(4, operation);
    }

    private static byte[] model() {
        Message graph = new Message()
                .message(1, node("MatMul", "p", "x", "onnx::1"))
                .message(1, node("Add", "y", "query.bias", "p"))
                .message(1, node("MatMul", "q", "y", "onnx::2"))
                .message(1, node("Add", "z", "q", "value.bias"))
                .message(5, tensor("onnx::1", new long[] {3, 2}, 1, 2, 3, 4, 5, 6))
                .message(5, tensor("query.bias", new long[] {2}, 7, 8))
                .message(5, tensor("onnx::2", new long[] {2, 1}, 9, 10))
                .message(5, tensor("value.bias", new long[] {1}, 11))
                .message(5, tensor("norm.weight", new long[] {2}, 12, 13))
                .message(
                        5,
                        new Message().text(8, "shape").number(2, 7).number(1, 1).bytes(9, new byte[8]));
        return new Message().number(1, 8).text(2, "test").message(7, graph).toBytes();
    }

    private static Map<String, Tensor> read(byte[] bytes) throws IOException {
        return OnnxWeights.read(new ByteArrayInputStream(bytes), "m.onnx");
    }

    @Test
    void namesTheWeightsOfLinearLayers() throws IOException {
        Map<String, Tensor> weights = read(model());
        assertEquals(
                Set.of("query.weight", "query.bias", "value.weight", "value.bias", "norm.weight", "shape"),
                weights.keySet());
        assertEquals("I64[1][0]", weights.get("shape").toString());
        assertEquals(Shape.of(2, 3), weights.get("query.weight").shape());
        assertArrayEquals(
                new float[] {1, 3, 5, 2, 4, 6}, weights.get("query.weight").toFloatArray());
        assertArrayEquals(new float[] {9, 10}, weights.get("value.weight").toFloatArray());
        assertArrayEquals(new float[] {12, 13}, weights.get("norm.weight").toFloatArray());
    }

    private static byte[] little(int width, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(width * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            for (int i = 0; i < width; i++) {
                bytes.put((byte) (value >> 8 * i));
            }
        }
        return bytes.array();
    }

    private static Message typed(int type) {
        return new Message().text(8, "w").number(2, type).number(1, 2);
    }

    private static byte[] weights(Message... tensors) {
        Message graph = new Message();
        for (Message tensor : tensors) {
            graph.message(5, tensor);
        }
        return new Message().message(7, graph).toBytes();
    }

    private static String refused(byte[] bytes) {
        return assertThrows(ModelFormatException.class, () -> read(bytes)).getMessage();
    }

    /** Every type in both of its forms: raw bytes, and the list that the format has for it. */
    @Test
    void keepsEveryNumberInItsType() throws IOException {
        long one = Double.doubleToLongBits(1);
        long two = Double.doubleToLongBits(-2);
        Object[][] cases = {
            {1, 4, new long[] {0x3F800000, 0xC0000000L}, 4, "F32[2][1.0, -2.0]"},
            {2, 1, new long[] {7, 255}, 5, "U8[2][7, 255]"},
            {3, 1, new long[] {7, -1}, 5, "I8[2][7, -1]"},
            {4, 2, new long[] {7, 65535}, 5, "I32[2][7, 65535]"},
            {5, 2, new long[] {7, -1}, 5, "I32[2][7, -1]"},
            {6, 4, new long[] {7, -1}, 5, "I32[2][7, -1]"},
            {7, 8, new long[] {9007199254740993L, -1}, 7, "I64[2][9007199254740993, -1]"},
            {9, 1, new long[] {1, 0}, 5, "BOOL[2][true, false]"},
            {10, 2, new long[] {0x3C00, 0xC000}, 5, "F16[2][1.0, -2.0]"},
            {11, 8, new long[] {one, two}, 10, "F64[2][1.0, -2.0]"},
            {12, 4, new long[] {7, 0xFFFFFFFFL}, 11, "I64[2][7, 4294967295]"},
            {13, 8, new long[] {7, Long.MAX_VALUE}, 11, "I64[2][7, 9223372036854775807]"},
            {16, 2, new long[] {0x3F80, 0xC000}, 5, "BF16[2][1.0, -2.0]"}
        };
        for (Object[] c : cases) {
            int type = (int) c[0];
            int width = (int) c[1];
            long[] values = (long[]) c[2];
            int list = (int) c[3];
            assertEquals(
                    c[4],
                    read(weights(typed(type).bytes(9, little(width, values))))
                            .get("w")
                            .toString());
            Message listed = typed(type);
            if (list == 4 || list == 10) {
                listed.bytes(list, little(width, values));
            } else {
                listed.number(list, values[0]).number(list, values[1]);
            }
            assertEquals(c[4], read(weights(listed)).get("w").toString());
        }
        // Fields in another order, the numbers before their type.
        Message turned = new Message()
                .bytes(9, little(2, 0x3C00))
                .number(2, 10)
                .number(1, 1)
                .text(8, "w");
        assertEquals("F16[1][1.0]", read(weights(turned)).get("w").toString());
    }

    @Test
    void readsConstantNodes() throws IOException {
        Message value = new Message().text(1, "value").message(5, typed(11).bytes(9, little(8, 0, 0)));
        Message ints = new Message().text(1, "value_ints").number(8, 3).number(8, -4);
        Message whole = new Message().text(1, "value_int").number(3, 9007199254740993L);
        Message graph = new Message()
                .message(1, node("Constant", "a").message(5, value))
                .message(1, node("Constant", "b").message(5, ints))
                .message(1, node("Constant", "c").message(5, whole));
        Message body = new Message()
                .text(1, "then_branch")
                .message(6, new Message().message(5, typed(10).bytes(9, little(2, 0, 0))));
        graph.message(1, node("If", "d").message(5, body));
        Map<String, Tensor> weights = read(new Message().message(7, graph).toBytes());
        assertEquals(
                "{a=F64[2][0.0, 0.0], b=I64[2][3, -4], c=I64[][9007199254740993], w=F16[2][0.0, 0.0]}",
                weights.toString());
        Message text = new Message().text(1, "value_string").text(4, "hello");
        byte[] bad = new Message()
                .message(7, new Message().message(1, node("Constant", "name").message(5, text)))
                .toBytes();
        assertTrue(refused(bad).startsWith("m.onnx: name: a Constant must have a value of numbers; got value_string"));
    }

    @Test
    void namesWhatItRefuses() {
        assertTrue(refused(weights(typed(8).text(6, "a")))
                .startsWith("m.onnx: w: weights must be numbers of a known type (1 float, 10 float16, 16 bfloat16, 11"
                        + " double, 6 int32, 7 int64 ..); got type 8"));
        assertTrue(refused(weights(typed(10).number(7, 1).number(7, 2)))
                .startsWith("m.onnx: w: the numbers of F16 must be in field 9 or 5 alone; got fields [7]"));
        assertTrue(refused(weights(typed(7).bytes(9, new byte[8])))
                .startsWith("m.onnx: w: I64 of shape [2] must fill 16 bytes; got 8"));
        Message sparse = new Message().message(15, new Message());
        assertTrue(refused(new Message().message(7, sparse).toBytes()).startsWith("m.onnx: sparse weights"));
    }

    private static Message external(String location, Object... offsetAndLength) {
        // The name comes last, as the format allows.
        Message tensor = new Message().number(2, 1).number(1, 2).number(14, 1);
        tensor.message(13, new Message().text(1, "location").text(2, location));
        String[] keys = {"offset", "length"};
        for (int i = 0; i < offsetAndLength.length; i++) {
            tensor.message(13, new Message().text(1, keys[i]).text(2, offsetAndLength[i].toString()));
        }
        return tensor.text(8, "w");
    }

    @Test
    void readsASecondFileInItsFolderAlone(@TempDir Path outside) throws IOException {
        Path folder = Files.createDirectories(outside.resolve("model"));
        Path model = folder.resolve("m.onnx");
        byte[] numbers = little(4, 0, 0, 0x3F800000, 0xC0000000L);
        Files.write(folder.resolve("w.data"), numbers);
        Files.write(outside.resolve("secret"), numbers);
        Files.write(model, weights(external("w.data", 8, 8)));
        assertEquals("{w=F32[2][1.0, -2.0]}", OnnxWeights.read(model).toString());
        assertTrue(refused(Files.readAllBytes(model))
                .startsWith("m.onnx: w: the numbers lie in a second file, which a stream cannot open"));
        Files.createSymbolicLink(folder.resolve("link"), outside.resolve("secret"));
        for (String bad :
                List.of("../secret", outside.resolve("secret").toString(), "link", "none", "", "..", "x\\y")) {
            Files.write(model, weights(external(bad, 8, 8)));
            String message = assertThrows(ModelFormatException.class, () -> OnnxWeights.read(model))
                    .getMessage();
            assertTrue(
                    message.contains("w: the second file must exist in the model's folder or below it; got \""),
                    message);
        }
        for (Object[] bad : new Object[][] {{12, 8}, {8, 4}, {-1, 8}, {8, "x"}, {"999999999999999999", 8}}) {
            Files.write(model, weights(external("w.data", bad)));
            assertThrows(ModelFormatException.class, () -> OnnxWeights.read(model), () -> Arrays.toString(bad));
        }
    }

    @Test
    void refusesAModelCutOffAnywhere() {
        byte[] whole = model();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            Exception e = assertThrows(Exception.class, () -> read(part));
            assertTrue(e instanceof ModelFormatException || e instanceof EOFException, e.toString());
        }
    }

    @Test
    void refusesWhatItCannotRead() {
        Message external = new Message().text(8, "w").number(2, 1).message(13, new Message().text(1, "location"));
        Message wrongCount = tensor("w", new long[] {3}, 1, 2);
        Message negative = tensor("w", new long[] {-1});
        for (Message bad : List.of(external, wrongCount, negative)) {
            byte[] bytes =
                    new Message().message(7, new Message().message(5, bad)).toBytes();
            ModelFormatException e = assertThrows(ModelFormatException.class, () -> read(bytes));
            assertTrue(e.getMessage().startsWith("m.onnx: "), e.getMessage());
        }
        byte[] lying = {7 << 3 | 2, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 7, 5 << 3 | 2, 5};
        Exception e = assertThrows(Exception.class, () -> read(lying));
        assertTrue(e instanceof ModelFormatException || e instanceof EOFException, e.toString());
    }
}
