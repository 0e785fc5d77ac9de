package luthier.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.finetune.Methods;
import luthier.finetune.Tuning;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Method;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One step of the six-block encoder of the main job, batch 32, 16 tokens: forward, backward, AdamW. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EncoderStepBenchmark {
    private static final int BATCH = 32;
    private static final int TOKENS = 16;
    private static final int CLASSES = 39;

    /** lora: rank 8 on query and value; full: every parameter. */
    @Param({"lora", "full"})
    String method = "";

    private BertClassifier model = model();
    private Optimizer optimizer = new Optimizer(AdamW.USUAL, Map.of(), 0);
    private final Variable ids = Variable.constant(ids());
    private final Tensor mask = Tensor.full(DType.BOOL, 1, Shape.of(BATCH, TOKENS));
    private final Tensor labels = Tensor.zeros(DType.I64, BATCH);

    /** A prepared step outside JMH. */
    public static EncoderStepBenchmark of(String method) {
        EncoderStepBenchmark step = new EncoderStepBenchmark();
        step.method = method;
        step.prepare();
        return step;
    }

    private static BertClassifier model() {
        BertClassifier model = new BertClassifier(BertConfig.MINILM_L6, CLASSES, BertClassifier.Pooling.MEAN);
        model.initialize(Seed.of(1));
        return model;
    }

    private static Tensor ids() {
        long[] drawn = new long[BATCH * TOKENS];
        Arrays.setAll(drawn, i -> 1000 + Rng.of(1).below(i, 20_000));
        return Tensor.of(drawn, BATCH, TOKENS);
    }

    /** Makes the model. */
    @Setup
    public void prepare() {
        model = model();
        Method chosen = Methods.named(method);
        Map<String, ?> settings = method.equals("lora")
                ? Map.of("rank", 8, "targets", List.of("query", "value"), "modules-to-save", List.of("classifier"))
                : Map.of();
        Adaptation adaptation = Tuning.fresh(model, chosen, chosen.options().parse(settings), Seed.of(2));
        optimizer = new Optimizer(AdamW.USUAL, adaptation.trained(), 0.01);
    }

    /** A training step. */
    @Benchmark
    public double trainingStep() {
        optimizer.zeroGrad();
        Variable logits = model.forward(ids, Context.training(Rng.of(1)).withMask(mask));
        Variable loss = LossOps.crossEntropy(logits, labels);
        loss.backward();
        optimizer.step(1e-4);
        return loss.item();
    }

    /** The same batch without a tape. */
    @Benchmark
    public Tensor inference() {
        return Grad.disabled(
                () -> model.forward(ids, Context.inference().withMask(mask)).value());
    }
}
