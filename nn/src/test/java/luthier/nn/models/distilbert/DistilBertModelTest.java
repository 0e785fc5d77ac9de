package luthier.nn.models.distilbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Names;
import luthier.nn.Seed;
import luthier.nn.models.HiddenActivation;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.models.bert.BertModel;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.WeightSource;
import org.junit.jupiter.api.Test;

class DistilBertModelTest {
    private static final DistilBertConfig CONFIG =
            new DistilBertConfig(20, 8, 12, 2, 2, 10, HiddenActivation.GELU, 0, 0, 0, OptionalInt.empty());
    private static final Tensor IDS = Tensor.of(new long[] {3, 5, 7, 3, 9, 0}, 2, 3);
    private static final Tensor MASK = Tensor.of(new boolean[] {true, true, true, true, true, false}, 2, 3);

    /** What BERT calls the same weights. */
    private static final Names AS_BERT = Names.same()
            .rename("transformer.layer.{n}.attention.q_lin.{}", "encoder.layer.{n}.attention.self.query.{}")
            .rename("transformer.layer.{n}.attention.k_lin.{}", "encoder.layer.{n}.attention.self.key.{}")
            .rename("transformer.layer.{n}.attention.v_lin.{}", "encoder.layer.{n}.attention.self.value.{}")
            .rename("transformer.layer.{n}.attention.out_lin.{}", "encoder.layer.{n}.attention.output.dense.{}")
            .rename("transformer.layer.{n}.sa_layer_norm.{}", "encoder.layer.{n}.attention.output.LayerNorm.{}")
            .rename("transformer.layer.{n}.ffn.lin1.{}", "encoder.layer.{n}.intermediate.dense.{}")
            .rename("transformer.layer.{n}.ffn.lin2.{}", "encoder.layer.{n}.output.dense.{}")
            .rename("transformer.layer.{n}.output_layer_norm.{}", "encoder.layer.{n}.output.LayerNorm.{}");

    private static Tensor run(Layer model) {
        return model.forward(Variable.constant(IDS), Context.inference().withMask(MASK))
                .value();
    }

    @Test
    void isABertWithoutTokenTypes() {
        DistilBertModel model = new DistilBertModel(CONFIG);
        model.initialize(Seed.of(1));
        BertModel bert = new BertModel(new BertConfig(20, 8, 12, 2, 2, 10, 1, 1e-12, 0), false);
        Map<String, Tensor> weights = new LinkedHashMap<>(model.weights());
        weights.put("embeddings.token_type_embeddings.weight", Tensor.zeros(DType.F32, 1, 8));
        bert.load(WeightSource.of(weights, "a DistilBERT"), AS_BERT);
        assertTrue(run(model).bitEquals(run(bert)));
        Map<String, Tensor> back = AS_BERT.toFile(bert.weights());
        assertEquals(weights.keySet(), back.keySet());
    }

    @Test
    void theHeadReadsTheFirstTokenThroughTwoLayers() {
        DistilBertClassifier model = new DistilBertClassifier(CONFIG, 3, false);
        model.initialize(Seed.of(1));
        Map<String, Tensor> w = model.weights();
        Tensor first = run(model.distilbert()).select(1, 0).contiguous();
        Tensor inner =
                first.matmul(w.get("pre_classifier.weight").transpose(0, 1)).add(w.get("pre_classifier.bias"));
        Tensor expected = inner.mul(Comparison.greater(inner, 0).to(DType.F32))
                .matmul(w.get("classifier.weight").transpose(0, 1))
                .add(w.get("classifier.bias"));
        assertTrue(Comparison.allClose(run(model), expected, 1e-5, 1e-6));
    }

    @Test
    void readsItsConfiguration() {
        DistilBertConfig config =
                DistilBertConfig.fromJson(Json.parse("""
                        {"vocab_size": 20, "dim": 8, "hidden_dim": 12, "n_layers": 2, "n_heads": 2,
                         "max_position_embeddings": 10, "activation": "relu", "sinusoidal_pos_embds": false}""", "config.json").asObject());
        assertEquals(
                new DistilBertConfig(20, 8, 12, 2, 2, 10, HiddenActivation.RELU, 0.1, 0.1, 0.2, OptionalInt.of(0)),
                config);
    }

    @Test
    void refusesSequencesThatHaveNoPositions() {
        DistilBertModel model = new DistilBertModel(CONFIG);
        model.initialize(Seed.of(1));
        Variable ids = Variable.constant(Tensor.zeros(DType.I64, 1, 11));
        ShapeException e = assertThrows(ShapeException.class, () -> model.forward(ids, Context.inference()));
        assertEquals(
                "distilbert: a sequence may have at most 10 tokens; got 11; truncate it when encoding", e.getMessage());
    }
}
