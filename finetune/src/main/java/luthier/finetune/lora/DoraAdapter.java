package luthier.finetune.lora;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.nn.Active;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.Inner;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.layers.Linear;
import luthier.tensor.Norms;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * W' = m (W + s B A) / |W + s B A|, the length taken per output and m {@code [out]} trained, so that length and direction learn apart:
 * y' = y + (m / |W + s B A| - 1) (y - b) + (m / |W + s B A|) s B (A x). m starts as |W|, so a fresh adapter changes nothing. Liu et al. 2024,
 * arXiv:2402.09353, eq. 5; the length is a constant in the gradient, section 4.3.
 *
 * <p>Differences: under dropout y - b is computed from the dropped input too, as in PEFT.
 */
final class DoraAdapter implements Adapter {
    private final LoraAdapter low;
    private final Parameter magnitude;

    DoraAdapter(Linear host, LoraAdapter low) {
        this.low = low;
        magnitude = new Parameter(
                "lora_magnitude_vector", Shape.of(host.outFeatures()), (dtype, shape, rng) -> length(weightNow(host)));
        magnitude.initialize(new Seed(host.dtype(), Rng.of(0)));
        if (host.weight().hasValues()) {
            magnitude.variable();
        }
    }

    /** The weight with all that is attached already. */
    private static Tensor weightNow(Linear host) {
        return LoraAdapter.weight(host.merged(Active.all())
                .orElseThrow(() -> new IllegalStateException("dora: the adapters inside must leave weights; got one at "
                        + host.place() + " that does not; attach dora first")));
    }

    /** The length of each output's weights, {@code [out, in] -> [out]}. */
    private static Tensor length(Tensor weight) {
        return Norms.norm(weight, new int[] {1}, 2, false);
    }

    @Override
    public Variable forward(Inner inner, Variable x, Context c) {
        Map<String, Tensor> own = inner.weights(c);
        Variable ratio = magnitude
                .variable()
                .div(Variable.constant(length(LoraAdapter.weight(own).add(low.delta()))));
        Variable y = inner.forward(x, c);
        Variable dropped = low.dropped(inner, x, c);
        Variable product = dropped == x ? y : inner.forward(dropped, c);
        Tensor bias = own.get("bias");
        Variable unbiased = bias == null ? product : product.sub(Variable.constant(bias));
        return y.add(unbiased.mul(ratio.sub(1))).add(low.change(dropped).mul(ratio));
    }

    @Override
    public Optional<Map<String, Tensor>> merged(Layer host, Map<String, Tensor> own) {
        Tensor weight = LoraAdapter.weight(own).add(low.delta());
        Map<String, Tensor> weights = new LinkedHashMap<>(own);
        weights.put("weight", weight.mul(magnitude.value().div(length(weight)).unsqueeze(1)));
        return Optional.of(weights);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(low.parameters().get(0), low.parameters().get(1), magnitude);
    }

    @Override
    public String toString() {
        return "Dora(" + low + ")";
    }
}
