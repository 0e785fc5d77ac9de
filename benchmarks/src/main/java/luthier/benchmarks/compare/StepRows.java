package luthier.benchmarks.compare;

import java.util.Arrays;
import java.util.List;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.benchmarks.EncoderStepBenchmark;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.models.bert.BertModel;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Whole training steps: forward, backward, AdamW; and one sentence through the encoder, whose products are small. */
final class StepRows {
    private static final int TOKENS = 16;

    private StepRows() {}

    /** All rows. */
    static List<Workload> rows() {
        return List.of(encoder("full"), encoder("lora"), sentence());
    }

    private static Workload encoder(String method) {
        String name = "encoder step " + method + " 32x16 tokens";
        return new Workload("step", name, 0, 0, List.of(), false, () -> {
            EncoderStepBenchmark step = EncoderStepBenchmark.of(method);
            return Workload.Prepared.of(new Task() {
                @Override
                public void run(int times) {
                    for (int i = 0; i < times; i++) {
                        Sink.take(step.trainingStep());
                    }
                }

                @Override
                public float[] result() {
                    return new float[] {(float) step.trainingStep()};
                }
            });
        });
    }

    private static Workload sentence() {
        return new Workload("step", "encoder inference 1x16 tokens", 0, 0, List.of(), false, () -> {
            BertModel model = new BertModel(BertConfig.MINILM_L6, false);
            model.initialize(Seed.of(1)).freeze();
            long[] drawn = new long[TOKENS];
            Arrays.setAll(drawn, i -> 1000 + Rng.of(1).below(i, 20_000));
            Variable ids = Variable.constant(Tensor.of(drawn, 1, TOKENS));
            Context context = Context.inference().withMask(Tensor.full(DType.BOOL, 1, Shape.of(1, TOKENS)));
            return Workload.Prepared.of(Task.of(
                    () -> Grad.disabled(() -> model.forward(ids, context).value())));
        });
    }
}
