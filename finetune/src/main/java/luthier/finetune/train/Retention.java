package luthier.finetune.train;

import java.util.Collection;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which checkpoints of a run stay: the newest few, by the number of their step, and the best. Asked after a new checkpoint stands whole, so at
 * every moment the newest whole one and the best exist.
 *
 * @param keep the number of newest ones that stay, at least 1; the best stays besides
 */
public record Retention(int keep) {
    /** Checks the number. */
    public Retention {
        if (keep < 1) {
            throw new IllegalArgumentException(
                    "checkpoints: keep must be at least 1, the newest is needed to resume; got " + keep);
        }
    }

    /**
     * Returns the steps of the checkpoints that may go, rising.
     *
     * @param saved the steps of those that are there, in any order
     * @param best the step of the best one, if there is one yet
     */
    public SortedSet<Long> expendable(Collection<Long> saved, OptionalLong best) {
        TreeSet<Long> left = new TreeSet<>(saved);
        for (int i = 0; i < keep && !left.isEmpty(); i++) {
            left.pollLast();
        }
        best.ifPresent(left::remove);
        return left;
    }
}
