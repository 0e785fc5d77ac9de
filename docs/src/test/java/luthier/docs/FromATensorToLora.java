package luthier.docs;

import java.util.Map;
import luthier.autograd.GradCheck;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.finetune.Tuning;
import luthier.finetune.lora.Lora;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.train.Fingerprint;
import luthier.finetune.train.ParameterTable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Tensor;

/** The programs of the guide "From a tensor to LoRA in one page". */
final class FromATensorToLora {
    private static final Tensor X = Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
    private static final Tensor XOR = Tensor.of(new long[] {0, 1, 1, 0}, 4);
    private static final Tensor XNOR = Tensor.of(new long[] {1, 0, 0, 1}, 4);

    private FromATensorToLora() {}

    static void tensors() {
        // begin tensors
        Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Tensor row = Tensor.of(new float[] {10, 20, 30}, 3);
        System.out.println(a.add(row));
        System.out.println(a.matmul(a.transpose(0, 1)));
        System.out.println(a.mean(1));
        System.out.println(a.select(0, 0).exp());
        // end tensors
    }

    static void gradients() {
        // begin gradients
        Variable w = Variable.parameter(Tensor.of(new float[] {1, -2}, 2));
        Variable loss = w.square().sum(); // w0^2 + w1^2
        loss.backward();
        System.out.println(loss.item());
        System.out.println(w.grad().orElseThrow()); // 2 w
        // end gradients
    }

    static void checking() {
        // begin checking
        Tensor point = Tensor.of(new double[] {0.3, -1.2}, 2);
        GradCheck.Report report = GradCheck.check(in -> in.get(0).tanh().sum(), point);
        System.out.println(report.passed());
        // end checking
    }

    static void training() {
        train();
    }

    private static TwoLayers train() {
        // begin training
        TwoLayers model = new TwoLayers();
        model.initialize(Seed.of(1));
        Optimizer optimizer = new Optimizer(AdamW.USUAL, model.parameters(), 0);
        for (int step = 0; step < 200; step++) {
            optimizer.zeroGrad();
            Variable logits = model.forward(Variable.constant(X), Context.inference());
            LossOps.crossEntropy(logits, XOR).backward();
            optimizer.step(0.05);
        }
        System.out.println(answers(model));
        // end training
        return model;
    }

    private static Tensor answers(Layer model) {
        return model.forward(Variable.constant(X), Context.inference()).value().argmax(1);
    }

    static void lora() throws Exception {
        TwoLayers[] trained = new TwoLayers[1];
        Page.output(() -> trained[0] = train());
        TwoLayers model = trained[0];
        // begin lora
        String before = Fingerprint.sha256(model.weights());
        Method lora = new Lora();
        Config config = lora.options().parse(Map.of("rank", 1, "targets", "hidden,head"));
        Adaptation adaptation = Tuning.fresh(model, lora, config, Seed.of(2));
        ParameterTable.Group total =
                ParameterTable.of(model, adaptation.trained(), AdamW.USUAL).total();
        System.out.println(total.trainable() + " of " + total.total() + " numbers are trained");
        System.out.println(model);
        Optimizer optimizer = new Optimizer(AdamW.USUAL, adaptation.trained(), 0);
        for (int step = 0; step < 300; step++) {
            optimizer.zeroGrad();
            Variable logits = model.forward(Variable.constant(X), Context.inference());
            LossOps.crossEntropy(logits, XNOR).backward();
            optimizer.step(0.05);
        }
        System.out.println(answers(model));
        System.out.println(
                "base unchanged: " + Fingerprint.sha256(model.weights()).equals(before));
        adaptation.close();
        System.out.println(answers(model)); // as before
        // end lora
    }
}
