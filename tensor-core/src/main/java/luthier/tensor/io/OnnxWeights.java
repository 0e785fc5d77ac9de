package luthier.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * The single-precision weights inside an ONNX file, under the names of the model they were exported from. Exporters turn a
 * linear layer into {@code Add(MatMul(x, W), b)} and lose the name of W: where b is named {@code X.bias}, W is returned
 * transposed as {@code X.weight}. The graph itself is not interpreted.
 */
public final class OnnxWeights {
    private static final int FLOAT = 1;
    private static final String BIAS = ".bias";

    private final Map<String, Tensor> initializers = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    private OnnxWeights() {}

    private record Node(String operation, List<String> inputs, List<String> outputs) {}

    /**
     * Reads the weights.
     *
     * @param source the file's name, for errors
     * @throws IOException if the stream cannot be read or ends too early
     * @throws ModelFormatException if it is not an ONNX model
     */
    public static Map<String, Tensor> read(InputStream stream, String source) throws IOException {
        OnnxWeights model = new OnnxWeights();
        ProtobufReader reader = new ProtobufReader(stream, source);
        boolean graph = false;
        while (reader.next()) {
            if (reader.field() == 7) {
                reader.message(model::readGraph);
                graph = true;
            } else {
                reader.skip();
            }
        }
        if (!graph) {
            throw new ModelFormatException(source, 0, "an ONNX model must hold a graph");
        }
        return model.named();
    }

    private void readGraph(ProtobufReader reader) throws IOException {
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> reader.message(this::readNode);
                case 5 -> reader.message(this::readInitializer);
                default -> reader.skip();
            }
        }
    }

    private void readNode(ProtobufReader reader) throws IOException {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String operation = "";
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> inputs.add(reader.string());
                case 2 -> outputs.add(reader.string());
                case 4 -> operation = reader.string();
                default -> reader.skip();
            }
        }
        nodes.add(new Node(operation, inputs, outputs));
    }

    private void readInitializer(ProtobufReader reader) throws IOException {
        List<Long> sizes = new ArrayList<>();
        String name = "";
        long type = FLOAT;
        float[] values = null;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> readSizes(reader, sizes);
                case 2 -> type = reader.varint();
                case 4, 9 -> values = floats(reader);
                case 8 -> name = reader.string();
                case 13 -> throw reader.error("weights in a second file are not supported; got " + name);
                default -> reader.skip();
            }
        }
        if (type != FLOAT) {
            return;
        }
        Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
        int given = values == null ? 0 : values.length;
        if (shape.elementCount() != given) {
            throw reader.error(
                    ModelFormatException.escape(name) + ": " + shape + " must hold as many numbers; got " + given);
        }
        initializers.put(name, Tensor.wrap(values == null ? new float[0] : values, shape));
    }

    private static void readSizes(ProtobufReader reader, List<Long> sizes) throws IOException {
        if (reader.wireType() == ProtobufReader.VARINT) {
            sizes.add(size(reader));
            return;
        }
        long length = reader.length();
        if (length > 1024) {
            throw reader.error("a tensor's sizes must take at most 1024 bytes; got " + length);
        }
        byte[] packed = new byte[(int) length];
        reader.fill(packed, packed.length);
        long value = 0;
        int shift = 0;
        for (byte b : packed) {
            value |= (b & 0x7FL) << shift;
            shift += 7;
            if (b >= 0) {
                sizes.add(value);
                value = 0;
                shift = 0;
            }
        }
    }

    private static long size(ProtobufReader reader) throws IOException {
        long size = reader.varint();
        if (size < 0) {
            throw reader.error("a tensor's sizes must not be negative; got " + size);
        }
        return size;
    }

    private static float[] floats(ProtobufReader reader) throws IOException {
        long length = reader.length();
        if (length % 4 != 0 || length / 4 > Integer.MAX_VALUE - 8) {
            throw reader.error(
                    "single-precision data must be a multiple of four bytes, at most 2^31 numbers; got " + length);
        }
        List<float[]> pieces = new ArrayList<>();
        byte[] bytes = new byte[1 << 16];
        // Grown piece by piece, so that a lying length costs no memory that the file does not hold.
        for (long left = length; left > 0; ) {
            int part = (int) Math.min(left, bytes.length);
            reader.fill(bytes, part);
            float[] piece = new float[part / 4];
            ByteBuffer.wrap(bytes, 0, part)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(piece);
            pieces.add(piece);
            left -= part;
        }
        float[] result = new float[(int) (length / 4)];
        int at = 0;
        for (float[] piece : pieces) {
            System.arraycopy(piece, 0, result, at, piece.length);
            at += piece.length;
        }
        return result;
    }

    private Map<String, Tensor> named() {
        Map<String, Node> products = new HashMap<>();
        for (Node node : nodes) {
            if (node.operation().equals("MatMul")
                    && node.inputs().size() == 2
                    && !node.outputs().isEmpty()) {
                products.put(node.outputs().getFirst(), node);
            }
        }
        Map<String, Tensor> result = new LinkedHashMap<>(initializers);
        for (Node node : nodes) {
            if (node.operation().equals("Add") && node.inputs().size() == 2) {
                nameWeight(node.inputs().get(0), node.inputs().get(1), products, result);
                nameWeight(node.inputs().get(1), node.inputs().get(0), products, result);
            }
        }
        return result;
    }

    private void nameWeight(String bias, String product, Map<String, Node> products, Map<String, Tensor> result) {
        Node matmul = products.get(product);
        if (!bias.endsWith(BIAS) || !initializers.containsKey(bias) || matmul == null) {
            return;
        }
        String anonymous = matmul.inputs().get(1);
        Tensor weight = initializers.get(anonymous);
        if (weight != null && weight.rank() == 2) {
            result.remove(anonymous);
            String layer = bias.substring(0, bias.length() - BIAS.length());
            result.put(layer + ".weight", weight.transpose(0, 1).contiguous());
        }
    }
}
