package luthier.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.finetune.Tuning;
import luthier.finetune.method.Adaptation;
import luthier.nn.Active;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Comparison;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;

/** The program of the guide "A method in one file". */
final class OwnMethod {
    private OwnMethod() {}

    static void main() throws Exception {
        Path folder = Files.createTempDirectory("ssf");
        Variable x = Variable.constant(Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2));
        Tensor labels = Tensor.of(new long[] {0, 1, 1, 0}, 4);
        // begin use
        TwoLayers model = new TwoLayers();
        model.initialize(Seed.of(1));
        ScaleAndShift ssf = new ScaleAndShift();
        System.out.print("options\n" + ssf.options().help());
        Adaptation tuned = Tuning.fresh(model, ssf, ssf.options().parse(Map.of("targets", "hidden,head")), Seed.of(2));
        tuned.trained().forEach((name, parameter) -> System.out.println(name + " " + parameter.shape()));
        Optimizer optimizer = new Optimizer(AdamW.USUAL, tuned.trained(), tuned::group, 0);
        for (int step = 0; step < 300; step++) {
            optimizer.zeroGrad();
            Variable loss = LossOps.crossEntropy(model.forward(x, Context.training(Rng.of(step))), labels);
            loss.backward();
            optimizer.step(0.05);
        }
        Tensor adapted = model.forward(x, Context.inference()).value();
        System.out.printf(
                "loss %.3f%n",
                LossOps.crossEntropy(Variable.constant(adapted), labels).item());

        Tuning.save(tuned, folder, Optional.empty());
        TwoLayers other = new TwoLayers();
        other.load(model.merged(Active.all()).orElseThrow());
        tuned.close();
        Tuning.load(model, "again", folder, List.of(ssf)); // a method that has no name in Methods.ALL is given
        Tensor again = model.forward(x, Context.inference()).value();
        Tensor merged = other.forward(x, Context.inference()).value();
        System.out.println("loaded: the same bits " + again.bitEquals(adapted) + "; merged: close "
                + Comparison.allClose(merged, adapted, 1e-5, 1e-6));
        // end use
    }
}
