package luthier.tensor.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * The weights inside an ONNX file, initializers and Constant nodes, each in its own type, under the names of the model they were
 * exported from. Exporters turn a linear layer into {@code Add(MatMul(x, W), b)} and lose the name of W: where b is named {@code X.bias},
 * W is returned transposed as {@code X.weight}. The graph itself is not interpreted, nor are the model's own functions (field 25) read.
 *
 * <p>Numbers may lie in a second file, in the folder of the first or below it, if the model is read by its path. Types that {@link
 * StoredType} lacks, strings, sparse weights and sequences are refused by the tensor's name, never left out.
 */
public final class OnnxWeights {
    private static final int MAX_DEPTH = 32;
    private static final String BIAS = ".bias";

    private final Optional<OnnxTensor.Outside> files;
    private final Map<String, Tensor> initializers = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private int depth;

    private OnnxWeights(Optional<OnnxTensor.Outside> files) {
        this.files = files;
    }

    private record Node(String operation, List<String> inputs, String output) {}

    /**
     * Reads the weights of a model that is one file.
     *
     * {@snippet :
     * byte[] emptyGraph = {7 << 3 | 2, 0};
     * OnnxWeights.read(new java.io.ByteArrayInputStream(emptyGraph), "model.onnx"); // {}
     * }
     *
     * @param source the file's name, for errors
     * @throws IOException if the stream cannot be read
     * @throws ModelFormatException if it is not an ONNX model, is cut off, or holds weights that cannot be read
     */
    public static Map<String, Tensor> read(InputStream stream, String source) throws IOException {
        return read(stream, source, Optional.empty());
    }

    /**
     * Reads the weights of a model and of the files that it names, which must lie in its folder or below it.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if it is not an ONNX model, is cut off, holds weights that cannot be read, or names a file outside
     *     its folder
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        Path folder = file.toAbsolutePath().resolveSibling("");
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
            return read(
                    stream,
                    file.toString(),
                    Optional.of(
                            (entries, length, reader, tensor) -> external(folder, entries, length, reader, tensor)));
        }
    }

    private static Map<String, Tensor> read(InputStream stream, String source, Optional<OnnxTensor.Outside> files)
            throws IOException {
        OnnxWeights model = new OnnxWeights(files);
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

    // ---- the graph

    private void readGraph(ProtobufReader reader) throws IOException {
        if (++depth > MAX_DEPTH) {
            throw reader.error("graphs must be nested at most " + MAX_DEPTH + " deep");
        }
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> reader.message(this::readNode);
                case 5 ->
                    reader.message(fields -> {
                        OnnxTensor tensor = new OnnxTensor();
                        tensor.read(fields);
                        add(fields, tensor.name(), tensor);
                    });
                case 15 -> throw reader.error("sparse weights are not supported; store them dense");
                default -> reader.skip();
            }
        }
        depth--;
    }

    private void add(ProtobufReader reader, String name, OnnxTensor tensor) throws IOException {
        put(reader, name, tensor.tensor(reader, ModelFormatException.escape(name), files));
    }

    private void put(ProtobufReader reader, String name, Tensor value) {
        if (initializers.put(name, value) != null) {
            throw reader.error("names must be unique; got " + ModelFormatException.escape(name) + " twice");
        }
    }

    private void readNode(ProtobufReader reader) throws IOException {
        List<String> inputs = new ArrayList<>();
        String output = "";
        String operation = "";
        Map<String, Attribute> attributes = new LinkedHashMap<>();
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
                case 5 -> {
                    Attribute attribute = new Attribute();
                    reader.message(attribute::read);
                    attributes.put(attribute.name, attribute);
                }
                default -> reader.skip();
            }
        }
        if (inputs.size() == 2 && (operation.equals("MatMul") || operation.equals("Add"))) {
            nodes.add(new Node(operation, List.copyOf(inputs), output));
        }
        if (operation.equals("Constant")) {
            for (Attribute attribute : attributes.values()) {
                addConstant(reader, output, attribute);
            }
        }
    }

    private static String skipped(ProtobufReader reader, String known) throws IOException {
        reader.skip();
        return known;
    }

    /** A value of a node: of those that a Constant has, one is given. */
    private final class Attribute {
        private String name = "";
        private float number;
        private long whole;
        private final List<Float> numbers = new ArrayList<>();
        private final List<Long> wholes = new ArrayList<>();
        private final OnnxTensor tensor = new OnnxTensor();

        void read(ProtobufReader reader) throws IOException {
            while (reader.next()) {
                switch (reader.field()) {
                    case 1 -> name = reader.string();
                    case 2 -> number = Float.intBitsToFloat(reader.fixed32());
                    case 3 -> whole = reader.varint();
                    case 5 -> reader.message(tensor::read);
                    case 6, 11 -> reader.message(OnnxWeights.this::readGraph);
                    case 7 -> each(reader, () -> numbers.add(Float.intBitsToFloat(reader.fixed32())));
                    case 8 -> each(reader, () -> wholes.add(reader.varint()));
                    default -> reader.skip();
                }
            }
        }

        private static void each(ProtobufReader reader, Element element) throws IOException {
            if (reader.wireType() != ProtobufReader.BYTES) {
                element.read();
                return;
            }
            reader.message(packed -> {
                while (packed.more()) {
                    element.read();
                }
            });
        }
    }

    private interface Element {
        void read() throws IOException;
    }

    private void addConstant(ProtobufReader reader, String output, Attribute value) throws IOException {
        switch (value.name) {
            case "value" -> add(reader, output, value.tensor);
            case "value_float" -> put(reader, output, Tensor.scalar(value.number));
            case "value_int" -> put(reader, output, Tensor.scalar(value.whole));
            case "value_floats" -> {
                float[] numbers = new float[value.numbers.size()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = value.numbers.get(i);
                }
                put(reader, output, Tensor.wrap(numbers, Shape.of(numbers.length)));
            }
            case "value_ints" -> {
                long[] wholes = value.wholes.stream().mapToLong(Long::longValue).toArray();
                put(reader, output, Tensor.wrap(wholes, Shape.of(wholes.length)));
            }
            default ->
                throw reader.error(ModelFormatException.escape(output)
                        + ": a Constant must have a value of numbers; got " + ModelFormatException.escape(value.name));
        }
    }

    // ---- other files

    private static ByteBuffer external(
            Path folder, Map<String, String> entries, long length, ProtobufReader reader, String tensor)
            throws IOException {
        Path place = inside(folder, entries.getOrDefault("location", ""), reader, tensor);
        long offset = number(entries, "offset", 0, reader, tensor);
        long given = number(entries, "length", length, reader, tensor);
        try (FileChannel channel = FileChannel.open(place)) {
            if (given != length || offset > channel.size() - length) {
                throw reader.error(tensor + ": its " + length + " bytes must lie inside the second file; got " + given
                        + " at " + offset + " of " + channel.size());
            }
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
            return bytes.flip();
        }
    }

    /** Returns the file of a location: one in the folder or below it, also behind links. */
    private static Path inside(Path folder, String location, ProtobufReader reader, String tensor) throws IOException {
        String shown = ModelFormatException.escape(location);
        try {
            Path named = Path.of(location);
            boolean outside = location.isEmpty() || named.isAbsolute() || location.contains("\\");
            Path place = folder.resolve(named).normalize();
            if (!outside && place.startsWith(folder.normalize()) && Files.isRegularFile(place)) {
                Path real = place.toRealPath();
                outside = !real.startsWith(folder.toRealPath());
                if (!outside) {
                    return real;
                }
            }
        } catch (InvalidPathException unnameable) {
            throw reader.error(tensor + ": the second file must have a name that files can have here; got " + shown);
        }
        throw reader.error(
                tensor + ": the second file must exist in the model's folder or below it; got \"" + shown + "\"");
    }

    private static long number(
            Map<String, String> entries, String key, long otherwise, ProtobufReader reader, String tensor) {
        String text = entries.getOrDefault(key, Long.toString(otherwise));
        if (!text.matches("\\d{1,18}")) {
            throw reader.error(tensor + ": the " + key + " in the second file must be a whole number; got \""
                    + ModelFormatException.escape(text) + "\"");
        }
        return Long.parseLong(text);
    }

    // ---- names

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
