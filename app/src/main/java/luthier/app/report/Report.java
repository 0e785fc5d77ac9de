package luthier.app.report;

import java.util.List;

public record Report(
        String title,
        List<Fact> facts,
        List<LossPoint> losses,
        List<AccuracyPoint> accuracies,
        List<ParameterRow> parameters,
        List<String> classNames,
        List<List<Integer>> confusion,
        List<ExampleRow> examples,
        List<AlphaPoint> interpolation) {
    public record Fact(String name, String value) {}

    public record LossPoint(long step, double loss, double learningRate) {}

    public record AccuracyPoint(int epoch, long step, double inDistribution, double outOfDistribution) {}

    public record ParameterRow(
            String group, long trainable, long frozen, long weightBytes, long gradientBytes, long optimizerBytes) {}

    public record ExampleRow(String text, String actual, List<Guess> guesses, String distribution) {}

    public record Guess(String label, double probability) {}

    public record AlphaPoint(double alpha, double inDistribution, double outOfDistribution) {}
}
