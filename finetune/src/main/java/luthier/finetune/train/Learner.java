package luthier.finetune.train;

import java.util.ArrayList;
import java.util.List;
import luthier.autograd.GradException;
import luthier.autograd.Variable;
import luthier.finetune.method.Adaptation;
import luthier.nn.Context;
import luthier.nn.optim.GradientClipping;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Pool;
import luthier.tensor.Rng;

/** One optimizer step: the passes of its batches one after the other, clipping once, the optimizer once. */
final class Learner<B> {
    private final Adaptation adaptation;
    private final Trainer.Objective<B> objective;
    private final Optimizer optimizer;
    private final Trainer.Config config;
    private final TrainingData<B> data;
    private final TrainingChecks checks;
    private final Rng rng;
    private final Pool memory = new Pool();

    Learner(
            Adaptation adaptation,
            Trainer.Objective<B> objective,
            Optimizer optimizer,
            Trainer.Config config,
            TrainingData<B> data,
            TrainingChecks checks) {
        this.adaptation = adaptation;
        this.objective = objective;
        this.optimizer = optimizer;
        this.config = config;
        this.data = data;
        this.checks = checks;
        this.rng = Rng.of(config.seed()).split("train");
    }

    /** The loss before a step, the length of its gradient before clipping, and the number of its examples. */
    record Learned(double loss, double norm, int examples) {}

    /**
     * Takes a step.
     *
     * @param step the number of steps done before it
     * @param first whether it is the first of this process, behind which gradients and frozen parameters are looked at
     */
    Learned learn(long step, double learningRate, boolean first) {
        long total = config.plan().totalSteps();
        adaptation.beforeStep(step + 1, total);
        optimizer.zeroGrad();
        optimizer.ahead();
        List<B> batches = batches(step);
        Accumulation window =
                Accumulation.of(batches.stream().mapToDouble(data::weight).toArray());
        double[] means = new double[window.size()];
        for (int i = 0; i < means.length; i++) {
            if (window.counts(i)) {
                // A step of one batch has the step's own stream; each of several has one below it.
                Rng stream =
                        means.length == 1 ? rng.split(step) : rng.split(step).split(i);
                means[i] = learn(batches.get(i), stream, step, window, i);
            }
        }
        if (first) {
            checks.gradientsArrived();
        }
        double norm = clip(step);
        optimizer.step(learningRate);
        adaptation.afterStep(step + 1, total);
        if (first) {
            checks.frozenUnchanged();
        }
        int examples = batches.stream().mapToInt(data::examples).sum();
        return new Learned(window.loss(means), norm, examples);
    }

    private double clip(long step) {
        try {
            return GradientClipping.byNorm(checks.trainable(), config.maxGradientNorm());
        } catch (GradException e) {
            throw new DivergedException("train: the gradient must be finite; got " + e.getMessage() + " at step "
                    + (step + 1) + "; lower the learning rate or look for bad inputs");
        }
    }

    private List<B> batches(long step) {
        RunPlan.Position at = config.plan().position(step);
        List<B> batches = new ArrayList<>();
        for (long i = 0; i < at.nextBatches(); i++) {
            batches.add(data.batch(Math.toIntExact(at.epoch()), Math.toIntExact(at.batchesDone() + i)));
        }
        return batches;
    }

    private double learn(B batch, Rng stream, long step, Accumulation window, int micro) {
        Context context = Context.training(stream).with(Context.ACTIVE, adaptation.active());
        Variable own = objective.loss(batch, context);
        Variable mean = adaptation.penalty(context).map(own::add).orElse(own);
        double value = mean.item();
        if (!Double.isFinite(value)) {
            throw new DivergedException("train: the loss must be finite; got " + value + " at step " + (step + 1)
                    + "; lower the learning rate or look for bad inputs");
        }
        Variable loss = window.scaled(micro, mean);
        // Gradients use the same memory again and again; what the forward pass keeps is the collector's, as its size
        // varies.
        memory.scope(() -> {
            loss.backward();
            return loss;
        });
        context.commit();
        return value;
    }
}
