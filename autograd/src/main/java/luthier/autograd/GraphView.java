package luthier.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import luthier.autograd.ops.ElementwiseOps;
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
        return new Recorder(root, seed).record();
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

    /** Walks the tape and runs the pass. */
    private static final class Recorder {
        private final Variable root;
        private final Variable seed;
        private final List<Variable> order = new ArrayList<>();
        private final IdentityHashMap<Variable, Integer> ids = new IdentityHashMap<>();
        private final List<String> names = new ArrayList<>();
        private final IdentityHashMap<Variable, Variable> pending = new IdentityHashMap<>();
        private final IdentityHashMap<Variable, Tensor> gradients = new IdentityHashMap<>();
        private final IdentityHashMap<Variable, List<Contribution>> contributions = new IdentityHashMap<>();
        private final List<Integer> backwardOrder = new ArrayList<>();
        private final NodeHeap open = new NodeHeap();

        private int id(Variable variable) {
            return Objects.requireNonNull(ids.get(variable), "every variable of the run has a number");
        }

        Recorder(Variable root, Tensor seed) {
            this.root = root;
            this.seed = Variable.constant(seed);
        }

        GraphView record() {
            Backward.requireStart(root, seed);
            walk();
            // What rules compute on the way is nobody's tape and is not searched for anomalies.
            Grad.in(new Grad.Mode(false, false), () -> {
                pass();
                return true;
            });
            List<Node> nodes = new ArrayList<>();
            for (Variable variable : order) {
                nodes.add(node(variable));
            }
            return new GraphView(nodes, backwardOrder);
        }

        private void walk() {
            Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            ArrayDeque<Variable> stack = new ArrayDeque<>(List.of(root));
            seen.add(root);
            while (!stack.isEmpty()) {
                Variable variable = stack.pop();
                if (variable.isFreed()) {
                    throw Backward.freed();
                }
                order.add(variable);
                Arrays.stream(variable.inputs()).filter(seen::add).forEach(stack::push);
            }
            order.sort(Comparator.comparing((Variable v) -> !v.isLeaf()).thenComparingLong(Variable::sequence));
            Set<String> taken = new HashSet<>();
            order.forEach(variable -> variable.name().ifPresent(name -> taken.add(plain(name))));
            Set<String> given = new HashSet<>();
            for (int id = 0; id < order.size(); id++) {
                ids.put(order.get(id), id);
                names.add(unique(order.get(id), id, taken, given));
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

        private void pass() {
            gather(root, new Contribution(id(root), 0, "1", "", seed.value(), seed.value()), seed);
            Gradients collector = new Gradients(null);
            for (Variable node = open.poll(); node != null; node = open.poll()) {
                Variable gathered = pending.remove(node);
                if (gathered == null) {
                    continue;
                }
                Variable dY = node.hooked(gathered);
                gradients.put(node, dY.value());
                backwardOrder.add(id(node));
                BackwardRule rule = node.ruleOrNull();
                if (rule != null && collector.begin(node.inputs())) {
                    Versions.check(node, collector);
                    rule.backward(dY, collector);
                    hand(node, rule, dY, collector);
                }
            }
        }

        private void hand(Variable node, BackwardRule rule, Variable dY, Gradients collector) {
            Variable[] inputs = node.inputs();
            FormulaText text = text(node, rule);
            for (int i = 0; i < inputs.length; i++) {
                Variable gradient = collector.take(i);
                if (gradient != null) {
                    Variable before = pending.get(inputs[i]);
                    Variable sum = before == null ? gradient : ElementwiseOps.add(before, gradient);
                    Contribution contribution = new Contribution(
                            id(node),
                            i,
                            text.backward(i),
                            text.backwardNumbers(i, dY.value()),
                            gradient.value(),
                            sum.value());
                    gather(inputs[i], contribution, sum);
                }
            }
        }

        private void gather(Variable input, Contribution contribution, Variable sum) {
            if (pending.put(input, sum) == null) {
                open.add(input);
            }
            contributions.computeIfAbsent(input, made -> new ArrayList<>()).add(contribution);
        }

        private FormulaText text(Variable node, BackwardRule rule) {
            List<Variable> inputs = List.of(node.inputs());
            return new FormulaText(
                    rule.operation(),
                    rule.formula(),
                    inputs.stream().map(input -> names.get(id(input))).toList(),
                    inputs.stream().map(Variable::value).toList(),
                    names.get(id(node)),
                    node.value());
        }

        private Node node(Variable variable) {
            BackwardRule rule = variable.ruleOrNull();
            String operation = variable.requiresGrad() ? "parameter" : "constant";
            String call = "";
            String forward = "";
            String numbers = "";
            if (rule != null) {
                FormulaText text = text(variable, rule);
                operation = text.operation();
                call = text.call();
                forward = text.forward();
                numbers = text.forwardNumbers();
            }
            int id = id(variable);
            return new Node(
                    id,
                    names.get(id),
                    operation,
                    call,
                    forward,
                    numbers,
                    Arrays.stream(variable.inputs()).map(ids::get).toList(),
                    variable.value(),
                    Optional.ofNullable(gradients.get(variable)),
                    List.copyOf(contributions.getOrDefault(variable, List.of())));
        }
    }
}
