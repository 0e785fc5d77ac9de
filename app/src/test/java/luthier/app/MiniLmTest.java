package luthier.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.LoadReport;
import luthier.nn.data.TokenBatch;
import luthier.nn.layers.MeanPooling;
import luthier.nn.models.LoadedModel;
import luthier.nn.models.Pretrained;
import luthier.nn.models.bert.BertModel;
import luthier.nn.text.Tokenizer;
import luthier.tensor.Reduction;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The model of the main job, read from its artifact, against values of the original. */
class MiniLmTest {
    private static BertModel encoder;
    private static Tokenizer tokenizer;
    private static LoadReport report;

    @BeforeAll
    static void load() throws IOException {
        Pretrained minilm = MiniLm.open();
        LoadedModel loaded = minilm.encoder();
        encoder = (BertModel) loaded.model();
        tokenizer = minilm.tokenizer();
        report = loaded.report();
    }

    private static Tensor hidden(TokenBatch batch) {
        return Grad.disabled(() -> encoder.forward(
                        Variable.constant(batch.ids()), Context.inference().withMask(batch.mask()))
                .value());
    }

    @Test
    void isOpenedLikeAnyPretrainedModel() throws IOException {
        assertEquals("all-minilm-l6-v2.onnx", report.source());
        assertEquals(encoder.parameters().keySet(), report.loaded().keySet());
        assertEquals(List.of(), report.anew());
        assertTrue(report.ignored().contains("embeddings.position_ids"));
        assertEquals("all-minilm-l6-v2.onnx", MiniLm.open().place());
        assertEquals(512, MiniLm.open().maxLength());
    }

    @Test
    void givesTheHiddenStatesOfTheOriginal() {
        int[] ids = {101, 1037, 2158, 2003, 5983, 2833, 1012, 102};
        assertArrayEquals(ids, tokenizer.encode("A man is eating food."));
        Tensor hidden = hidden(TokenBatch.unlabelled(new int[][] {ids}, 0)).select(0, 0);
        double[] first = {-0.002550725, 0.117697574, 0.00373785, 0.24470817, -0.5172312, -0.12928492};
        for (int i = 0; i < first.length; i++) {
            assertEquals(first[i], hidden.get(0, i), 1e-5);
        }
        assertEquals(10.2059685, Reduction.sum(hidden).item(), 1e-5 * 10.2);
    }

    @Test
    void findsTheCosinesOfTheOriginal() {
        String man = "A man is eating food.";
        assertEquals(0.7553, cosine(man, "A man is eating a piece of bread."), 5e-5);
        assertEquals(-0.1050, cosine(man, "The girl is carrying a baby."), 5e-5);
        assertEquals(0.1419, cosine(man, "A cheetah is running behind its prey."), 5e-5);
    }

    private static double cosine(String a, String b) {
        TokenBatch batch = TokenBatch.unlabelled(new int[][] {tokenizer.encode(a), tokenizer.encode(b)}, 0);
        Context context = Context.inference().withMask(batch.mask());
        Tensor pooled = Grad.disabled(() -> new MeanPooling()
                .forward(Variable.constant(hidden(batch)), context)
                .value());
        Tensor u = pooled.select(0, 0);
        Tensor v = pooled.select(0, 1);
        double dot = u.mul(v).sum().item();
        return dot / Math.sqrt(Reduction.sumOfSquares(u) * Reduction.sumOfSquares(v));
    }
}
