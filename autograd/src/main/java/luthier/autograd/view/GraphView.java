package luthier.autograd.view;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import luthier.autograd.Backward;
import luthier.autograd.BackwardRule;
import luthier.autograd.GradException;
import luthier.autograd.Variable;
import luthier.tensor.Tensor;

/**
 * A run to look at: every value of the computation of one variable and, from a backward pass of its own, every gradient with the
 * contributions it is the sum of, in the order in which they arrived. The pass keeps the graph and touches no leaf's gradient.
 *
 * <p>Rendered as {@link #text}, {@link #dot}, {@link #svg} and as a {@link #html} page that steps through the run. Pictures are for
 * people: they refuse graphs of more than {@value #DRAWABLE} nodes.
 *
 * {@snippet :
 * Variable x = Variable.parameter(Tensor.scalar(3.0)).named("x");
 * GraphView view = GraphView.of(x.mul(x).add(x));
 * view.node("x").gradient().orElseThrow(); // F64[][7.0]
 * view.node("x").contributions().size(); // 3
 * }
 */
public final class GraphView {
    private static final int DRAWABLE = 2000;

    private final List<Node> nodes;
    private final List<Integer> backwardOrder;

    /**
     * A variable of the run.
     *
     * @param id its place in {@link #nodes}
     * @param name its own name, made unique, or {@code v} and its number
     * @param operation what made it: an operation's name, {@code parameter} or {@code constant}
     * @param call the operation as it was called, {@code matmul(x, w)}; empty for leaves
     * @param formula what is computed, {@code x w}; empty if the operation has no formula
     * @param numbers the formula with numbers, {@code [[1, 2]] [[3], [4]]}; empty if they are too many
     * @param inputs the operands' ids
     * @param value the result
     * @param gradient the whole gradient; empty where none flows
     * @param contributions what the gradient is the sum of, in order
     */
    public record Node(
            int id,
            String name,
            String operation,
            String call,
            String formula,
            String numbers,
            List<Integer> inputs,
            Tensor value,
            Optional<Tensor> gradient,
            List<Contribution> contributions) {
        /** Returns whether no operation made it. */
        public boolean isLeaf() {
            return call.isEmpty();
        }
    }

    /**
     * What one use of a variable adds to its gradient.
     *
     * @param from the id of the operation that used it; the root's own id for the gradient that the pass starts with
     * @param operand as which operand
     * @param rule the local rule, {@code x^T dv3}
     * @param numbers the rule with numbers; empty if they are too many
     * @param gradient what is added
     * @param sum what has been added up with it
     */
    public record Contribution(int from, int operand, String rule, String numbers, Tensor gradient, Tensor sum) {}

    private GraphView(List<Node> nodes, List<Integer> backwardOrder) {
        this.nodes = List.copyOf(nodes);
        this.backwardOrder = List.copyOf(backwardOrder);
    }

    /**
     * Records the run that ends in a variable; its gradient is one, in every element.
     *
     * @throws GradException if it has no history or its graph was freed
     */
    public static GraphView of(Variable root) {
        return of(root, Tensor.full(root.dtype(), 1, root.shape()));
    }

    /**
     * Records the run that ends in a variable.
     *
     * @param seed the gradient of the root, of its shape and type
     * @throws GradException if it has no history, its graph was freed, or the seed does not fit
     */
    public static GraphView of(Variable root, Tensor seed) {
        return new Recorder(root).record(Variable.constant(seed));
    }

    /** Returns all variables: leaves first, then results in the order in which they were computed; the last is the root. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Returns the ids in the order in which the backward pass completes their gradients; the first is the root's. */
    public List<Integer> backwardOrder() {
        return backwardOrder;
    }

    /** Returns the variable that the run ends in. */
    public Node root() {
        return nodes.getLast();
    }

    /**
     * Returns the variable of a name.
     *
     * @throws GradException if there is none
     */
    public Node node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new GradException("graph: no variable has this name; got " + name + " among "
                        + nodes.stream().map(Node::name).toList()));
    }

    /** Returns the tape as formulas, forward and backward; see {@link Variable#explain}. */
    public String text() {
        return Explanation.of(this);
    }

    /**
     * Returns the graph in the language of Graphviz.
     *
     * @throws GradException if it has too many nodes to be drawn
     */
    public String dot() {
        return GraphDot.of(drawable());
    }

    /**
     * Returns the graph as a picture, an SVG document that follows the colour scheme of its viewer.
     *
     * @throws GradException if it has too many nodes to be drawn
     */
    public String svg() {
        return GraphSvg.document(drawable());
    }

    /**
     * Returns a page, one HTML document that loads nothing, which steps forward and backward through the run.
     *
     * @throws GradException if it has too many nodes to be drawn
     */
    public String html() {
        return GraphPage.html(drawable());
    }

    private GraphView drawable() {
        if (nodes.size() > DRAWABLE) {
            throw new GradException("graph: a picture has at most " + DRAWABLE + " nodes; got " + nodes.size()
                    + "; look at a part of the computation, or at text()");
        }
        return this;
    }

    /** Watches the pass and walks the tape. */
    private static final class Recorder implements Backward.Watcher {
        private record Handed(Variable from, int operand, Variable part, Variable sum) {}

        private final Variable root;
        private final IdentityHashMap<Variable, List<Handed>> handed = new IdentityHashMap<>();
        private final IdentityHashMap<Variable, Variable> gradients = new IdentityHashMap<>();
        private final List<Variable> completed = new ArrayList<>();
        private final IdentityHashMap<Variable, Integer> ids = new IdentityHashMap<>();
        private final IdentityHashMap<Variable, String> names = new IdentityHashMap<>();
        private final IdentityHashMap<Variable, FormulaText> texts = new IdentityHashMap<>();

        Recorder(Variable root) {
            this.root = root;
        }

        @Override
        public void handed(Variable node, int operand, Variable part, Variable sum) {
            handed.computeIfAbsent(node.input(operand), input -> new ArrayList<>())
                    .add(new Handed(node, operand, part, sum));
        }

        @Override
        public void completed(Variable node, Variable gradient) {
            gradients.put(node, gradient);
            completed.add(node);
        }

        GraphView record(Variable seed) {
            Backward.from(root, seed).watchedBy(this);
            List<Variable> order = walk();
            name(order);
            for (Variable variable : order) {
                variable.rule().ifPresent(rule -> texts.put(variable, text(variable, rule)));
            }
            List<Node> nodes =
                    order.stream().map(variable -> node(variable, seed)).toList();
            return new GraphView(nodes, completed.stream().map(ids::get).toList());
        }

        private List<Variable> walk() {
            Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            ArrayDeque<Variable> stack = new ArrayDeque<>(List.of(root));
            seen.add(root);
            while (!stack.isEmpty()) {
                inputs(stack.pop()).filter(seen::add).forEach(stack::push);
            }
            return seen.stream()
                    .sorted(Comparator.comparing((Variable v) -> !v.isLeaf()).thenComparingLong(Variable::sequence))
                    .toList();
        }

        private static Stream<Variable> inputs(Variable variable) {
            return IntStream.range(0, variable.inputCount()).mapToObj(variable::input);
        }

        private void name(List<Variable> order) {
            Set<String> taken = new HashSet<>();
            order.forEach(variable -> variable.name().ifPresent(name -> taken.add(plain(name))));
            Set<String> given = new HashSet<>();
            for (int id = 0; id < order.size(); id++) {
                ids.put(order.get(id), id);
                names.put(order.get(id), unique(order.get(id), id, taken, given));
            }
        }

        private static String unique(Variable variable, int id, Set<String> taken, Set<String> given) {
            boolean named = variable.name().isPresent();
            String name = variable.name().map(Recorder::plain).orElse("v" + (id + 1));
            String result = name;
            for (int i = 2; given.contains(result) || (!named || i > 2) && taken.contains(result); i++) {
                result = name + "_" + i;
            }
            given.add(result);
            return result;
        }

        /** Names become parts of lines. */
        private static String plain(String name) {
            String line = name.replaceAll("\\p{Cntrl}", " ").strip();
            return line.isEmpty() ? "unnamed" : line;
        }

        private FormulaText text(Variable node, BackwardRule rule) {
            return new FormulaText(
                    rule.operation(),
                    rule.formula(),
                    inputs(node).map(names::get).toList(),
                    inputs(node).map(Variable::value).toList(),
                    known(names, node),
                    node.value());
        }

        private Node node(Variable variable, Variable seed) {
            Optional<FormulaText> text = Optional.ofNullable(texts.get(variable));
            String leaf = variable.requiresGrad() ? "parameter" : "constant";
            List<Contribution> contributions = new ArrayList<>();
            if (variable == root) {
                contributions.add(new Contribution(known(ids, root), 0, "1", "", seed.value(), seed.value()));
            }
            handed.getOrDefault(variable, List.of()).forEach(part -> contributions.add(contribution(part)));
            return new Node(
                    known(ids, variable),
                    known(names, variable),
                    variable.isLeaf() ? leaf : variable.operation(),
                    text.map(FormulaText::call).orElse(""),
                    text.map(FormulaText::forward).orElse(""),
                    text.map(FormulaText::forwardNumbers).orElse(""),
                    inputs(variable).map(ids::get).toList(),
                    variable.value(),
                    Optional.ofNullable(gradients.get(variable)).map(Variable::value),
                    List.copyOf(contributions));
        }

        private Contribution contribution(Handed part) {
            FormulaText text = known(texts, part.from());
            return new Contribution(
                    known(ids, part.from()),
                    part.operand(),
                    text.backward(part.operand()),
                    text.backwardNumbers(
                            part.operand(), known(gradients, part.from()).value()),
                    part.part().value(),
                    part.sum().value());
        }

        private static <T> T known(IdentityHashMap<Variable, T> map, Variable variable) {
            return Objects.requireNonNull(map.get(variable), "every variable of the run is known");
        }
    }
}
