package luthier.finetune;

import java.util.LinkedHashMap;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyGpt;
import luthier.tiny.TinyNet;
import luthier.tiny.TinySequenceNet;

/** The models on which every method keeps the contract. */
enum ContractHost {
    /** An encoder under a head. */
    BERT("query") {
        @Override
        Layer shapes() {
            return new BertClassifier(
                    new BertConfig(20, 16, 32, 2, 4, 12, 2, 1e-12, 0.1), 3, BertClassifier.Pooling.MEAN);
        }

        @Override
        Variable input(DType dtype) {
            return Tiny.ids(2, 6);
        }

        @Override
        Context pass(Context c) {
            return c.withMask(Tiny.mask(6, 6, 4));
        }
    },
    /** A decoder with one projection to queries, keys and values, grouped heads and a head that is its embedding's table. */
    GPT("c_attn") {
        @Override
        Layer shapes() {
            return new TinyGpt(true, 0.1, false);
        }

        @Override
        Layer untied() {
            return new TinyGpt(false, 0.1, false);
        }

        @Override
        Variable input(DType dtype) {
            return Tiny.ids(2, 6);
        }

        @Override
        Context pass(Context c) {
            return c.withMask(Tiny.mask(6, 6, 4));
        }
    },
    /** A convolution with a batch norm. */
    NET("fc") {
        @Override
        Layer shapes() {
            return new TinyNet();
        }

        @Override
        Variable input(DType dtype) {
            return Variable.constant(Tiny.normal(2, 3, 2, 6, 6).to(dtype));
        }

        @Override
        Context pass(Context c) {
            return c;
        }
    },
    /** Blocks over a sequence with a batch norm behind them. */
    SEQUENCE("mix") {
        @Override
        Layer shapes() {
            return new TinySequenceNet();
        }

        @Override
        Variable input(DType dtype) {
            return Variable.constant(Tiny.normal(2, 3, 5, 4).to(dtype));
        }

        @Override
        Context pass(Context c) {
            return c;
        }
    };

    private final String linear;

    ContractHost(String linear) {
        this.linear = linear;
    }

    /** The model without values. */
    abstract Layer shapes();

    /** The model with two values where it is tied. */
    Layer untied() {
        return shapes();
    }

    abstract Variable input(DType dtype);

    abstract Context pass(Context c);

    /** The name of a linear layer. */
    String linear() {
        return linear;
    }

    Layer model(DType dtype) {
        return shapes().initialize(new Seed(dtype, Rng.of(5)));
    }

    Tensor out(Layer model, Context c) {
        return Tiny.out(model, input(model.dtype()), pass(c));
    }

    Tensor out(Layer model) {
        return out(model, Context.inference());
    }

    /** The output of a plain model of these weights. */
    Tensor outOf(Map<String, Tensor> weights, Layer plain) {
        plain.initialize(new Seed(weights.values().iterator().next().dtype(), Rng.of(0)));
        plain.load(new LinkedHashMap<>(weights));
        return out(plain);
    }
}
