package luthier.finetune.freeze;

import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Options;
import luthier.finetune.method.Parts;
import luthier.finetune.method.Recipe;
import luthier.nn.Layer;
import luthier.nn.Seed;

/**
 * Trains the biases alone. Ben Zaken, Ravfogel and Goldberg 2021, arXiv:2106.10199.
 */
public final class BitFit extends HostMethod {
    /** Creates the method. */
    public BitFit() {}

    @Override
    public String name() {
        return "bitfit";
    }

    @Override
    public String what() {
        return "the biases alone";
    }

    @Override
    public String formula() {
        return "y = W x + b, b trained";
    }

    @Override
    public String paper() {
        return "Ben Zaken et al. 2021, arXiv:2106.10199";
    }

    @Override
    public Options options() {
        return Options.of(SAVE);
    }

    @Override
    public Recipe recipe() {
        return new Recipe(1e-3, 0);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        model.parameters().forEach((path, own) -> {
            if (own.name().equals("bias") && !own.isBuffer()) {
                parts.train(path, own);
            }
        });
    }
}
