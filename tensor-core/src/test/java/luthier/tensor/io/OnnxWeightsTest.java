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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

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
                Set.of("query.weight", "query.bias", "value.weight", "value.bias", "norm.weight"), weights.keySet());
        assertEquals(Shape.of(2, 3), weights.get("query.weight").shape());
        assertArrayEquals(
                new float[] {1, 3, 5, 2, 4, 6}, weights.get("query.weight").toFloatArray());
        assertArrayEquals(new float[] {9, 10}, weights.get("value.weight").toFloatArray());
        assertArrayEquals(new float[] {12, 13}, weights.get("norm.weight").toFloatArray());
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
