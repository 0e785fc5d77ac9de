package luthier.autograd.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import luthier.autograd.view.GraphView.Contribution;
import luthier.autograd.view.GraphView.Node;

/**
 * The tape as text. The forward half has one line a node, operands first; the backward half, for each operation in the order of the
 * pass, the local rule of each operand with the numbers put in, and the running sum where a variable was used more than once.
 */
final class Explanation {
    private final GraphView view;
    private final StringBuilder text = new StringBuilder();

    private Explanation(GraphView view) {
        this.view = view;
    }

    static String of(GraphView view) {
        Explanation explanation = new Explanation(view);
        explanation.forward();
        explanation.backward();
        return explanation.text.toString();
    }

    private void forward() {
        text.append("forward\n");
        for (Node node : view.nodes()) {
            text.append("  ")
                    .append(node.name())
                    .append(node.isLeaf() ? "" : " = " + node.call())
                    .append("  ")
                    .append(node.value().dtype())
                    .append(node.value().shape())
                    .append(node.isLeaf() ? " " + node.operation() : "")
                    .append(" = ")
                    .append(NumberText.of(node.value()))
                    .append('\n');
        }
    }

    private void backward() {
        Node root = view.root();
        text.append("backward\n  ")
                .append(FormulaText.gradientName(root.name()))
                .append(" = ")
                .append(root.gradient().map(NumberText::of).orElseThrow())
                .append('\n');
        for (int id : view.backwardOrder()) {
            Node node = view.nodes().get(id);
            if (!node.isLeaf()) {
                text.append("  ")
                        .append(node.name())
                        .append(" = ")
                        .append(node.call())
                        .append('\n');
                node.inputs().stream()
                        .distinct()
                        .forEach(input -> handed(node, view.nodes().get(input)));
            }
        }
    }

    private void handed(Node node, Node operand) {
        List<Contribution> all = operand.contributions();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).from() == node.id() && operand.id() != node.id()) {
                text.append("    ").append(line(operand, i)).append('\n');
                runningSum(operand, i)
                        .ifPresent(sum -> text.append("      ").append(sum).append('\n'));
            }
        }
    }

    /** Returns {@code dw = x^T dv3 = [[1], [2]]^T [[1]] = [[1], [2]]}; {@code +=} if something has arrived before. */
    static String line(Node operand, int index) {
        Contribution contribution = operand.contributions().get(index);
        List<String> parts = new ArrayList<>(List.of(contribution.rule()));
        if (!contribution.numbers().isEmpty()
                && !contribution.numbers().equals(NumberText.of(contribution.gradient()))) {
            parts.add(contribution.numbers());
        }
        parts.add(NumberText.of(contribution.gradient()));
        return FormulaText.gradientName(operand.name()) + (index == 0 ? " = " : " += ") + String.join(" = ", parts);
    }

    /** Returns {@code dx = 3 + 3 = 6 (2 of 3)} for what is not the first to arrive. */
    static Optional<String> runningSum(Node operand, int index) {
        if (index == 0) {
            return Optional.empty();
        }
        Contribution now = operand.contributions().get(index);
        Contribution before = operand.contributions().get(index - 1);
        String sum = NumberText.of(now.sum());
        boolean whole = now.sum().elementCount() <= NumberText.LINE;
        String addition = whole ? NumberText.of(before.sum()) + " + " + NumberText.of(now.gradient()) + " = " : "";
        return Optional.of(FormulaText.gradientName(operand.name()) + " = " + addition + sum + "  (" + (index + 1)
                + " of " + operand.contributions().size() + ")");
    }
}
