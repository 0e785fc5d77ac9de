package luthier.finetune.reft;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import luthier.autograd.Variable;
import luthier.autograd.ops.MatmulOps;
import luthier.finetune.TargetException;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.init.Initializer;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Low-rank linear subspace representation finetuning: h' = h + R^T (W h + b - R h) at chosen tokens of a layer's output, {@code R
 * [r, d]} with orthonormal rows, {@code W [r, d]}, {@code b [r]}. The edit sets the coordinates of h in the subspace of R to W h + b
 * and leaves the rest alone. 2 d r + r trainable numbers. Wu et al. 2024, arXiv:2404.03592, eq. 2.
 *
 * <p>R is kept orthonormal by construction (Householder reflections behind a fixed orthogonal base), at every step and after
 * every save and load.
 *
 * <p>Differences: by default an edit starts as the identity, W = R and b = 0; the paper starts W and b at random, which begins
 * training from a damaged model.
 */
public final class Loreft implements Adapter {
    private final LoreftConfig config;
    private final Orthonormal orthonormal;
    private final Parameter rotation;
    private final Parameter weight;
    private final Parameter bias;

    private Loreft(Seed seed, LoreftConfig config, Tensor base) {
        this.config = config;
        long d = base.size(0);
        int r = config.rank();
        DType dtype = seed.dtype();
        Rng rng = seed.rng();
        orthonormal = new Orthonormal(base);
        rotation = new Parameter(
                "rotation", dtype, Shape.of(d, r), (type, shape, stream) -> Orthonormal.start(type, d, r), rng);
        Initializer atIdentity = (type, shape, stream) -> rows().copy();
        double bound = 1 / Math.sqrt((double) d);
        weight = new Parameter(
                "weight",
                dtype,
                Shape.of(r, d),
                config.identityStart() ? atIdentity : Initializer.kaimingUniform(),
                rng.split("weight"));
        bias = new Parameter(
                "bias",
                dtype,
                Shape.of(r),
                config.identityStart() ? Initializer.zeros() : Initializer.uniform(bound),
                rng.split("bias"));
    }

    /**
     * Returns a fresh edit for a layer whose output has d features, with a random subspace.
     *
     * @throws TargetException if the rank is above d
     */
    public static Loreft fresh(Seed seed, LoreftConfig config, long d) {
        check(config, d);
        return new Loreft(
                seed,
                config,
                Orthonormal.random(seed.dtype(), Math.toIntExact(d), seed.rng().split("base")));
    }

    /**
     * Returns an edit from saved values.
     *
     * @param rows R, {@code [r, d]}, with orthonormal rows
     * @param weight W, {@code [r, d]}
     * @param bias b, {@code [r]}
     * @throws TargetException if the rows are not orthonormal to 1e-4
     */
    public static Loreft of(Seed seed, LoreftConfig config, Tensor rows, Tensor weight, Tensor bias) {
        check(config, rows.size(1));
        Tensor gram = rows.matmul(rows.transpose(0, 1));
        for (long i = 0; i < rows.size(0); i++) {
            for (long j = 0; j < rows.size(0); j++) {
                if (!(Math.abs(gram.get(i, j) - (i == j ? 1 : 0)) <= 1e-4)) {
                    throw new TargetException("loreft: the rows of R must be orthonormal; got " + gram.get(i, j)
                            + " for rows " + i + " and " + j);
                }
            }
        }
        Tensor base = Orthonormal.completion(rows.transpose(0, 1), seed.rng().split("base"));
        Loreft result = new Loreft(seed, config, base);
        result.weight.load(weight);
        result.bias.load(bias);
        return result;
    }

    /**
     * Freezes a model and attaches a fresh edit to the output of every given layer.
     *
     * @param layers the layers by path, blocks as a rule
     * @param d the number of features of their outputs
     * @return the edits by path
     */
    public static Map<String, Loreft> attach(
            Layer model, Map<String, ? extends Layer> layers, long d, LoreftConfig config, Seed seed) {
        if (layers.isEmpty()) {
            throw new TargetException("loreft: at least one layer must be edited; got none");
        }
        Map<String, Loreft> edits = new LinkedHashMap<>();
        layers.forEach((path, layer) -> edits.put(path, fresh(seed.at(path), config, d)));
        model.parameters().values().forEach(Parameter::freeze);
        edits.forEach(
                (path, edit) -> Objects.requireNonNull(layers.get(path), path).attach(edit));
        return edits;
    }

    private static void check(LoreftConfig config, long d) {
        if (config.rank() > d) {
            throw new TargetException(
                    "loreft: rank must not exceed the layer's size; got " + config.rank() + " for " + d + " features");
        }
    }

    @Override
    public Variable adapt(Layer host, Variable x, Variable h, Context context) {
        Variable q = orthonormal.columns(rotation.variable());
        Variable change = weight.variable().sub(q.transpose(0, 1));
        Variable coordinates = MatmulOps.linear(h, change, bias.variable());
        Variable edit = MatmulOps.linear(coordinates, q);
        if (config.positions() instanceof Positions.Ends ends) {
            Tensor mask = context.mask().orElseGet(() -> Tensor.full(DType.BOOL, 1, Shape.of(h.size(0), h.size(1))));
            edit = edit.mul(Variable.constant(ends.indicator(mask).to(h.dtype())));
        }
        return h.add(edit);
    }

    /** Returns R, {@code [r, d]}, whose rows are orthonormal. */
    public Tensor rows() {
        return orthonormal
                .columns(Variable.constant(rotation.value()))
                .value()
                .transpose(0, 1)
                .contiguous();
    }

    /** Returns W, {@code [r, d]}. */
    public Tensor weight() {
        return weight.value();
    }

    /** Returns b, {@code [r]}. */
    public Tensor bias() {
        return bias.value();
    }

    /** Returns the configuration. */
    public LoreftConfig config() {
        return config;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(rotation, weight, bias);
    }

    @Override
    public String toString() {
        return "Loreft(r=" + config.rank() + ", positions=" + config.positions() + ")";
    }
}
