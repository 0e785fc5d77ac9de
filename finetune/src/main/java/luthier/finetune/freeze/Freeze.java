package luthier.finetune.freeze;

import java.util.List;
import java.util.Set;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Option;
import luthier.finetune.method.Options;
import luthier.finetune.method.Parts;
import luthier.finetune.method.Recipe;
import luthier.finetune.method.Targets;
import luthier.nn.Layer;
import luthier.nn.Seed;

/**
 * Trains every parameter but those it names: by default the embeddings and the first half of the blocks stay, which have learned
 * what all tasks need. Lee, Tang and Lin 2019, arXiv:1911.03090.
 */
public final class Freeze extends HostMethod {
    /** The blocks of the first half. */
    private static final String FIRST_HALF = "first-half";

    /** What stays as it is. */
    public static final Option<List<String>> FREEZE = Option.words(
            "freeze",
            null,
            List.of("@tokens", "@positions", FIRST_HALF),
            "what stays: names, regular expressions or roles of layers or parameters, or first-half, of the blocks");

    /** Creates the method. */
    public Freeze() {}

    @Override
    public String name() {
        return "freeze";
    }

    @Override
    public String what() {
        return "every parameter but the frozen ones";
    }

    @Override
    public String formula() {
        return "y = W x, W trained where it is not frozen";
    }

    @Override
    public String paper() {
        return "Lee, Tang and Lin 2019, arXiv:1911.03090";
    }

    @Override
    public Options options() {
        return Options.of(FREEZE);
    }

    @Override
    public Recipe recipe() {
        return new Recipe(2e-5, 0.01);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        Set<String> frozen = Targets.parameters("freeze", model, config.get(FREEZE), FIRST_HALF, !config.isSet(FREEZE));
        model.parameters().forEach((path, own) -> {
            if (!frozen.contains(path)) {
                parts.train(path, own);
            }
        });
    }
}
