package luthier.finetune.reft;

import java.util.List;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Option;
import luthier.finetune.method.Options;
import luthier.finetune.method.Parts;
import luthier.finetune.method.Recipe;
import luthier.finetune.method.TargetException;
import luthier.finetune.method.Targets;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Seed;
import luthier.tensor.Shape;

/**
 * Low-rank linear subspace representation finetuning: h' = h + R^T (W h + b - R h) at chosen tokens of each block's output, {@code R
 * [r, d]} with orthonormal rows, {@code W [r, d]}, {@code b [r]}. The edit sets the coordinates of h in the subspace of R to W h + b
 * and leaves the rest alone. 2 d r + r trainable numbers. Wu et al. 2024, arXiv:2404.03592, eq. 2.
 *
 * <p>Differences: by default an edit starts as the identity, W = R and b = 0; the paper starts W and b at random, which begins
 * training from a damaged model.
 */
public final class Loreft extends HostMethod {
    /** The dimension of the edited subspace. */
    public static final Option<Integer> RANK = Option.whole(
                    "rank", "low_rank_dimension", 8, "dimension of the edited subspace")
            .check(rank -> rank >= 1, "must be at least 1");

    /** Which tokens are edited. */
    public static final Option<String> POSITIONS = Option.word(
                    "positions", "position", "all", "the edited tokens: all, fN, lM or fN+lM")
            .check(Positions::isWritten, "must be all, fN, lM or fN+lM");

    /** The edited blocks. */
    public static final Option<List<Integer>> LAYERS = Option.range("layers", null, "only these blocks, 0-5,7");

    /** Starts edits as the identity. */
    public static final Option<Boolean> IDENTITY = Option.flag(
            "identity-start", null, true, "start each edit as the identity instead of the paper's random one");

    /** Creates the method. */
    public Loreft() {}

    @Override
    public String name() {
        return "loreft";
    }

    @Override
    public String what() {
        return "low-rank edits of every block's output";
    }

    @Override
    public String formula() {
        return "h + R^T (W h + b - R h)";
    }

    @Override
    public String paper() {
        return "Wu et al. 2024, arXiv:2404.03592";
    }

    @Override
    public Options options() {
        return Options.of(RANK, POSITIONS, LAYERS, IDENTITY, SAVE);
    }

    @Override
    public Recipe recipe() {
        return new Recipe(4e-3, 0);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        List<Layer> blocks = Targets.blocks(model);
        if (blocks.isEmpty()) {
            throw new TargetException("loreft: the model must have blocks; got none; give its blocks the role "
                    + Role.BLOCK + " where it makes them");
        }
        for (Layer block : Targets.inBlocks(model, config.get(LAYERS), blocks)) {
            long d = Targets.width(block);
            int rank = config.get(RANK);
            if (rank > d) {
                throw new TargetException("loreft: rank must not exceed the layer's size; got " + rank + " for " + d
                        + " features of " + block.place());
            }
            LoreftEdit edit = new LoreftEdit(
                    d, rank, Positions.parse(config.get(POSITIONS)), config.get(IDENTITY), seed.at(block.place()));
            parts.around(block, edit);
            parts.unsaved(edit.base());
            parts.unsaved(edit.rotation());
            parts.exchanged(block.place() + ".rotate_layer", Shape.of(d, rank), edit::columns, edit::readColumns);
        }
    }
}
