package luthier.autograd.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.autograd.view.GraphView.Contribution;
import luthier.autograd.view.GraphView.Node;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;

/**
 * The page of a run: one HTML file with its style, script, picture and data inside, which loads nothing from anywhere. The template is
 * {@code graph.html}; numbers are written here, so that every picture and text of a run shows the same digits.
 */
final class GraphPage {
    private static final Pattern PLACE = Pattern.compile("\\$\\{([a-z.-]+)}");

    private GraphPage() {}

    static String html(GraphView view) {
        return PLACE.matcher(resource("graph.html"))
                .replaceAll(place -> Matcher.quoteReplacement(content(place.group(1), view)));
    }

    private static String content(String place, GraphView view) {
        Node root = view.root();
        return switch (place) {
            case "title" -> GraphSvg.escape(root.name() + (root.isLeaf() ? "" : " = " + root.call()));
            case "picture" -> GraphSvg.picture(view, "");
            case "text" -> GraphSvg.escape(view.text());
            // Within a script element a browser looks for "</script" and "<!--", also inside of a JSON string.
            case "data" -> Json.of(data(view)).toJson(0).replace("<", "\\u003c");
            default -> resource(place);
        };
    }

    static String resource(String name) {
        try (InputStream in = GraphPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "graph: the page's parts must be beside its class; got none named " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> data(GraphView view) {
        List<Object> nodes = new ArrayList<>();
        for (Node node : view.nodes()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", node.name());
            fields.put("gradientName", FormulaText.gradientName(node.name()));
            fields.put("kind", node.isLeaf() ? node.operation() : "result");
            fields.put("call", node.call());
            fields.put("formula", node.formula());
            fields.put("numbers", node.numbers());
            fields.put("inputs", node.inputs());
            fields.put("value", tensor(node.value()));
            node.gradient().ifPresent(gradient -> fields.put("gradient", tensor(gradient)));
            fields.put("contributions", contributions(node));
            nodes.add(fields);
        }
        return Map.of("nodes", nodes, "backward", view.backwardOrder());
    }

    private static List<Object> contributions(Node node) {
        List<Object> result = new ArrayList<>();
        for (int i = 0; i < node.contributions().size(); i++) {
            Contribution contribution = node.contributions().get(i);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("from", contribution.from());
            fields.put("operand", contribution.operand());
            fields.put("rule", contribution.rule());
            fields.put("numbers", contribution.numbers());
            fields.put("gradient", tensor(contribution.gradient()));
            fields.put("sum", tensor(contribution.sum()));
            Explanation.runningSum(node, i).ifPresent(sum -> fields.put("runningSum", sum));
            result.add(fields);
        }
        return result;
    }

    private static Map<String, Object> tensor(Tensor tensor) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", tensor.dtype() + tensor.shape().toString());
        fields.put("shape", Arrays.stream(tensor.shape().toArray()).boxed().toList());
        if (tensor.elementCount() > NumberText.TABLE) {
            fields.put("summary", NumberText.summary(tensor));
        } else {
            fields.put(
                    "cells",
                    Arrays.stream(tensor.toDoubleArray())
                            .mapToObj(NumberText::of)
                            .toList());
        }
        return fields;
    }
}
