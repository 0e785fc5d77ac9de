package luthier.finetune.scale;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/**
 * Scales keys, values and the inside of feed-forward layers by trained vectors: y' = l * (W x + b), and y' = W (l * x) + b where the
 * input is scaled. l starts at one. Liu et al. 2022, arXiv:2205.05638, section 3.3.
 */
public final class Ia3 extends HostMethod {
    /** The scaled layers. */
    public static final Option<List<String>> TARGETS = Option.words(
                    "targets",
                    "target_modules",
                    List.of("@key", "@value", "@mlp-out"),
                    "the scaled layers: names or roles")
            .inPeft(List.of("key", "value", "output.dense"));

    /** Those of the scaled layers whose input is scaled. */
    public static final Option<List<String>> FEEDFORWARD = Option.words(
                    "feedforward",
                    "feedforward_modules",
                    List.of("@mlp-out"),
                    "those of them that are scaled at their input")
            .inPeft(List.of("output.dense"));

    /** Only in these blocks. */
    public static final Option<List<Integer>> LAYERS = Option.range("layers", null, "only in these blocks, 0-5,7");

    /** Creates the method. */
    public Ia3() {}

    @Override
    public String name() {
        return "ia3";
    }

    @Override
    public String what() {
        return "trained scales of keys, values and feed-forward layers";
    }

    @Override
    public String formula() {
        return "y = l * (W x + b), or W (l * x) + b";
    }

    @Override
    public String paper() {
        return "Liu et al. 2022, arXiv:2205.05638";
    }

    @Override
    public Options options() {
        return Options.of(TARGETS, FEEDFORWARD, LAYERS, SAVE);
    }

    @Override
    public Optional<String> peftType() {
        return Optional.of("IA3");
    }

    @Override
    public Recipe recipe() {
        return new Recipe(5e-3, 0);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        List<Layer> chosen = choose("targets", model, TARGETS, config);
        List<Layer> atInput =
                config.get(FEEDFORWARD).isEmpty() ? List.of() : choose("feedforward", model, FEEDFORWARD, config);
        for (Layer host : Targets.inBlocks(model, config.get(LAYERS), chosen)) {
            Linear linear = (Linear) host;
            boolean input = atInput.contains(host);
            Shape shape = input ? Shape.of(1, linear.inFeatures()) : Shape.of(linear.outFeatures(), 1);
            Parameter scale = fresh("ia3_l", shape, Initializer.ones(), seed.at(host.place()));
            parts.around(host, new Scale(scale, input));
        }
    }

    private static List<Layer> choose(String what, Layer model, Option<List<String>> option, Config config) {
        return Targets.layers(what, model, config.get(option), layer -> layer instanceof Linear, !config.isSet(option));
    }

    /** The scale of one layer, {@code [1, in]} or {@code [out, 1]}, as the files have it. */
    private record Scale(Parameter scale, boolean input) implements Adapter {
        @Override
        public Variable forward(Inner inner, Variable x, Context c) {
            Variable row = scale.variable().reshape(-1);
            return input ? inner.forward(x.mul(row), c) : inner.forward(x, c).mul(row);
        }

        @Override
        public Optional<Map<String, Tensor>> merged(Layer host, Map<String, Tensor> own) {
            Map<String, Tensor> weights = new LinkedHashMap<>(own);
            weights.put("weight", Objects.requireNonNull(own.get("weight")).mul(scale.value()));
            if (!input) {
                weights.computeIfPresent(
                        "bias", (name, bias) -> bias.mul(scale.value().reshape(-1)));
            }
            return Optional.of(weights);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(scale);
        }

        @Override
        public String toString() {
            return "Ia3(" + (input ? "input" : "output") + ")";
        }
    }
}
