package luthier.finetune.task;

import java.util.List;

/** Weights of classes that make rare ones count as much as frequent ones, in the training loss alone. */
public final class ClassWeights {
    private ClassWeights() {}

    /**
     * Returns rows / (classes x rows of the class), from the training rows alone: every class weighs the same in all, and the mean
     * weight of a row is 1.
     *
     * @param names of the classes
     * @param rows training rows of each class
     * @throws IllegalArgumentException if a class has no training row, naming it, or the numbers do not belong together
     */
    public static double[] of(List<String> names, long[] rows) {
        if (names.size() != rows.length) {
            throw new IllegalArgumentException(
                    "class weights: every class needs its rows; got " + names.size() + " names and " + rows.length);
        }
        long all = 0;
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] < 1) {
                throw new IllegalArgumentException("class weights: every class needs a training row; got " + rows[i]
                        + " of \"" + names.get(i) + "\"; add rows of it or train without class weights");
            }
            all = Math.addExact(all, rows[i]);
        }
        double[] weights = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            weights[i] = all / ((double) rows.length * rows[i]);
        }
        return weights;
    }
}
