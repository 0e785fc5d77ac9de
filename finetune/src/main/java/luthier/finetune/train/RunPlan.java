package luthier.finetune.train;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import luthier.nn.optim.Schedule;

/**
 * The steps of a run before it begins: how many, at which rates, where it evaluates and saves, and where it goes on after a stop. A step is
 * an optimizer step, that is {@link RunSettings#accumulate} batches; the last step of an epoch takes the batches that are left. Nothing is
 * dropped, and nothing runs over into the next epoch. Immutable.
 *
 * {@snippet :
 * RunPlan plan = new RunPlan(100, RunSettings.usual().withBatches(8, 4));
 * plan.stepsPerEpoch() + " " + plan.totalSteps() + " " + plan.warmupSteps(); // 4 12 1
 * }
 *
 * @param rows training rows, at least 1
 * @param settings the rest
 */
public record RunPlan(long rows, RunSettings settings) {
    private static final int USUAL_EVALUATIONS = 10;

    /** Checks that there is a row, and that the number of steps is one of 63 bits. */
    public RunPlan {
        if (rows < 1) {
            throw new IllegalArgumentException("run plan: there must be a row to train on; got " + rows);
        }
        long perEpoch = ceilDiv(ceilDiv(rows, settings.batchSize()), settings.accumulate());
        Math.multiplyExact(ceilDiv(settings.length().steps(perEpoch), perEpoch), rows);
    }

    /**
     * Where a run stands between two optimizer steps.
     *
     * @param epoch the pass over the data, from 0
     * @param batchesDone batches of this epoch that are trained
     * @param rowsDone rows of this epoch that are trained, if the short batch comes last
     * @param nextBatches batches of the next step; 0 at the end
     * @param remainingSteps steps that are left
     */
    public record Position(long epoch, long batchesDone, long rowsDone, long nextBatches, long remainingSteps) {}

    private static long ceilDiv(long a, long b) {
        return Math.ceilDiv(a, b);
    }

    /** Returns the number of batches of an epoch. */
    public long batchesPerEpoch() {
        return ceilDiv(rows, settings.batchSize());
    }

    /** Returns the number of rows of the short batch of an epoch; the batch size if they divide evenly. */
    public long rowsOfLastBatch() {
        return rows - (batchesPerEpoch() - 1) * settings.batchSize();
    }

    /** Returns the number of optimizer steps of an epoch. */
    public long stepsPerEpoch() {
        return ceilDiv(batchesPerEpoch(), settings.accumulate());
    }

    /** Returns the number of batches of an epoch's last step. */
    public long batchesOfLastStep() {
        return batchesPerEpoch() - (stepsPerEpoch() - 1) * settings.accumulate();
    }

    /** Returns the number of optimizer steps of the run. */
    public long totalSteps() {
        return settings.length().steps(stepsPerEpoch());
    }

    /** Returns the number of steps of warm-up. */
    public long warmupSteps() {
        return warmupSteps(settings.warmup(), totalSteps());
    }

    /** Returns ceil(percent total / 100), computed in decimal numbers: 7 % of 100 are 7, not 8. */
    public static long warmupSteps(double percent, long total) {
        return BigDecimal.valueOf(percent)
                .multiply(BigDecimal.valueOf(total))
                .movePointLeft(2)
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    /** Returns the learning rates: {@code at(0)} is that of the first step. */
    public Schedule schedule() {
        double rate = settings.learningRate();
        return switch (settings.schedule()) {
            case "linear" -> Schedule.linearWithWarmup(rate, warmupSteps(), totalSteps());
            case "cosine" -> Schedule.cosineWithWarmup(rate, warmupSteps(), totalSteps());
            case "constant_with_warmup" -> Schedule.constantWithWarmup(rate, warmupSteps());
            default -> Schedule.constant(rate);
        };
    }

    /**
     * Returns the first step, from 1, whose rate is not 0: before it nothing moves, and the check that something did looks there. Empty
     * if warm-up leaves none.
     */
    public OptionalLong firstMovingStep() {
        long first = warmupSteps() == 0 ? 1 : 2;
        return first <= totalSteps() ? OptionalLong.of(first) : OptionalLong.empty();
    }

    /** Returns the steps between evaluations. */
    public long evaluateEvery() {
        return settings.evaluateEvery().orElse(ceilDiv(totalSteps(), USUAL_EVALUATIONS));
    }

    /** Returns the steps between checkpoints. */
    public long saveEvery() {
        return settings.saveEvery().orElse(evaluateEvery());
    }

    /** Returns whether the run evaluates after this step, from 1; after the last one always. */
    public boolean evaluatesAfter(long step) {
        return isDue(step, evaluateEvery());
    }

    /** Returns whether the run saves after this step, from 1, before it evaluates; after the last one always. */
    public boolean savesAfter(long step) {
        return isDue(step, saveEvery());
    }

    private boolean isDue(long step, long every) {
        return step >= 1 && step <= totalSteps() && (step % every == 0 || step == totalSteps());
    }

    /** Returns the steps after which the run evaluates: rising, each once. */
    public LongStream evaluations() {
        return due(evaluateEvery());
    }

    /** Returns the steps after which the run saves: rising, each once. */
    public LongStream saves() {
        return due(saveEvery());
    }

    private LongStream due(long every) {
        long total = totalSteps();
        LongStream regular = LongStream.rangeClosed(1, total / every).map(i -> i * every);
        return total % every == 0 ? regular : LongStream.concat(regular, LongStream.of(total));
    }

    /** Returns the number of rows trained in the first so many steps. */
    public long rowsAfter(long steps) {
        Position position = position(steps);
        return position.epoch() * rows + position.rowsDone();
    }

    /**
     * Returns where the run stands after so many steps: a resumed one goes on there. It depends on nothing but the number.
     *
     * @throws IllegalArgumentException if the run has no such step
     */
    public Position position(long doneSteps) {
        long total = totalSteps();
        if (doneSteps < 0 || doneSteps > total) {
            throw new IllegalArgumentException(
                    "run plan: steps done must be in [0, " + total + "], the run's steps; got " + doneSteps);
        }
        long epoch = doneSteps / stepsPerEpoch();
        long batches = doneSteps % stepsPerEpoch() * settings.accumulate();
        long next = Math.min(settings.accumulate(), batchesPerEpoch() - batches);
        return new Position(
                epoch,
                batches,
                Math.min(rows, batches * settings.batchSize()),
                doneSteps == total ? 0 : next,
                total - doneSteps);
    }

    /** Returns what a run says before its first step, in a line. */
    public String announcement() {
        StringBuilder text = new StringBuilder();
        text.append(rows).append(" rows in ").append(batchesPerEpoch()).append(" batches of ");
        text.append(settings.batchSize());
        if (rowsOfLastBatch() != settings.batchSize()) {
            text.append(" (one of ").append(rowsOfLastBatch()).append(")");
        }
        text.append(" an epoch; ").append(totalSteps()).append(" steps");
        if (settings.accumulate() > 1) {
            text.append(" of ").append(settings.accumulate()).append(" batches");
            if (batchesOfLastStep() != settings.accumulate()) {
                text.append(" (").append(batchesOfLastStep()).append(" at the end of an epoch)");
            }
        }
        text.append("; ").append(settings.schedule()).append(" at ").append(settings.learningRate());
        if (warmupSteps() > 0) {
            text.append(" after ").append(warmupSteps()).append(" of warm-up");
        }
        text.append("; evaluated every ").append(evaluateEvery()).append(" steps and at the end");
        if (firstMovingStep().isEmpty()) {
            text.append("; warm-up takes every step, and the rate of all is 0: nothing will be trained");
        }
        return text.toString();
    }
}
