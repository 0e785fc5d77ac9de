package luthier.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.finetune.FineTuning;
import luthier.finetune.Methods;
import luthier.finetune.TextClassifier;
import luthier.finetune.TextClassifier.Labelled;
import luthier.finetune.TextModel;
import luthier.finetune.Tuning;
import luthier.finetune.TuningSettings;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Method;
import luthier.finetune.train.RunLength;
import luthier.finetune.train.RunSettings;
import luthier.finetune.train.TrainingEvent;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;

/** The programs of the guide "Fine-tuning in twenty lines". */
final class TwentyLines {
    private TwentyLines() {}

    private static List<Labelled> tickets() {
        List<Labelled> tickets = new ArrayList<>();
        for (String end : List.of("", " twice", " late", " broken")) {
            for (String thing : List.of("invoice", "price", "payment", "refund")) {
                tickets.add(new Labelled("my " + thing + " is wrong" + end, "billing"));
            }
            for (String thing : List.of("page", "server", "network", "login")) {
                tickets.add(new Labelled("the " + thing + " is down" + end, "outage"));
            }
        }
        return tickets;
    }

    static void classifier() throws Exception {
        Path folder = TinyFolder.write();
        Path target = Files.createTempDirectory("router");
        List<Labelled> tickets = tickets();
        // begin classifier
        TextClassifier router = TextClassifier.load(folder, List.of("billing", "outage"), 0);
        Method lora = Methods.named("lora");
        RunSettings run = RunSettings.usual()
                .withBatches(8, 1)
                .withSchedule("linear", 2e-2, 3)
                .withLength(new RunLength.Epochs(10));
        FineTuning tuning =
                router.fineTuning(tickets, 0.25, TuningSettings.usual(lora).withRun(run));
        System.out.println(tuning.plan().announcement());
        System.out.println(tuning.table().total().trainable() + " numbers are trained");
        List<Long> evaluated = new ArrayList<>();
        FineTuning.Running running = tuning.start(event -> {
            if (event instanceof TrainingEvent.Evaluation evaluation) {
                evaluated.add(evaluation.step());
            }
        });
        router.predict("my refund is late"); // answers with the old weights while the run goes
        FineTuning.Outcome outcome = running.join(); // running.cancel() ends it after its step
        System.out.println("accuracy " + outcome.before().get("valid").get("accuracy") + " before, "
                + outcome.after().get("valid").get("accuracy") + " after; evaluated at " + evaluated);
        System.out.println(router.predict("my refund is late").label());
        router.save(target);
        TextClassifier elsewhere = TextClassifier.open(target);
        System.out.println(elsewhere.predict("the network is broken").label());
        TextModel.Merged merged = elsewhere.merge(List.of("my refund is late", "the network is broken"));
        System.out.println("no output changed by more than 1e-5: " + (merged.largestChange() < 1e-5));
        // end classifier
    }

    static void cancel() throws Exception {
        TextClassifier router = TextClassifier.load(TinyFolder.write(), List.of("billing", "outage"), 0);
        List<Labelled> tickets = tickets();
        // begin cancel
        double before = router.predict("my refund is late").probability();
        FineTuning tuning = router.fineTuning(tickets, 0.25, TuningSettings.usual(Methods.named("full")));
        FineTuning.Running running = tuning.start();
        running.cancel();
        System.out.println(running.join().end().reason());
        System.out.println(router.predict("my refund is late").probability() == before);
        // end cancel
    }

    static void ownLoop() {
        Tensor x = Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
        Tensor labels = Tensor.of(new long[] {0, 1, 1, 0}, 4);
        // begin own
        TwoLayers model = new TwoLayers(); // a layer of one's own, with its own weights
        model.initialize(Seed.of(1));
        Method ia3 = Methods.named("ia3");
        Adaptation scales = Tuning.fresh(
                model, ia3, ia3.options().parse(Map.of("targets", "hidden,head", "feedforward", "head")), Seed.of(2));
        Optimizer optimizer = new Optimizer(AdamW.USUAL, scales.trained(), scales::group, 0);
        double first = 0;
        double last = 0;
        for (int step = 0; step < 200; step++) {
            optimizer.zeroGrad();
            Variable logits = model.forward(Variable.constant(x), Context.training(Rng.of(step)));
            Variable loss = LossOps.crossEntropy(logits, labels);
            loss.backward();
            optimizer.step(0.05);
            first = step == 0 ? loss.item() : first;
            last = loss.item();
        }
        System.out.printf(
                "loss %.3f, then %.3f with %d scales%n",
                first, last, scales.trained().size());
        scales.close();
        Variable logits = model.forward(Variable.constant(x), Context.inference());
        System.out.println(LossOps.crossEntropy(logits, labels).item() == first); // as if nothing had been
        // end own
    }
}
