package luthier.finetune.freeze;

import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Options;
import luthier.finetune.method.Parts;
import luthier.finetune.method.Recipe;
import luthier.finetune.method.TargetException;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Seed;

/**
 * Trains the head alone over the frozen model: a linear probe if the head is one linear layer. Alain and Bengio 2016,
 * arXiv:1610.01644.
 */
public final class Head extends HostMethod {
    /** Creates the method. */
    public Head() {}

    @Override
    public String name() {
        return "head";
    }

    @Override
    public String what() {
        return "the head alone over the frozen model";
    }

    @Override
    public String formula() {
        return "y = W x + b, W and b trained";
    }

    @Override
    public String paper() {
        return "Alain and Bengio 2016, arXiv:1610.01644";
    }

    @Override
    public Options options() {
        return Options.of(SAVE);
    }

    @Override
    public Recipe recipe() {
        return new Recipe(1e-2, 0.01);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        boolean any = false;
        for (Layer layer : model.layers().values()) {
            if (layer.role() == Role.HEAD) {
                layer.parameters().forEach((local, own) -> parts.train(layer.path() + "." + local, own));
                any = true;
            }
        }
        if (!any && config.get(SAVE).isEmpty()) {
            throw new TargetException(
                    "head: the model must have a head; got none; name the layers with modules-to-save");
        }
    }
}
