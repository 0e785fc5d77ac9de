package luthier.app.report;

import java.util.List;

/**
 * What the page of a fine-tuning run shows. A part with an empty list is left out of the page; a loss, learning rate or
 * accuracy that is not finite is a gap in its chart.
 *
 * @param title the run in a few words, {@code lora on all-MiniLM-L6-v2}
 * @param facts settings and results, in the order of the page
 * @param splits the rows that accuracies, confusion and examples are of
 * @param losses the loss of every step
 * @param accuracies the accuracies after every epoch
 * @param parameters what is trained and what it costs, group by group; the last row is the total
 * @param classNames the classes in the order of their labels
 * @param confusion {@code confusion[actual][predicted]}, a count for each pair of classes over the texts that {@code splits} names
 * @param examples texts with what the model made of them, right and wrong
 * @param interpolation accuracies between the pretrained and the fine-tuned weights; empty if they were not measured
 */
public record Report(
        String title,
        List<Fact> facts,
        Splits splits,
        List<LossPoint> losses,
        List<AccuracyPoint> accuracies,
        List<ParameterRow> parameters,
        List<String> classNames,
        List<List<Integer>> confusion,
        List<ExampleRow> examples,
        List<AlphaPoint> interpolation) {
    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException unless the confusion has a row and a column for each class, and every point an accuracy of each split
     */
    public Report {
        facts = List.copyOf(facts);
        losses = List.copyOf(losses);
        accuracies = List.copyOf(accuracies);
        parameters = List.copyOf(parameters);
        classNames = List.copyOf(classNames);
        confusion = confusion.stream().map(List::copyOf).toList();
        examples = List.copyOf(examples);
        interpolation = List.copyOf(interpolation);
        requireSquare(confusion, classNames.size());
        for (AccuracyPoint point : accuracies) {
            splits.require(point.accuracies());
        }
        for (AlphaPoint point : interpolation) {
            splits.require(point.accuracies());
        }
    }

    private static void requireSquare(List<List<Integer>> confusion, int classes) {
        List<Integer> widths =
                confusion.stream().map(List::size).distinct().sorted().toList();
        if (confusion.size() != classes || !(widths.isEmpty() || widths.equals(List.of(classes)))) {
            throw new IllegalArgumentException("report: the confusion must have a row and a column for each of the "
                    + classes + " classes; got " + confusion.size() + " rows of " + widths
                    + " columns; count the predictions over the same classes");
        }
    }

    /**
     * A setting or a result.
     *
     * @param name its name, {@code steps}
     * @param value its value as shown, {@code 1,500}
     */
    public record Fact(String name, String value) {}

    /**
     * The words for the rows that were measured.
     *
     * @param names of the splits with accuracies, as a chart names its lines
     * @param confused the texts that the confusion counts, {@code Rows of validation}
     * @param examples where the examples are from, {@code validation}
     * @param column the head over each example's origin
     */
    public record Splits(List<String> names, String confused, String examples, String column) {
        /** Copies the list. */
        public Splits {
            names = List.copyOf(names);
        }

        private void require(List<Double> accuracies) {
            if (accuracies.size() != names.size()) {
                throw new IllegalArgumentException("report: every point must have an accuracy of each split, " + names
                        + "; got " + accuracies + "; measure all of them");
            }
        }
    }

    /**
     * A training step.
     *
     * @param step its number
     * @param loss the mean loss of its batch
     * @param learningRate the learning rate it used
     */
    public record LossPoint(long step, double loss, double learningRate) {}

    /**
     * The accuracies after an epoch.
     *
     * @param epoch the number of epochs done
     * @param step the number of steps done
     * @param accuracies of each split, 0 to 1
     */
    public record AccuracyPoint(int epoch, long step, List<Double> accuracies) {
        /** Copies the list. */
        public AccuracyPoint {
            accuracies = List.copyOf(accuracies);
        }
    }

    /**
     * A group of parameters.
     *
     * @param group its name
     * @param trainable the number of trained elements
     * @param frozen the number of frozen elements
     * @param weightBytes the size of all its values
     * @param gradientBytes the size of its gradients
     * @param optimizerBytes the size of its optimizer state
     */
    public record ParameterRow(
            String group, long trainable, long frozen, long weightBytes, long gradientBytes, long optimizerBytes) {}

    /**
     * A text and what the model made of it.
     *
     * @param text the text
     * @param actual the class it belongs to
     * @param guesses the likeliest classes, the likeliest first
     * @param distribution the rows it comes from
     */
    public record ExampleRow(String text, String actual, List<Guess> guesses, String distribution) {
        /**
         * Copies the list.
         *
         * @throws IllegalArgumentException if there is no guess
         */
        public ExampleRow {
            guesses = List.copyOf(guesses);
            if (guesses.isEmpty()) {
                throw new IllegalArgumentException(
                        "report: an example must have at least one guess; got none; pass the likeliest class");
            }
        }
    }

    /**
     * A class the model holds possible.
     *
     * @param label the class
     * @param probability how likely, 0 to 1
     */
    public record Guess(String label, double probability) {}

    /**
     * The accuracies of weights between the pretrained and the fine-tuned ones.
     *
     * @param alpha 0 for the pretrained weights, 1 for the fine-tuned ones
     * @param accuracies of each split, 0 to 1
     */
    public record AlphaPoint(double alpha, List<Double> accuracies) {
        /** Copies the list. */
        public AlphaPoint {
            accuracies = List.copyOf(accuracies);
        }
    }
}
