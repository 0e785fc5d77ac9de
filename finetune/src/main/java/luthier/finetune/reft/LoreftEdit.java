package luthier.finetune.reft;

import java.util.List;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.autograd.ops.MatmulOps;
import luthier.finetune.method.TargetException;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.Inner;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.init.Initializer;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * h' = h + R^T (W h + b - R h) around one layer. R is kept orthonormal by construction (Householder reflections behind a fixed
 * orthogonal base), at every step and after every save and load.
 */
final class LoreftEdit implements Adapter {
    private final Positions positions;
    private final Parameter base;
    private final Parameter rotation;
    private final Parameter weight;
    private final Parameter bias;
    private final Rng stream;

    LoreftEdit(long d, int r, Positions positions, boolean identity, Seed seed) {
        this.positions = positions;
        stream = seed.rng();
        base = Parameter.buffer(
                "base", Shape.of(d, d), (dtype, shape, rng) -> Orthonormal.random(dtype, Math.toIntExact(d), rng));
        rotation = new Parameter("rotation", Shape.of(d, r), (dtype, shape, rng) -> Orthonormal.start(dtype, d, r));
        Initializer start = identity ? (dtype, shape, rng) -> rows() : Initializer.kaimingUniform();
        weight = new Parameter("weight", Shape.of(r, d), start);
        double bound = 1 / Math.sqrt((double) d);
        bias = new Parameter("bias", Shape.of(r), identity ? Initializer.zeros() : Initializer.uniform(bound));
        for (Parameter each : parameters()) {
            each.initialize(seed.at(each.name()));
        }
        base.freeze();
    }

    @Override
    public Variable forward(Inner inner, Variable x, Context c) {
        Variable h = inner.forward(x, c);
        Variable q = Orthonormal.columns(base.value(), rotation.variable());
        Variable change = weight.variable().sub(q.transpose(0, 1));
        Variable edit = MatmulOps.linear(MatmulOps.linear(h, change, bias.variable()), q);
        if (positions instanceof Positions.Ends ends) {
            Tensor mask = c.mask().orElseGet(() -> Tensor.full(DType.BOOL, 1, Shape.of(h.size(0), h.size(1))));
            edit = edit.mul(Variable.constant(ends.indicator(mask).to(h.dtype())));
        }
        return h.add(edit);
    }

    Parameter base() {
        return base;
    }

    Parameter rotation() {
        return rotation;
    }

    /** Returns R^T, {@code [d, r]}, whose columns are orthonormal. */
    Tensor columns() {
        return Grad.disabled(() ->
                Orthonormal.columns(base.value(), rotation.variable()).value().copy());
    }

    private Tensor rows() {
        return columns().transpose(0, 1).contiguous();
    }

    /**
     * Returns what sets R^T to these columns.
     *
     * @throws TargetException if they are not orthonormal to 1e-4
     */
    Runnable readColumns(Tensor columns) {
        Tensor gram = columns.transpose(0, 1).matmul(columns);
        for (long i = 0; i < gram.size(0); i++) {
            for (long j = 0; j < gram.size(0); j++) {
                if (!(Math.abs(gram.get(i, j) - (i == j ? 1 : 0)) <= 1e-4)) {
                    throw new TargetException("loreft: the rows of R must be orthonormal; got " + gram.get(i, j)
                            + " for rows " + i + " and " + j);
                }
            }
        }
        Tensor completed = Orthonormal.completion(columns.to(rotation.dtype()), stream.split("base"));
        return () -> {
            base.load(completed);
            rotation.load(Orthonormal.start(rotation.dtype(), columns.size(0), columns.size(1)));
        };
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(base, rotation, weight, bias);
    }

    @Override
    public String toString() {
        return "Loreft(r=" + rotation.shape().size(1) + ", positions=" + positions + ")";
    }
}
