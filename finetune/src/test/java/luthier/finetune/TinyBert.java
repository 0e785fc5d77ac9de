package luthier.finetune;

import java.util.Arrays;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;

/** A small encoder and a batch for tests. */
public final class TinyBert {
    public static final int CLASSES = 3;
    private static final BertConfig CONFIG = new BertConfig(29, 16, 32, 2, 4, 12, 2, 1e-12, 0);
    private static final Tensor IDS = ids();
    private static final Tensor MASK = mask();
    private static final Tensor LABELS = Tensor.of(new long[] {0, 2, 1, 2}, 4);

    private TinyBert() {}

    public static BertClassifier model(DType dtype) {
        BertClassifier model = new BertClassifier(CONFIG, CLASSES, BertClassifier.Pooling.MEAN);
        model.initialize(new Seed(dtype, Rng.of(5)));
        return model;
    }

    private static Tensor ids() {
        long[] ids = new long[4 * 6];
        Arrays.setAll(ids, i -> Rng.of(1).below(i, 29));
        return Tensor.of(ids, 4, 6);
    }

    private static Tensor mask() {
        boolean[] real = new boolean[4 * 6];
        for (int row = 0; row < 4; row++) {
            Arrays.fill(real, row * 6, row * 6 + 6 - row, true);
        }
        return Tensor.of(real, 4, 6);
    }

    public static Variable logits(BertClassifier model, Context context) {
        return model.forward(Variable.constant(IDS), context.withMask(MASK));
    }

    public static Variable loss(BertClassifier model, Context context) {
        return LossOps.crossEntropy(logits(model, context), LABELS);
    }

    public static Tensor evaluate(BertClassifier model) {
        return Grad.disabled(() -> logits(model, Context.inference()).value());
    }
}
