package luthier.finetune.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How long a run trains: passes over the data, optimizer steps, or minutes. */
public sealed interface RunLength {
    /**
     * Returns the number of optimizer steps.
     *
     * @param stepsPerEpoch optimizer steps of one pass over the data
     * @throws ArithmeticException if it is no number of 63 bits
     */
    long steps(long stepsPerEpoch);

    /**
     * Passes over the data.
     *
     * @param count at least 1
     */
    record Epochs(long count) implements RunLength {
        /** Checks the count. */
        public Epochs {
            requireAtLeastOne("epochs", count);
        }

        @Override
        public long steps(long stepsPerEpoch) {
            return Math.multiplyExact(count, stepsPerEpoch);
        }
    }

    /**
     * Optimizer steps, whatever the number of rows.
     *
     * @param count at least 1
     */
    record Steps(long count) implements RunLength {
        /** Checks the count. */
        public Steps {
            requireAtLeastOne("steps", count);
        }

        @Override
        public long steps(long stepsPerEpoch) {
            return count;
        }
    }

    /**
     * As many steps as fit in a time, counted once before the run from the measured time of a step: the schedule needs to know its end,
     * and a resumed run keeps the number. The numbers of a run planned so depend on the machine.
     *
     * @param minutes of training, positive
     * @param secondsPerStep measured, positive
     */
    record Minutes(double minutes, double secondsPerStep) implements RunLength {
        /** Checks both numbers. */
        public Minutes {
            requirePositive("minutes", minutes);
            requirePositive("seconds a step", secondsPerStep);
        }

        /** Returns floor(60 minutes / seconds a step), at least 1. */
        @Override
        public long steps(long stepsPerEpoch) {
            return Math.max(1, (long) (60 * minutes / secondsPerStep));
        }
    }

    /**
     * Returns the length that was asked for, or else three epochs.
     *
     * @param secondsPerStep the measured time of a step; counts for minutes alone
     * @throws IllegalArgumentException if more than one of the three is given, naming them, or a number is out of range
     */
    static RunLength of(@Nullable Long epochs, @Nullable Long steps, @Nullable Double minutes, double secondsPerStep) {
        List<String> given = new ArrayList<>();
        RunLength length = new Epochs(3);
        if (epochs != null) {
            given.add("epochs " + epochs);
            length = new Epochs(epochs);
        }
        if (steps != null) {
            given.add("steps " + steps);
            length = new Steps(steps);
        }
        if (minutes != null) {
            given.add("minutes " + minutes);
            length = new Minutes(minutes, secondsPerStep);
        }
        if (given.size() > 1) {
            throw new IllegalArgumentException("run plan: only one of epochs, steps and minutes says how long a run is;"
                    + " got " + String.join(" and ", given));
        }
        return length;
    }

    private static void requireAtLeastOne(String what, long count) {
        if (count < 1) {
            throw new IllegalArgumentException("run plan: " + what + " must be at least 1; got " + count);
        }
    }

    private static void requirePositive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("run plan: " + what + " must be positive and finite; got " + value);
        }
    }
}
