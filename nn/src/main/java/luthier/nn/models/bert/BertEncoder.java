package luthier.nn.models.bert;

import java.util.ArrayList;
import java.util.List;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;

/** The blocks of a BERT encoder, one after the other, named {@code layer.0}, {@code layer.1}, ... */
public final class BertEncoder extends Layer {
    private final List<BertBlock> blocks = new ArrayList<>();

    BertEncoder(BertConfig config) {
        for (int i = 0; i < config.hiddenLayers(); i++) {
            blocks.add(child("layer." + i, Role.BLOCK, new BertBlock(config)));
        }
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable h = x;
        for (BertBlock block : blocks) {
            h = block.forward(h, context);
        }
        return h;
    }

    /** Returns the blocks in order. */
    public List<BertBlock> blocks() {
        return List.copyOf(blocks);
    }
}
