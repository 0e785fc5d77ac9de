package luthier.finetune.lora;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.DropoutOps;
import luthier.autograd.ops.MatmulOps;
import luthier.finetune.method.Option;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.Inner;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.init.Initializer;
import luthier.nn.layers.Linear;
import luthier.tensor.Matmul;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** y' = y + s B (A x) around one linear layer. */
final class LoraAdapter implements Adapter {
    private final Parameter a;
    private final Parameter b;
    private final double scale;
    private final double dropout;

    LoraAdapter(Linear host, int rank, double scale, double dropout, Seed seed) {
        this.scale = scale;
        this.dropout = dropout;
        a = new Parameter("lora_A.weight", Shape.of(rank, host.inFeatures()), Initializer.kaimingUniform())
                .initialize(seed.at("lora_A.weight"));
        b = new Parameter("lora_B.weight", Shape.of(host.outFeatures(), rank), Initializer.zeros())
                .initialize(seed.at("lora_B.weight"));
    }

    @Override
    public Variable forward(Inner inner, Variable x, Context c) {
        return inner.forward(x, c).add(change(dropped(inner, x, c)));
    }

    /** The adapter's input: x, with dropout while training. */
    Variable dropped(Inner inner, Variable x, Context c) {
        if (dropout == 0 || c.rng().isEmpty()) {
            return x;
        }
        Tensor keep = c.rng().get().split(inner.place()).bernoulli(x.shape(), 1 - dropout);
        return DropoutOps.dropout(x, keep, dropout);
    }

    /** s B (A x). */
    Variable change(Variable x) {
        return MatmulOps.linear(MatmulOps.linear(x, a.variable()).mul(scale), b.variable());
    }

    /** s B A, {@code [out, in]}. */
    Tensor delta() {
        return Matmul.matmul(b.value(), a.value()).mul(scale);
    }

    @Override
    public Optional<Map<String, Tensor>> merged(Layer host, Map<String, Tensor> own) {
        Map<String, Tensor> weights = new LinkedHashMap<>(own);
        weights.put("weight", weight(own).add(delta()));
        return Optional.of(weights);
    }

    static Tensor weight(Map<String, Tensor> own) {
        return Objects.requireNonNull(own.get("weight"), "a linear layer has a weight");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(a, b);
    }

    @Override
    public String toString() {
        return "Lora(r=" + a.shape().size(0) + ", scale=" + Option.plain(scale) + ")";
    }
}
