package luthier.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import luthier.finetune.Dialects;
import luthier.finetune.io.Dialect;
import luthier.finetune.io.Saved;
import luthier.finetune.task.DataOptions;
import luthier.finetune.task.DataShape;
import luthier.nn.data.DataException;
import luthier.nn.data.RowFormat;
import luthier.nn.data.Rows;
import luthier.tensor.io.GgufFile;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.Npy;
import luthier.tensor.io.TensorFile;
import luthier.tensor.io.WeightSource;

/**
 * What a file or folder holds.
 *
 * @param kind what it is, {@code safetensors}
 * @param facts what else there is to know, by name
 * @param header the names of the columns; empty without a table
 * @param rows the table
 */
record Contents(String kind, Map<String, Object> facts, List<String> header, List<List<String>> rows) {
    private static final List<String> TENSORS = List.of("name", "type", "shape", "bytes");
    private static final List<String> WEIGHTS = List.of(
            "model.safetensors",
            "model.safetensors.index.json",
            "weights.safetensors",
            "pytorch_model.bin",
            "model.onnx");
    private static final int SHOWN = 120;

    /** Looks at a file or folder. */
    static Contents of(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return folder(path);
        }
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        if (GgufFile.isOne(path)) {
            return gguf(path);
        }
        if (name.endsWith(".npy")) {
            var tensor = Npy.read(path);
            Table table = new Table();
            table.add(
                    name.substring(0, name.length() - 4),
                    tensor.dtype().toString(),
                    tensor.shape().toString(),
                    tensor.shape().elementCount(),
                    tensor.shape().elementCount() * tensor.dtype().bytes());
            return table.contents("npy", Map.of());
        }
        if (name.endsWith(".json")) {
            return json(path);
        }
        return RowFormat.of(path).isPresent() ? data(path) : weights(path);
    }

    // ---- weights
    // --------------------------------------------------------------------------------------------------------

    /** A table of tensors, and its sums. */
    private static final class Table {
        private final List<List<String>> rows = new ArrayList<>();
        private final Map<String, long[]> sums = new TreeMap<>();

        void add(String name, String type, String shape, long elements, long bytes) {
            rows.add(List.of(ModelFormatException.escape(name), type, shape, Tables.count(bytes)));
            long[] sum = sums.computeIfAbsent(type, any -> new long[3]);
            sum[0]++;
            sum[1] += elements;
            sum[2] += bytes;
        }

        Contents contents(String kind, Map<String, Object> more) {
            Map<String, Object> facts = new LinkedHashMap<>(more);
            sums.forEach((type, sum) -> facts.put(
                    type,
                    Tables.count(sum[0]) + " tensors, " + Tables.count(sum[1]) + " numbers, " + Tables.bytes(sum[2])));
            long tensors = sums.values().stream().mapToLong(sum -> sum[0]).sum();
            long numbers = sums.values().stream().mapToLong(sum -> sum[1]).sum();
            long bytes = sums.values().stream().mapToLong(sum -> sum[2]).sum();
            facts.put(
                    "total",
                    Tables.count(tensors) + " tensors, " + Tables.count(numbers) + " numbers, " + Tables.bytes(bytes));
            return new Contents(kind, facts, TENSORS, rows);
        }
    }

    private static Contents weights(Path path) throws IOException {
        try (WeightSource source = WeightSource.open(path)) {
            Map<String, Object> facts = new LinkedHashMap<>();
            if (source instanceof TensorFile file) {
                file.metadata()
                        .forEach((key, value) ->
                                facts.put(ModelFormatException.escape(key), ModelFormatException.escape(value)));
            }
            Table table = new Table();
            source.tensors()
                    .forEach((name, tensor) -> table.add(
                            name,
                            tensor.type().name(),
                            tensor.shape().toString(),
                            tensor.shape().elementCount(),
                            tensor.bytes()));
            return table.contents(kindOfWeights(path), facts);
        }
    }

    private static String kindOfWeights(Path path) throws IOException {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".onnx")) {
            return "ONNX weights, under the names of the model they were exported from";
        }
        if (name.endsWith(".npz")) {
            return "npz";
        }
        if (name.endsWith(".json")) {
            return "index of safetensors shards";
        }
        try (InputStream in = Files.newInputStream(path)) {
            return new String(in.readNBytes(2), StandardCharsets.ISO_8859_1).equals("PK")
                    ? "torch zip, read without running code"
                    : "safetensors";
        }
    }

    private static Contents gguf(Path path) throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            Map<String, Object> facts = new LinkedHashMap<>();
            file.metadata().forEach((key, value) -> facts.put(ModelFormatException.escape(key), GgufWords.of(value)));
            Table table = new Table();
            file.tensors()
                    .forEach((name, tensor) -> table.add(
                            name,
                            tensor.type().name(),
                            tensor.shape().toString(),
                            tensor.shape().elementCount(),
                            tensor.bytes()));
            return table.contents("GGUF version " + file.version(), facts);
        }
    }

    // ---- JSON and rows
    // --------------------------------------------------------------------------------------------------

    private static Contents json(Path path) throws IOException {
        JsonValue json = Json.read(path);
        if (!(json instanceof JsonObject object)) {
            return data(path);
        }
        if (object.find("weight_map").isPresent()) {
            return weights(path);
        }
        if (object.find("model")
                .filter(model -> model instanceof JsonObject)
                .flatMap(model -> model.asObject().find("vocab"))
                .isPresent()) {
            return tokenizer(object);
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        object.members().forEach((name, value) -> facts.put(ModelFormatException.escape(name), brief(value)));
        return new Contents("JSON object", facts, List.of(), List.of());
    }

    private static Contents tokenizer(JsonObject json) {
        JsonObject model = json.get("model").asObject();
        JsonValue vocabulary = model.get("vocab");
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("type", model.find("type").map(JsonValue::asString).orElse("not said"));
        facts.put("vocabulary", (long)
                (vocabulary instanceof JsonArray list
                        ? list.elements().size()
                        : vocabulary.asObject().members().size()));
        for (String part :
                List.of("normalizer", "pre_tokenizer", "post_processor", "decoder", "truncation", "padding")) {
            facts.put(
                    part,
                    json.find(part)
                            .map(value -> value instanceof JsonObject object
                                            && object.find("type").isPresent()
                                    ? object.get("type").asString()
                                    : brief(value))
                            .orElse("none"));
        }
        List<List<String>> rows = new ArrayList<>();
        json.find("added_tokens")
                .ifPresent(tokens -> tokens.asList()
                        .forEach(token -> rows.add(List.of(
                                ModelFormatException.escape(
                                        token.asObject().get("content").asString()),
                                token.asObject().get("id").toJson(0),
                                token.asObject()
                                                .find("special")
                                                .map(JsonValue::asBoolean)
                                                .orElse(false)
                                        ? "special"
                                        : "added"))));
        return new Contents("tokenizer", facts, List.of("token", "id", "kind"), rows);
    }

    private static Contents data(Path path) throws IOException {
        Rows rows = Rows.onDisk(path);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("rows", (long) rows.size());
        try {
            DataShape shape = DataShape.recognise(rows, DataOptions.auto());
            facts.put("task", shape.kind().word());
            facts.put("says", String.join("; ", shape.says()));
        } catch (DataException e) {
            facts.put("task", "none is recognised: " + e.rule());
        }
        Map<String, String> first = new LinkedHashMap<>();
        try (Stream<luthier.nn.data.Row> stream = rows.stream()) {
            stream.findFirst().ifPresent(row -> row.values().forEach((name, value) -> first.put(name, brief(value))));
        }
        List<List<String>> table = new ArrayList<>();
        rows.columns()
                .forEach(name -> table.add(List.of(ModelFormatException.escape(name), first.getOrDefault(name, "-"))));
        return new Contents(
                rows.format()
                                .map(format -> format.name().toLowerCase(Locale.ROOT))
                                .orElse("folder of classes") + " rows",
                facts,
                List.of("column", "first row"),
                table);
    }

    private static String brief(JsonValue value) {
        String text = value instanceof JsonString string ? string.value() : value.toJson(0);
        return ModelFormatException.escape(text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...");
    }

    // ---- folders
    // --------------------------------------------------------------------------------------------------------

    private static Contents folder(Path path) throws IOException {
        Optional<Dialect> dialect =
                Dialects.ALL.stream().filter(one -> one.reads(path)).findFirst();
        if (dialect.isPresent()) {
            return adapter(dialect.get(), path);
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        Path config = path.resolve(RunFolder.CONFIG);
        if (Files.isRegularFile(config)) {
            json(config).facts().forEach(facts::put);
        }
        for (String name : WEIGHTS) {
            if (Files.isRegularFile(path.resolve(name))) {
                Contents weights = of(path.resolve(name));
                facts.put("weights", name + ", " + weights.kind());
                facts.putAll(weights.facts());
                return new Contents("folder of a model", facts, weights.header(), weights.rows());
            }
        }
        if (facts.isEmpty()) {
            return data(path);
        }
        List<List<String>> rows = new ArrayList<>();
        try (Stream<Path> entries = Files.list(path).sorted()) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                rows.add(List.of(
                        ModelFormatException.escape(String.valueOf(entry.getFileName())),
                        Files.isDirectory(entry) ? "folder" : Tables.count(Files.size(entry))));
            }
        }
        return new Contents("folder of a run", facts, List.of("file", "bytes"), rows);
    }

    private static Contents adapter(Dialect dialect, Path path) throws IOException {
        Saved saved = dialect.read(path);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("method", saved.kind());
        saved.task().ifPresent(task -> facts.put("task", task));
        saved.fields().forEach((name, value) -> facts.put(name, String.valueOf(value)));
        Table table = new Table();
        saved.tensors()
                .forEach((name, tensor) -> table.add(
                        name,
                        tensor.dtype().toString(),
                        tensor.shape().toString(),
                        tensor.shape().elementCount(),
                        tensor.shape().elementCount() * tensor.dtype().bytes()));
        return table.contents("adapter, dialect " + dialect.name(), facts);
    }

    // ---- showing
    // --------------------------------------------------------------------------------------------------------

    /** Returns it for people. */
    String text() {
        StringBuilder text = new StringBuilder(kind).append('\n');
        if (!rows.isEmpty()) {
            List<List<String>> table = new ArrayList<>(List.of(header));
            table.addAll(rows);
            text.append(Tables.alignedLeft(table));
        }
        List<List<String>> named = new ArrayList<>();
        facts.forEach((name, value) -> named.add(List.of(name, String.valueOf(value))));
        return text.append(Tables.alignedLeft(named)).toString();
    }

    /** Returns it for programs. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", kind);
        fields.put("facts", facts);
        List<Object> table = new ArrayList<>();
        for (List<String> row : rows) {
            Map<String, Object> named = new LinkedHashMap<>();
            for (int i = 0; i < row.size(); i++) {
                named.put(header.get(i), row.get(i));
            }
            table.add(named);
        }
        fields.put("table", table);
        return fields;
    }
}
