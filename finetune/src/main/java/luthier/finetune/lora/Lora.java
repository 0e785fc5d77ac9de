package luthier.finetune.lora;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import luthier.autograd.Variable;
import luthier.autograd.ops.DropoutOps;
import luthier.autograd.ops.MatmulOps;
import luthier.finetune.TargetException;
import luthier.finetune.Targets;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Linear;
import luthier.nn.Mergeable;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.init.Initializer;
import luthier.tensor.Matmul;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Low-rank adaptation of a linear layer: y' = y + (alpha / r) B (A x), {@code A [r, in]}, {@code B [out, r]}. A starts as U(-1/sqrt(in),
 * 1/sqrt(in)) and B at zero, so a fresh adapter changes nothing. Hu et al. 2021, arXiv:2106.09685, eq. 3.
 *
 * <p>Differences: the paper draws A from a normal distribution; this follows its authors' and PEFT's code. The scale is applied
 * between A and B, where the rows are short.
 */
public final class Lora implements Mergeable {
    private final LoraConfig config;
    private final Parameter a;
    private final Parameter b;

    /**
     * Creates a fresh adapter for a layer.
     *
     * @throws TargetException if the rank is above the layer's smaller size
     */
    public Lora(Seed seed, Linear host, LoraConfig config) {
        long limit = Math.min(host.inFeatures(), host.outFeatures());
        if (config.rank() > limit) {
            throw new TargetException(
                    "lora: rank must not exceed the layer's smaller size " + limit + "; got " + config.rank() + " for "
                            + host.path() + " (" + host.inFeatures() + " -> " + host.outFeatures() + ")");
        }
        this.config = config;
        a = new Parameter(
                "lora_A.weight",
                seed.dtype(),
                Shape.of(config.rank(), host.inFeatures()),
                Initializer.kaimingUniform(),
                seed.rng().split("lora_A.weight"));
        b = new Parameter(
                "lora_B.weight",
                seed.dtype(),
                Shape.of(host.outFeatures(), config.rank()),
                Initializer.zeros(),
                seed.rng().split("lora_B.weight"));
    }

    /**
     * Freezes a model and attaches a fresh adapter to every linear layer that the targets choose.
     *
     * @param seed where the adapters' first values come from
     * @return the adapters by their hosts' paths
     * @throws TargetException if a target matches no linear layer or the rank does not fit one
     */
    public static Map<String, Lora> attach(Layer model, LoraConfig config, Seed seed) {
        Map<String, Linear> linears = new LinkedHashMap<>();
        model.layers().forEach((path, layer) -> {
            if (layer instanceof Linear linear) {
                linears.put(path, linear);
            }
        });
        Map<String, Lora> adapters = new LinkedHashMap<>();
        for (String path : Targets.match("target", config.targets(), linears.keySet())) {
            adapters.put(path, new Lora(seed.at(path), Objects.requireNonNull(linears.get(path), path), config));
        }
        model.parameters().values().forEach(Parameter::freeze);
        adapters.forEach((path, adapter) ->
                Objects.requireNonNull(linears.get(path), path).attach(adapter));
        return adapters;
    }

    @Override
    public Variable adapt(Layer host, Variable x, Variable y, Context context) {
        Variable input = x;
        if (config.dropout() > 0 && context.rng().isPresent()) {
            Tensor keep =
                    context.rng().get().split(host.path()).split("lora").bernoulli(x.shape(), 1 - config.dropout());
            input = DropoutOps.dropout(x, keep, config.dropout());
        }
        Variable low = MatmulOps.linear(input, a.variable()).mul(config.scaling());
        return y.add(MatmulOps.linear(low, b.variable()));
    }

    /** Returns (alpha / r) B A, {@code [out, in]}. */
    @Override
    public Tensor weightDelta(Layer host) {
        return Matmul.matmul(b.value(), a.value()).mul(config.scaling());
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(a, b);
    }

    /** Returns the configuration. */
    public LoraConfig config() {
        return config;
    }

    /** Returns A, {@code [r, in]}. */
    public Parameter a() {
        return a;
    }

    /** Returns B, {@code [out, r]}. */
    public Parameter b() {
        return b;
    }

    @Override
    public String toString() {
        return "Lora(r=" + config.rank() + ", alpha=" + number(config.alpha()) + ")";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
