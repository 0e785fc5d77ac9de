package luthier.autograd.view;

import java.util.List;
import java.util.Locale;
import luthier.autograd.view.GraphLayout.Box;
import luthier.autograd.view.GraphLayout.Edge;
import luthier.autograd.view.GraphView.Node;
import luthier.tensor.Tensor;

/**
 * The graph as a picture. Every node is a group {@code n3} with its name, operation, value and gradient; every edge a path
 * {@code e5-0} (to node 5 as operand 0), so that a page can light them up.
 */
final class GraphSvg {
    private static final double MARGIN = 16;
    private static final double HEIGHT = 86;
    /** Of the monospaced font at its 12 pixels, with room to spare: fonts differ. */
    private static final double LETTER = 7.4;

    private static final int LONGEST = 34;

    private GraphSvg() {}

    /** Returns a document of its own, with its style. */
    static String document(GraphView view) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + picture(view, "<style>" + escape(GraphPage.resource("graph-svg.css")) + "</style>\n");
    }

    /** Returns the picture for a page that has the style. */
    static String picture(GraphView view, String style) {
        double[] widths = new double[view.nodes().size()];
        for (Node node : view.nodes()) {
            int letters =
                    lines(node).stream().mapToInt(line -> line.length()).max().orElse(0);
            widths[node.id()] = Math.ceil(letters * LETTER + 28);
        }
        GraphLayout layout = new GraphLayout(view, widths, HEIGHT);
        double width = Math.ceil(layout.width() + 2 * MARGIN);
        double height = Math.ceil(layout.height() + 2 * MARGIN);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\""
                        + " role=\"img\" aria-label=\"%s\">\n",
                width,
                height,
                width,
                height,
                escape("The tape of " + view.root().name() + ": " + view.nodes().size()
                        + " nodes, operands above the operations that use them")));
        text.append(style)
                .append(
                        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\"")
                .append(" orient=\"auto-start-reverse\"><path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n");
        layout.edges().forEach(edge -> text.append(edge(edge)));
        view.nodes().forEach(node -> text.append(node(node, layout.box(node.id()))));
        return text.append("</svg>\n").toString();
    }

    private static String edge(Edge edge) {
        List<Box> way = edge.way();
        StringBuilder d = new StringBuilder();
        double x = way.getFirst().x + edge.leaves();
        double y = way.getFirst().y + HEIGHT / 2;
        d.append(String.format(Locale.ROOT, "M%.1f %.1f", x + MARGIN, y + MARGIN));
        for (int i = 1; i < way.size(); i++) {
            boolean last = i == way.size() - 1;
            Box box = way.get(i);
            double toX = box.x + (last ? edge.arrives() : 0);
            double top = box.y - HEIGHT / 2;
            double middle = (top - y) / 2;
            d.append(String.format(
                    Locale.ROOT,
                    "C%.1f %.1f %.1f %.1f %.1f %.1f",
                    x + MARGIN,
                    y + middle + MARGIN,
                    toX + MARGIN,
                    top - middle + MARGIN,
                    toX + MARGIN,
                    top + MARGIN));
            x = toX;
            y = top;
            if (!last) {
                y = box.y + HEIGHT / 2;
                d.append(String.format(Locale.ROOT, "L%.1f %.1f", x + MARGIN, y + MARGIN));
            }
        }
        return "<path class=\"edge\" id=\"e" + edge.to() + "-" + edge.operand() + "\" d=\"" + d
                + "\" marker-end=\"url(#tip)\"/>\n";
    }

    private static String node(Node node, Box box) {
        double left = box.x - box.width / 2 + MARGIN;
        double top = box.y - HEIGHT / 2 + MARGIN;
        String kind = node.isLeaf() ? node.operation() : "result";
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "<g class=\"node %s\" id=\"n%d\"><title>%s</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"9\"/>",
                kind,
                node.id(),
                escape(node.name() + " " + node.value().dtype() + node.value().shape()),
                left,
                top,
                box.width,
                HEIGHT));
        List<String> lines = lines(node);
        List<String> classes = List.of("name", "shape", "value", "gradient");
        for (int i = 0; i < lines.size(); i++) {
            text.append(String.format(
                    Locale.ROOT,
                    "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                    classes.get(i),
                    left + 14,
                    top + 21 + i * 17,
                    escape(lines.get(i))));
        }
        return text.append("</g>\n").toString();
    }

    private static List<String> lines(Node node) {
        return List.of(
                cut(node.isLeaf() ? node.name() : node.name() + " = " + node.call()),
                cut(node.value().dtype().toString()
                        + node.value().shape()
                        + (node.isLeaf() ? " " + node.operation() : "")),
                numbers("", node.value()),
                node.gradient()
                        .map(gradient -> numbers(FormulaText.gradientName(cut(node.name())) + " ", gradient))
                        .orElse(""));
    }

    /** The numbers if they fit, otherwise their range. */
    private static String numbers(String label, Tensor tensor) {
        String whole = NumberText.of(tensor);
        if (label.length() + whole.length() <= LONGEST && tensor.elementCount() <= NumberText.LINE) {
            return label + whole;
        }
        String summary = NumberText.summary(tensor);
        return cut(label + summary.substring(summary.indexOf("from ") + 5, summary.indexOf(", ")));
    }

    private static String cut(String line) {
        return line.length() <= LONGEST
                ? line
                : line.substring(
                                0,
                                line.offsetByCodePoints(
                                        0, Math.min(LONGEST - 1, line.codePointCount(0, line.length()))))
                        + "\u2026";
    }

    /** Returns a text for element content and attributes; what XML cannot hold becomes the replacement character. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;")
                .replaceAll("[^\\x09\\x0A\\x0D\\x20-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]", "\uFFFD");
    }
}
