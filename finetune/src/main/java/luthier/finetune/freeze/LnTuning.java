package luthier.finetune.freeze;

import java.util.List;
import java.util.Optional;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Option;
import luthier.finetune.method.Options;
import luthier.finetune.method.Parts;
import luthier.finetune.method.Recipe;
import luthier.finetune.method.Targets;
import luthier.finetune.method.TrainedCopy;
import luthier.nn.Layer;
import luthier.nn.Seed;

/**
 * Trains the normalizations alone, in copies. Zhao et al. 2023, arXiv:2312.11420.
 */
public final class LnTuning extends HostMethod {
    /** The trained normalizations. */
    public static final Option<List<String>> TARGETS =
            Option.words("targets", "target_modules", List.of("@norm"), "the trained normalizations: names or roles");

    /** Creates the method. */
    public LnTuning() {}

    @Override
    public String name() {
        return "ln-tuning";
    }

    @Override
    public String what() {
        return "the normalizations alone";
    }

    @Override
    public String formula() {
        return "y = norm(x) * w + b, w and b trained";
    }

    @Override
    public String paper() {
        return "Zhao et al. 2023, arXiv:2312.11420";
    }

    @Override
    public Options options() {
        return Options.of(TARGETS, SAVE);
    }

    @Override
    public Optional<String> peftType() {
        return Optional.of("LN_TUNING");
    }

    @Override
    public Recipe recipe() {
        return new Recipe(1e-3, 0);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        for (Layer layer : Targets.layers(
                "targets", model, config.get(TARGETS), any -> !any.own().isEmpty(), false)) {
            layer.own()
                    .forEach((local, own) -> parts.value(layer, own, TrainedCopy.of(own, "ln_tuning_layers." + local)));
        }
    }
}
