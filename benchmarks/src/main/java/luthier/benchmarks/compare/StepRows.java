package luthier.benchmarks.compare;

import java.util.List;
import luthier.benchmarks.EncoderStepBenchmark;

/** Whole training steps: forward, backward, AdamW. */
final class StepRows {
    private StepRows() {}

    /** All rows. */
    static List<Workload> rows() {
        return List.of(encoder("full"), encoder("lora"));
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
}
