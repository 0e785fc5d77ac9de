package luthier.nn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Tensor;
import luthier.tensor.io.WeightSource;

/** Fills the parameters of a layer and those below it from a source, all or none. */
final class Loading {
    private final Layer layer;
    private final WeightStorage storage;
    private final Map<String, Parameter> parameters;
    private final Set<Parameter> heads = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Parameter> matrices = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Runnable> settings = new ArrayDeque<>();
    private int packed;
    private long bytes;
    private long unpackedBytes;

    private Loading(Layer layer, WeightStorage storage) {
        this.layer = layer;
        this.storage = storage;
        parameters = layer.parameters();
        collectMatrices(layer, false);
    }

    static LoadReport load(Layer layer, WeightSource source, Names naming, WeightStorage storage) {
        return new Loading(layer, storage).from(source, naming);
    }

    /** Finds the weights of projections, those in heads apart; one that is tied to a weight outside of heads is such a weight. */
    private void collectMatrices(Layer from, boolean inHead) {
        boolean head = inHead || from.role() == Role.HEAD;
        if (from instanceof Projection projection && projection.weight().shape().rank() == 2) {
            (head ? heads : matrices).add(projection.weight());
        }
        from.children().forEach(child -> collectMatrices(child, head));
    }

    private LoadReport from(WeightSource source, Names naming) {
        LoadPlan plan = naming.plan(wanted(), source);
        // All are read before the first is changed: a file may turn out to be damaged at its end.
        plan.read(
                name -> storage == WeightStorage.AS_IS && isMatrix(parameter(name)),
                (name, blocks) -> store(parameter(name), blocks),
                (name, values) -> read(parameter(name), name, values));
        for (Runnable next = settings.poll(); next != null; next = settings.poll()) {
            next.run();
        }
        return storage == WeightStorage.F32 ? plan.report() : plan.report().noting(kept());
    }

    private List<Names.Wanted> wanted() {
        Map<Parameter, List<String>> names = new LinkedHashMap<>();
        layer.names()
                .forEach((path, parameter) ->
                        names.computeIfAbsent(parameter, _ -> new ArrayList<>()).add(path));
        List<Names.Wanted> wanted = new ArrayList<>();
        names.forEach((parameter, all) -> wanted.add(new Names.Wanted(all, parameter.shape(), parameter.dtype())));
        return wanted;
    }

    private Parameter parameter(String name) {
        return Objects.requireNonNull(parameters.get(name));
    }

    private boolean isMatrix(Parameter parameter) {
        return matrices.contains(parameter) || heads.contains(parameter);
    }

    private void read(Parameter parameter, String name, Tensor values) {
        Optional<FrozenMatrix> matrix = matrices.contains(parameter) ? storage.of(name, values) : Optional.empty();
        matrix.ifPresentOrElse(
                few -> store(parameter, few),
                () -> settings.add(() -> {
                    parameter.load(values);
                    parameter.freeze();
                }));
    }

    private void store(Parameter parameter, FrozenMatrix few) {
        packed++;
        bytes += few.bytes();
        unpackedBytes += few.shape().elementCount() * Float.BYTES;
        settings.add(() -> parameter.store(few));
    }

    private String kept() {
        return packed == 0
                ? "storage " + storage + ": no matrix of the file is kept in fewer bits than F32"
                : "storage " + storage + ": " + packed + " matrices take " + bytes + " bytes instead of "
                        + unpackedBytes;
    }
}
