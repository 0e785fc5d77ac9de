package luthier.nn.models.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import luthier.nn.models.gguf.TensorTable.Row;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.GgufFile;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.StoredTensor;
import luthier.tensor.io.WeightSource;

/** The tensors of a GGUF file as a public checkpoint has them. All names and shapes are checked when it is made. */
final class GgufWeights implements WeightSource {
    private static final int SHOWN = 10;

    private final GgufFile file;
    private final Sizes sizes;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, Place> places = new LinkedHashMap<>();

    /** A tensor in the file, and what it is. */
    private record Place(String gguf, Row row) {}

    GgufWeights(GgufFile file, TensorTable table, Sizes sizes) {
        this.file = file;
        this.sizes = sizes;
        List<String> unknown = new ArrayList<>();
        List<String> shapes = new ArrayList<>();
        file.tensors().forEach((name, stored) -> {
            if (name.equals(GgufModel.FREQUENCIES)) {
                return;
            }
            Optional<Row> row = table.find(name, sizes.blocks());
            if (row.isEmpty()) {
                unknown.add(ModelFormatException.escape(name));
            } else {
                add(stored, row.get(), shapes);
            }
        });
        List<String> missing = new ArrayList<>();
        table.required(sizes.blocks()).forEach(name -> {
            if (!file.tensors().containsKey(name)) {
                missing.add(name);
            }
        });
        require(missing, "missing");
        require(unknown, "unknown");
        require(shapes, "of another shape");
    }

    private void add(StoredTensor stored, Row row, List<String> shapes) {
        Shape shape = Shape.of(
                row.shape().chars().mapToLong(letter -> sizes.of((char) letter)).toArray());
        if (!stored.shape().equals(shape)) {
            shapes.add(stored.name() + " " + stored.shape() + " for " + shape);
        }
        places.put(row.name(), new Place(stored.name(), row));
        tensors.put(row.name(), new StoredTensor(row.name(), stored.type(), shape, stored.bytes()));
    }

    private void require(List<String> names, String what) {
        if (!names.isEmpty()) {
            throw new ModelFormatException(
                    file.source(),
                    "the tensors must be the model's, name by name; got " + names.size() + " " + what + ": "
                            + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                            + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : ""));
        }
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public String source() {
        return file.source();
    }

    private Place place(String name) {
        return Optional.ofNullable(places.get(name))
                .orElseThrow(() -> new IllegalArgumentException("read: the file must hold the tensor; got \""
                        + ModelFormatException.escape(name) + "\" for " + source()));
    }

    @Override
    public Tensor read(String name) {
        Place place = place(name);
        Tensor stored = file.read(place.gguf());
        return switch (place.row().change()) {
            case NONE -> stored;
            case QUERY_ROWS -> turned(stored, sizes.queries());
            case KEY_ROWS -> turned(stored, sizes.keys());
        };
    }

    /** Returns rows, or biases, with the two halves of a head one after the other: what turns together lies half a head apart. */
    private Tensor turned(Tensor stored, long heads) {
        long columns = stored.rank() == 1 ? 1 : stored.size(1);
        return stored.reshape(heads, sizes.head() / 2, 2, columns)
                .transpose(1, 2)
                .contiguous()
                .reshape(stored.shape().toArray());
    }

    @Override
    public Optional<FrozenMatrix> frozen(String name, int... rows) {
        Place place = place(name);
        return switch (place.row().change()) {
            case NONE -> file.frozen(place.gguf(), rows);
            case QUERY_ROWS, KEY_ROWS -> file.frozen(place.gguf(), turned(name, rows));
        };
    }

    /** Returns where rows lie in the file: of the two halves of a head, side by side. */
    private int[] turned(String name, int... rows) {
        StoredTensor tensor = Objects.requireNonNull(tensors.get(name));
        int head = (int) sizes.head();
        IntStream wished =
                rows.length == 0 ? IntStream.range(0, (int) tensor.shape().size(0)) : IntStream.of(rows);
        return wished.map(row -> {
                    int within = row % head;
                    return row - within + within % (head / 2) * 2 + within / (head / 2);
                })
                .toArray();
    }

    @Override
    public void close() {
        file.close();
    }
}
