package luthier.finetune.freeze;

import java.util.ArrayList;
import java.util.List;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Option;
import luthier.finetune.method.Options;
import luthier.finetune.method.Parts;
import luthier.finetune.method.Recipe;
import luthier.finetune.method.Targets;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.optim.Optimizer;

/**
 * Trains every parameter, in copies: the model's own stay bit-equal. With {@code in-place} there are no copies, for models too large for
 * them: the model's own are trained, and what was learned cannot be taken off again. With {@code layerwise-rate} f below 1 the blocks nearer the input
 * are trained more slowly, the last block at f, each before it at f times the rate of the next, and what lies before the blocks
 * slower by f again. Howard and Ruder 2018, arXiv:1801.06146, section 3.2.
 */
public final class Full extends HostMethod {
    /** How much slower each block is trained than the one after it. */
    public static final Option<Double> LAYERWISE = Option.number(
                    "layerwise-rate", null, 1, "the rate of each block over that of the one after it")
            .check(factor -> factor > 0 && factor <= 1, "must be in (0, 1]");

    /** Trains the model's own weights. */
    public static final Option<Boolean> IN_PLACE = Option.flag(
            "in-place",
            null,
            false,
            "train the model's own weights, without a copy of them: what is trained cannot be taken off again");

    /** Creates the method. */
    public Full() {}

    @Override
    public String name() {
        return "full";
    }

    @Override
    public String what() {
        return "every parameter";
    }

    @Override
    public String formula() {
        return "y = W x, W trained";
    }

    @Override
    public String paper() {
        return "";
    }

    @Override
    public Options options() {
        return Options.of(LAYERWISE, IN_PLACE);
    }

    @Override
    public Recipe recipe() {
        return new Recipe(2e-5, 0.01);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        if (config.get(IN_PLACE)) {
            model.parameters().forEach(parts::trainInPlace);
            // What is saved is a change like any other: loaded elsewhere it can be taken off.
            parts.config(trained -> trained.with(IN_PLACE, false));
        } else {
            model.parameters().forEach(parts::train);
        }
        double factor = config.get(LAYERWISE);
        if (factor < 1) {
            List<String> blocks = new ArrayList<>();
            Targets.blocks(model).forEach(block -> blocks.add(block.path() + "."));
            List<String> order = List.copyOf(model.parameters().keySet());
            parts.groups(name -> new Optimizer.Group(StrictMath.pow(factor, stepsFromTop(name, blocks, order)), 1));
        }
    }

    /** 0 after the blocks, 1 for the last block, blocks + 1 before the first. */
    private static int stepsFromTop(String name, List<String> blocks, List<String> order) {
        for (int i = 0; i < blocks.size(); i++) {
            if (name.startsWith(blocks.get(i))) {
                return blocks.size() - i;
            }
        }
        boolean before = order.subList(0, order.indexOf(name)).stream()
                .noneMatch(other -> blocks.stream().anyMatch(other::startsWith));
        return before && !blocks.isEmpty() ? blocks.size() + 1 : 0;
    }
}
