package luthier.autograd.view;

import luthier.autograd.view.GraphView.Node;

/** The graph in the language of Graphviz. */
final class GraphDot {
    private GraphDot() {}

    static String of(GraphView view) {
        StringBuilder text =
                new StringBuilder("digraph tape {\n  node [shape=box, style=rounded, fontname=monospace];\n");
        for (Node node : view.nodes()) {
            text.append("  n")
                    .append(node.id())
                    .append(" [label=")
                    .append(quoted(label(node)))
                    .append(node.operation().equals("parameter") && node.isLeaf() ? ", style=\"rounded,bold\"" : "")
                    .append("];\n");
        }
        for (Node node : view.nodes()) {
            for (int operand = 0; operand < node.inputs().size(); operand++) {
                text.append("  n")
                        .append(node.inputs().get(operand))
                        .append(" -> n")
                        .append(node.id())
                        .append(node.inputs().size() > 1 ? " [label=" + operand + "]" : "")
                        .append(";\n");
            }
        }
        return text.append("}\n").toString();
    }

    private static String label(Node node) {
        return node.name() + (node.isLeaf() ? "" : " = " + node.call()) + "\n"
                + node.value().dtype() + node.value().shape() + "\nvalue " + NumberText.of(node.value())
                + node.gradient()
                        .map(gradient -> "\ngradient " + NumberText.of(gradient))
                        .orElse("");
    }

    /** A quoted string; a backslash is doubled because labels read it as the start of an escape. */
    private static String quoted(String label) {
        return '"' + label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
