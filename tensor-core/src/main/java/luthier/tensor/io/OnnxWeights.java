package luthier.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * The single-precision weights inside an ONNX file, under the names of the model they were exported from. Exporters turn a
 * linear layer into {@code Add(MatMul(x, W), b)} and lose the name of W: where b is named {@code X.bias}, W is returned
 * transposed as {@code X.weight}. The graph itself is not interpreted.
 */
public final class OnnxWeights {
    private static final int FLOAT = 1;
    private static final int MAX_RANK = 64;
    private static final String BIAS = ".bias";

    private final Map<String, Tensor> initializers = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> inputs = new ArrayList<>();

    private OnnxWeights() {}

    private record Node(String operation, List<String> inputs, String output) {}

    /**
     * Reads the weights.
     *
     * {@snippet :
     * byte[] emptyGraph = {7 << 3 | 2, 0};
     * OnnxWeights.read(new java.io.ByteArrayInputStream(emptyGraph), "model.onnx"); // {}
     * }
     *
     * @param source the file's name, for errors
     * @throws IOException if the stream cannot be read
     * @throws ModelFormatException if it is not an ONNX model, or cut off
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
        inputs.clear();
        String output = "";
        String operation = "";
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> {
                    // Of a product and a sum two inputs matter, of any other node none.
                    if (inputs.size() < 3) {
                        inputs.add(reader.string());
                    } else {
                        reader.skip();
                    }
                }
                case 2 -> output = output.isEmpty() ? reader.string() : skipped(reader, output);
                case 4 -> operation = reader.string();
                default -> reader.skip();
            }
        }
        if (inputs.size() == 2 && (operation.equals("MatMul") || operation.equals("Add"))) {
            nodes.add(new Node(operation, List.copyOf(inputs), output));
        }
    }

    private static String skipped(ProtobufReader reader, String known) throws IOException {
        reader.skip();
        return known;
    }

    private void readInitializer(ProtobufReader reader) throws IOException {
        long[] sizes = new long[MAX_RANK];
        int rank = 0;
        String name = "";
        long type = FLOAT;
        float[] values = null;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> rank = readSizes(reader, sizes, rank);
                case 2 -> type = reader.varint();
                case 4, 9 -> {
                    if (type == FLOAT) {
                        values = floats(reader);
                    } else {
                        reader.skip();
                    }
                }
                case 8 -> name = reader.string();
                case 13 ->
                    throw reader.error(
                            "weights in a second file are not supported; got " + ModelFormatException.escape(name));
                default -> reader.skip();
            }
        }
        if (type != FLOAT) {
            return;
        }
        String shown = ModelFormatException.escape(name);
        Shape shape = shape(reader, shown, Arrays.copyOf(sizes, rank));
        int given = values == null ? 0 : values.length;
        if (shape.elementCount() != given) {
            throw reader.error(shown + ": " + shape + " must hold as many numbers; got " + given);
        }
        if (initializers.put(name, Tensor.wrap(values == null ? new float[0] : values, shape)) != null) {
            throw reader.error("names must be unique; got " + shown + " twice");
        }
    }

    private static Shape shape(ProtobufReader reader, String name, long[] sizes) {
        try {
            return Shape.of(sizes);
        } catch (ShapeException overflow) {
            throw reader.error(name + ": sizes must not be negative and their product be below 2^63; got "
                    + Arrays.toString(sizes));
        }
    }

    /** Reads one size, or several packed ones, behind the first {@code rank} and returns how many there are then. */
    private static int readSizes(ProtobufReader reader, long[] sizes, int rank) throws IOException {
        if (reader.wireType() == ProtobufReader.VARINT) {
            requireRank(reader, rank);
            sizes[rank] = reader.varint();
            return rank + 1;
        }
        int[] count = {rank};
        reader.message(packed -> {
            while (packed.more()) {
                requireRank(packed, count[0]);
                sizes[count[0]++] = packed.varint();
            }
        });
        return count[0];
    }

    private static void requireRank(ProtobufReader reader, int rank) {
        if (rank == MAX_RANK) {
            throw reader.error("a tensor must have at most " + MAX_RANK + " axes");
        }
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
            if (node.operation().equals("MatMul")) {
                products.put(node.output(), node);
            }
        }
        Map<String, Tensor> result = new LinkedHashMap<>(initializers);
        for (Node node : nodes) {
            if (node.operation().equals("Add")) {
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
