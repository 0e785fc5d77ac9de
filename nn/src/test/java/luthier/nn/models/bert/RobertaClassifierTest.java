package luthier.nn.models.bert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.models.HiddenActivation;
import luthier.tensor.Comparison;
import luthier.tensor.Elementary;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters;
import org.junit.jupiter.api.Test;

class RobertaClassifierTest {
    private static final int PADDING = 1;

    private static BertConfig config(int positions, OptionalInt after) {
        return new BertConfig(20, 8, 12, 1, 2, positions, 1, 1e-5, 0, 0, 0, HiddenActivation.GELU, after, after);
    }

    private static Tensor run(Layer model, long... ids) {
        return model.forward(Variable.constant(Tensor.of(ids, 1, ids.length)), Context.inference())
                .value();
    }

    /** Real tokens have the positions p + 1, p + 2, ...: those of a BERT whose table is cut off below p + 1. */
    @Test
    void positionsBeginAfterThePaddingId() {
        BertModel roberta = new BertModel(config(10, OptionalInt.of(PADDING)), false);
        roberta.initialize(Seed.of(1));
        BertModel bert = new BertModel(config(8, OptionalInt.empty()), false);
        Map<String, Tensor> weights = new LinkedHashMap<>(roberta.weights());
        String table = "embeddings.position_embeddings.weight";
        weights.put(table, weights.get(table).slice(0, 2, 10).contiguous());
        bert.load(weights);
        assertTrue(run(roberta, 0, 7, 9, 2).bitEquals(run(bert, 0, 7, 9, 2)));
        assertEquals(8, roberta.config().maxLength());
    }

    /** Padding has the position p, wherever it stands, and moves no other token. */
    @Test
    void paddingIsNotCounted() {
        BertModel roberta = new BertModel(config(10, OptionalInt.of(PADDING)), false);
        roberta.initialize(Seed.of(1));
        Tensor ids = Tensor.of(new long[] {0, 7, PADDING, PADDING, 0, PADDING, 7, 9}, 2, 4);
        Tensor rows = embedded(roberta, ids);
        Tensor alone = embedded(roberta, Tensor.of(new long[] {0, 7, 9}, 1, 3));
        assertTrue(rows.select(0, 0)
                .slice(0, 0, 2)
                .contiguous()
                .bitEquals(alone.select(0, 0).slice(0, 0, 2).contiguous()));
        assertTrue(rows.select(0, 0)
                .select(0, 2)
                .contiguous()
                .bitEquals(rows.select(0, 0).select(0, 3).contiguous()));
        assertTrue(rows.select(0, 1)
                .slice(0, 2, 4)
                .contiguous()
                .bitEquals(alone.select(0, 0).slice(0, 1, 3).contiguous()));
    }

    private static Tensor embedded(BertModel model, Tensor ids) {
        List<Tensor> seen = new ArrayList<>();
        model.forward(Variable.constant(ids), Context.inference().with(Context.TAPS, (layer, y) -> {
            if (layer.equals(model.embeddings())) {
                seen.add(y.value());
            }
        }));
        return seen.getFirst();
    }

    /** Rows in front take the first positions, and no token moves any other way. */
    @Test
    void rowsInFrontHaveTheFirstPositions() {
        BertModel roberta = new BertModel(config(12, OptionalInt.of(PADDING)), false);
        roberta.initialize(Seed.of(1));
        Tensor table =
                roberta.parameters().get("embeddings.word_embeddings.weight").value();
        TinyAdapters.Prompt prompt = new TinyAdapters.Prompt(
                Tiny.parameter("rows", table.slice(0, 5, 7).contiguous()));
        Tensor plain = embedded(roberta, Tensor.of(new long[] {5, 6, 0, PADDING, 7}, 1, 5));
        Tensor whole = run(roberta, 5, 6, 0, 7);
        roberta.attach("prompt", prompt);
        assertTrue(plain.bitEquals(embedded(roberta, Tensor.of(new long[] {0, PADDING, 7}, 1, 3))));
        assertTrue(whole.slice(1, 2, 4).contiguous().bitEquals(run(roberta, 0, 7)));
    }

    @Test
    void refusesSequencesThatHaveNoPositions() {
        BertModel roberta = new BertModel(config(5, OptionalInt.of(PADDING)), false);
        roberta.initialize(Seed.of(1));
        ShapeException e = assertThrows(ShapeException.class, () -> run(roberta, 0, 2, 3, 4));
        assertEquals("bert: a sequence may have at most 3 tokens; got 4; truncate it when encoding", e.getMessage());
    }

    @Test
    void theHeadReadsTheFirstTokenOrTheMean() {
        for (boolean overMean : new boolean[] {false, true}) {
            RobertaClassifier model = new RobertaClassifier(config(10, OptionalInt.of(PADDING)), 3, overMean);
            model.initialize(Seed.of(2));
            Variable hidden = model.roberta()
                    .forward(Variable.constant(Tensor.of(new long[] {0, 7, 9}, 1, 3)), Context.inference());
            Tensor all = hidden.value();
            Tensor sentence = overMean
                    ? all.select(1, 0)
                            .add(all.select(1, 1))
                            .add(all.select(1, 2))
                            .div(3)
                    : all.select(1, 0).contiguous();
            Map<String, Tensor> w = model.weights();
            Tensor inner = sentence.matmul(w.get("classifier.dense.weight").transpose(0, 1))
                    .add(w.get("classifier.dense.bias"));
            Tensor expected = Elementary.tanh(inner)
                    .matmul(w.get("classifier.out_proj.weight").transpose(0, 1))
                    .add(w.get("classifier.out_proj.bias"));
            assertTrue(Comparison.allClose(run(model, 0, 7, 9), expected, 1e-5, 1e-6));
        }
    }
}
