/**
 * What is learned, and how well. {@link luthier.finetune.task.DataShape} recognises what rows are for and turns them into typed rows:
 *
 * {@snippet :
 * Path file = Files.writeString(Files.createTempFile("tickets", ".csv"), """
 *         text,label
 *         where is my parcel,delivery
 *         the page is down,outage
 *         my parcel is late,delivery
 *         """);
 * Rows rows = Rows.read(file);
 * DataShape shape = DataShape.recognise(rows, DataOptions.auto());
 * shape.typed(rows).getFirst().label(); // delivery
 * }
 *
 * <p>Metrics by name ({@link luthier.finetune.task.Metric} knows which direction is better) are computed over all rows of a split at once,
 * never as means over batches. What is undefined is NaN and never best: a correlation with a constant, an accuracy over no rows.
 * Precision, recall and F1 are 0 where their denominator is 0, as in scikit-learn's {@code zero_division=0}, and Matthews' coefficient
 * of one class is 0.
 *
 * {@snippet :
 * int[] truth = {0, 0, 1};
 * int[] predicted = Answers.classes(new double[][] {{2, 1}, {0, 3}, {-1, 0}});
 * ConfusionMatrix.of(List.of("billing", "outage"), truth, predicted).accuracy(); // 0.6666666666666666
 * }
 */
package luthier.finetune.task;
