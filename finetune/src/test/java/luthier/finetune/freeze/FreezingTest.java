package luthier.finetune.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import luthier.finetune.TargetException;
import luthier.finetune.TinyBert;
import luthier.nn.Context;
import luthier.nn.models.BertClassifier;
import luthier.tensor.DType;
import org.junit.jupiter.api.Test;

class FreezingTest {
    private final BertClassifier model = TinyBert.model(DType.F32);

    private long trainable() {
        return model.parameters().values().stream().filter(p -> p.isTrainable()).count();
    }

    @Test
    void freezesLayersAndNames() {
        long all = trainable();
        List<String> frozen =
                Freezing.freeze(model, List.of("bert.embeddings", "bert\\.encoder\\.layer\\.[0]", ".*\\.bias"));
        assertTrue(frozen.contains("bert.embeddings.word_embeddings.weight"));
        assertTrue(frozen.contains("bert.encoder.layer.0.attention.self.query.weight"));
        assertTrue(frozen.contains("bert.encoder.layer.1.output.dense.bias"));
        assertTrue(!frozen.contains("bert.encoder.layer.1.output.dense.weight"));
        assertEquals(all - frozen.size(), trainable());
        Freezing.unfreeze(model);
        assertEquals(all, trainable());
    }

    @Test
    void headOnlyTrainsTheHead() {
        Freezing.freezeAll(model);
        Freezing.unfreeze(model.classifier());
        TinyBert.loss(model, Context.inference()).backward();
        model.parameters()
                .forEach((path, parameter) -> assertEquals(
                        path.startsWith("classifier."), parameter.grad().isPresent(), path));
    }

    @Test
    void refusesPatternsThatMatchNothing() {
        TargetException e = assertThrows(TargetException.class, () -> Freezing.freeze(model, List.of("embedings")));
        assertTrue(e.getMessage().contains("nearest: embeddings"), e.getMessage());
    }
}
