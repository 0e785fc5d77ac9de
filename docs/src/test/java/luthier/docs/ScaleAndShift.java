package luthier.docs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Option;
import luthier.finetune.method.Options;
import luthier.finetune.method.Parts;
import luthier.finetune.method.Recipe;
import luthier.finetune.method.Targets;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.Inner;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.init.Initializer;
import luthier.nn.layers.Linear;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

// begin method
/** Scales and shifts the outputs of linear layers: y' = g * (W x + b) + s. Lian et al. 2022, arXiv:2210.08823. */
final class ScaleAndShift extends HostMethod {
    static final Option<List<String>> TARGETS =
            Option.words("targets", null, List.of(Targets.ALL_LINEAR), "the adapted layers: names or roles");

    @Override
    public String name() {
        return "ssf";
    }

    @Override
    public String what() {
        return "trained scales and shifts of linear layers";
    }

    @Override
    public String formula() {
        return "y = g * (W x + b) + s";
    }

    @Override
    public String paper() {
        return "Lian et al. 2022, arXiv:2210.08823";
    }

    @Override
    public Options options() {
        return Options.of(TARGETS, SAVE);
    }

    @Override
    public Recipe recipe() {
        return new Recipe(1e-3, 0);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        for (Layer host :
                Targets.layers("targets", model, config.get(TARGETS), layer -> layer instanceof Linear, false)) {
            Shape outputs = Shape.of(((Linear) host).outFeatures());
            Parameter scale = fresh("scale", outputs, Initializer.ones(), seed.at(host.place()));
            Parameter shift = fresh("shift", outputs, Initializer.zeros(), seed.at(host.place()));
            parts.around(host, new Affine(scale, shift));
        }
    }

    private record Affine(Parameter scale, Parameter shift) implements Adapter {
        @Override
        public Variable forward(Inner inner, Variable x, Context c) {
            return inner.forward(x, c).mul(scale.variable()).add(shift.variable());
        }

        @Override
        public Optional<Map<String, Tensor>> merged(Layer host, Map<String, Tensor> own) {
            if (!own.containsKey("bias")) {
                return Optional.empty(); // a shift needs a bias to go to
            }
            Map<String, Tensor> weights = new LinkedHashMap<>(own);
            weights.computeIfPresent(
                    "weight", (_, weight) -> weight.mul(scale.value().unsqueeze(1)));
            weights.computeIfPresent(
                    "bias", (_, bias) -> bias.mul(scale.value()).add(shift.value()));
            return Optional.of(weights);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(scale, shift);
        }
    }
}
// end method
