package luthier.autograd.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import luthier.autograd.GradException;
import luthier.autograd.Variable;
import luthier.autograd.view.GraphView.Contribution;
import luthier.autograd.view.GraphView.Node;
import luthier.tensor.Elementwise;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class GraphViewTest {
    private static final String NASTY = "a<b>&\"c\"'d'</script><!-- \\ \u0007 \ud83c\udfbb";

    private static Document parsed(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> elements(Document document, String tag, String cssClass) {
        NodeList list = document.getElementsByTagNameNS("http://www.w3.org/2000/svg", tag);
        return IntStream.range(0, list.getLength())
                .mapToObj(i -> (Element) list.item(i))
                .filter(element ->
                        List.of(element.getAttribute("class").split(" ")).contains(cssClass))
                .toList();
    }

    @Test
    void recordsTheRunInOrder() {
        Variable x = Variable.parameter(Tensor.scalar(3.0)).named("x");
        GraphView view = GraphView.of(x.mul(x).add(x));
        assertEquals(
                List.of("x", "v2", "v3"), view.nodes().stream().map(Node::name).toList());
        assertEquals(List.of(2, 1, 0), view.backwardOrder());
        Node node = view.node("x");
        assertEquals(
                List.of(2, 1, 1),
                node.contributions().stream().map(Contribution::from).toList());
        assertEquals(
                List.of(1, 0, 1),
                node.contributions().stream().map(Contribution::operand).toList());
        assertEquals(
                List.of(1.0, 4.0, 7.0),
                node.contributions().stream().map(c -> c.sum().item()).toList());
        assertEquals("x * x", view.node("v2").formula());
        assertEquals("3 * 3", view.node("v2").numbers());
        assertEquals(List.of(0, 0), view.node("v2").inputs());
        assertEquals(
                "graph: no variable has this name; got y among [x, v2, v3]",
                assertThrows(GradException.class, () -> view.node("y")).getMessage());
    }

    /** The gradients are Backward's, bit for bit, and each is the sum of its contributions. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void sumsAtFanOutsAreTheGradients(long seed) {
        GraphRuns.Run run = GraphRuns.attention(seed);
        GraphView view = GraphView.of(run.loss());
        assertTrue(view.nodes().stream().anyMatch(node -> node.contributions().size() > 2), "a fan-out");
        for (Node node : view.nodes()) {
            List<Contribution> all = node.contributions();
            assertEquals(node.gradient().isPresent(), !all.isEmpty());
            if (!all.isEmpty()) {
                Tensor sum = all.getFirst().gradient();
                for (Contribution next : all.subList(1, all.size())) {
                    sum = Elementwise.add(sum, next.gradient());
                    assertTrue(sum.bitEquals(next.sum()), node.name());
                }
                assertTrue(sum.bitEquals(node.gradient().orElseThrow()), node.name());
            }
        }
        assertTrue(
                run.parameters().stream().allMatch(parameter -> parameter.grad().isEmpty()));
        run.loss().backward();
        for (Variable parameter : run.parameters()) {
            Tensor gradient =
                    view.node(parameter.name().orElseThrow()).gradient().orElseThrow();
            assertTrue(
                    gradient.bitEquals(parameter.grad().orElseThrow()),
                    parameter.name().orElseThrow());
        }
    }

    @Test
    void takesTheGradientOfTheRoot() {
        Variable x = Variable.parameter(Tensor.of(new double[] {1, 2}, 2)).named("x");
        GraphView view = GraphView.of(x.mul(3), Tensor.of(new double[] {10, 100}, 2));
        assertEquals(
                "F64[2][30.0, 300.0]", view.node("x").gradient().orElseThrow().toString());
        GradException wrong = assertThrows(GradException.class, () -> GraphView.of(x.mul(3), Tensor.scalar(1.0)));
        assertTrue(wrong.getMessage().startsWith("backward: the seed must have the variable's shape and type"));
    }

    @Test
    void aHookChangesWhatFlowsOn() {
        Variable x = Variable.parameter(Tensor.scalar(1.0)).named("x");
        Variable y = x.mul(3).named("y");
        Variable.Hook hook = y.onGradient(dY -> dY.mul(10));
        GraphView view = GraphView.of(y.mul(2));
        assertEquals(20, view.node("y").gradient().orElseThrow().item());
        assertEquals(60, view.node("x").gradient().orElseThrow().item());
        hook.close();
    }

    @Test
    void writesDot() {
        Variable x = Variable.parameter(Tensor.scalar(3.0)).named("x \"q\" \\");
        assertEquals("""
                digraph tape {
                  node [shape=box, style=rounded, fontname=monospace];
                  n0 [label="x \\"q\\" \\\\\\nF64[]\\nvalue 3\\ngradient 6", style="rounded,bold"];
                  n1 [label="v2 = mul(x \\"q\\" \\\\, x \\"q\\" \\\\)\\nF64[]\\nvalue 9\\ngradient 1"];
                  n0 -> n1 [label=0];
                  n0 -> n1 [label=1];
                }
                """, GraphView.of(x.mul(x)).dot());
    }

    @Test
    void drawsEveryNodeAndEdge() throws Exception {
        GraphView view = GraphView.of(GraphRuns.attention(1).loss());
        Document svg = parsed(view.svg());
        List<Element> nodes = elements(svg, "g", "node");
        assertEquals(view.nodes().size(), nodes.size());
        int edges = view.nodes().stream().mapToInt(node -> node.inputs().size()).sum();
        assertEquals(edges, elements(svg, "path", "edge").size());
        assertNoOverlap(nodes);
    }

    private static void assertNoOverlap(List<Element> nodes) {
        List<double[]> boxes = new ArrayList<>();
        for (Element node : nodes) {
            Element rect = (Element) node.getElementsByTagName("rect").item(0);
            double x = Double.parseDouble(rect.getAttribute("x"));
            double y = Double.parseDouble(rect.getAttribute("y"));
            double width = Double.parseDouble(rect.getAttribute("width"));
            assertTrue(x >= 0 && y >= 0);
            for (double[] other : boxes) {
                boolean apart = x >= other[0] + other[2] || other[0] >= x + width || Math.abs(y - other[1]) > 80;
                assertTrue(apart, "boxes must not overlap; got " + x + ", " + y);
            }
            boxes.add(new double[] {x, y, width});
        }
    }

    @Test
    void anOperationLiesBelowItsOperands() throws Exception {
        GraphView view = GraphView.of(GraphRuns.attention(1).loss());
        List<Element> nodes = elements(parsed(view.svg()), "g", "node");
        for (Node node : view.nodes()) {
            for (int input : node.inputs()) {
                assertTrue(top(nodes.get(input)) < top(nodes.get(node.id())), node.name());
            }
        }
    }

    private static double top(Element node) {
        return Double.parseDouble(((Element) node.getElementsByTagName("rect").item(0)).getAttribute("y"));
    }

    @Test
    void namesAreText() throws Exception {
        Variable x = Variable.parameter(Tensor.scalar(3.0)).named(NASTY);
        GraphView view = GraphView.of(x.mul(x));
        Element node = elements(parsed(view.svg()), "g", "node").getFirst();
        assertEquals(NASTY.replace('\u0007', ' '), elementText(node, "name"));
        String html = view.html();
        assertEquals(2, html.split("</script>", -1).length - 1, "the page's own two scripts end, no other");
        assertFalse(html.contains("<!--"));
        assertFalse(html.contains("a<b>"));
    }

    private static String elementText(Element node, String cssClass) {
        NodeList texts = node.getElementsByTagName("text");
        return IntStream.range(0, texts.getLength())
                .mapToObj(i -> (Element) texts.item(i))
                .filter(text -> text.getAttribute("class").equals(cssClass))
                .findFirst()
                .orElseThrow()
                .getTextContent();
    }

    @Test
    void thePageLoadsNothing() {
        String html = GraphView.of(GraphRuns.attention(1).loss()).html();
        assertFalse(
                html.matches("(?s).*\\$\\{(title|picture|text|data|graph[a-z.-]*)}.*"), "every place must be filled");
        assertFalse(html.replace("http://www.w3.org/2000/svg", "").contains("://"));
        assertTrue(html.contains("default-src 'none'"));
    }

    @Test
    void theTextIsTheExplanation() {
        Variable y = Variable.parameter(Tensor.scalar(3.0)).mul(2);
        assertEquals(y.explain(), GraphView.of(y).text());
    }

    @Test
    void refusesToDrawWhatNobodyCouldRead() {
        Variable y = Variable.parameter(Tensor.scalar(1.0));
        for (int i = 0; i < 2000; i++) {
            y = y.mul(1);
        }
        GraphView view = GraphView.of(y);
        assertEquals(
                "graph: a picture has at most 2000 nodes; got 2001; look at a part of the computation, or at text()",
                assertThrows(GradException.class, view::svg).getMessage());
    }
}
