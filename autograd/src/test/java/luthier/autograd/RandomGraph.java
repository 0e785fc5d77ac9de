package luthier.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.DType;
import luthier.tensor.Reduction;
import luthier.tensor.Rng;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * A computation drawn at random: leaves, some of them frozen, and operations on earlier nodes, which may be used many times. Its result
 * is the sum of everything that no other node uses, weighed unevenly. The seed says all, so a graph can be drawn again.
 */
final class RandomGraph {
    /** More elements than this would only cost time. */
    private static final int MOST_ELEMENTS = 64;
    /** Values are kept about this small, so that derivatives stay moderate through thirty operations. */
    private static final double MOST_SIZE = 4;

    private final long seed;
    private final int operations;
    private final List<Node> nodes;
    /** What the nodes that no other one uses are multiplied with in the result; empty for all others. */
    private final List<Optional<Tensor>> weights;

    /** A leaf, which has no operands but a value, or an operation. */
    private record Node(
            String text,
            Function<Variable[], Variable> made,
            int[] operands,
            Tensor value,
            boolean leaf,
            boolean wanted) {}

    private RandomGraph(long seed, int operations, List<Node> nodes) {
        this.seed = seed;
        this.operations = operations;
        this.nodes = List.copyOf(nodes);
        boolean[] used = new boolean[nodes.size()];
        nodes.forEach(node -> Arrays.stream(node.operands).forEach(operand -> used[operand] = true));
        weights = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            Rng rng = Rng.of(seed).split("weights").split(i);
            weights.add(
                    used[i]
                            ? Optional.empty()
                            : Optional.of(
                                    rng.normal(DType.F64, nodes.get(i).value.shape(), 0, 1)));
        }
    }

    /** Draws the graph of a seed, of 5 to 30 operations. */
    static RandomGraph of(long seed) {
        Draft draft = new Draft(seed);
        List<RandomOperations.Maker> makers = RandomOperations.all();
        for (int tries = 0; draft.left() > 0 && tries < 1000; tries++) {
            int size = draft.nodes.size();
            int left = draft.left();
            makers.get(draft.below(makers.size())).make(draft);
            if (draft.left() < 0) {
                draft.takeBack(size, left);
            }
        }
        return new RandomGraph(seed, draft.wanted - draft.left(), draft.nodes);
    }

    int operations() {
        return operations;
    }

    /** Returns the values of the leaves that want a gradient. */
    List<Tensor> point() {
        return nodes.stream().filter(Node::wanted).map(Node::value).toList();
    }

    /** Returns the result, a single number, for other values of these leaves. */
    Variable apply(List<Variable> leaves) {
        Variable[] made = new Variable[nodes.size()];
        int leaf = 0;
        for (int i = 0; i < made.length; i++) {
            Node node = nodes.get(i);
            made[i] = node.wanted
                    ? leaves.get(leaf++)
                    : node.leaf ? Variable.constant(node.value) : node.made.apply(of(made, node.operands));
        }
        Variable total = Variable.constant(Tensor.zeros(DType.F64));
        for (int i = 0; i < made.length; i++) {
            if (weights.get(i).isPresent()) {
                total = total.add(
                        made[i].mul(Variable.constant(weights.get(i).get())).sum());
            }
        }
        return total;
    }

    private static Variable[] of(Variable[] made, int[] operands) {
        Variable[] result = new Variable[operands.length];
        Arrays.setAll(result, i -> made[operands[i]]);
        return result;
    }

    /** Returns the seed and the graph, a node a line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                "graph " + seed + ", " + operations + " operations (-Dluthier.graph=" + seed + " runs it alone):\n");
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            text.append("  ").append(name(i)).append(" = ").append(node.leaf ? node.value : node.text);
            text.append(node.leaf ? node.wanted ? "" : " (frozen)" : "  " + node.value.dtype() + node.value.shape());
            text.append('\n');
        }
        return text.append("  result: sum of what is not used above, weighed").toString();
    }

    private static String name(int node) {
        return "v" + node;
    }

    /** A graph being drawn, with the source of its choices. */
    static final class Draft {
        private final List<Node> nodes = new ArrayList<>();
        private final List<Variable> values = new ArrayList<>();
        private final Rng rng;
        private final int wanted;
        private long drawn;
        private int left;

        Draft(long seed) {
            rng = Rng.of(seed).split("graph");
            wanted = 5 + below(26);
            left = wanted;
            leaf(shape(), true);
        }

        // ---- choices

        int below(int bound) {
            return rng.below(drawn++, bound);
        }

        boolean coin() {
            return below(2) == 0;
        }

        /** Returns a number of [0.5, 1.5), rounded so that it reads well. */
        double number() {
            return 0.5 + below(64) / 64.0;
        }

        long[] indices(int count, long bound) {
            long[] result = new long[count];
            Arrays.setAll(result, i -> below((int) bound));
            return result;
        }

        Tensor mask(Shape shape) {
            boolean[] mask = new boolean[(int) shape.elementCount()];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = coin();
            }
            return Tensor.of(mask, shape.toArray());
        }

        /** Returns an axis of a node that has one, counted from either end. */
        int axis(int node) {
            int axis = below(rank(node));
            return coin() ? axis : axis - rank(node);
        }

        /** Returns a node, more often one of the last. */
        int pick() {
            int size = nodes.size();
            return coin() ? below(size) : size - 1 - below(Math.min(3, size));
        }

        /** Returns a node of at least this rank, or -1 if a few picks find none. */
        int pick(int leastRank) {
            for (int tries = 0; tries < 6; tries++) {
                int node = pick();
                if (rank(node) >= leastRank) {
                    return node;
                }
            }
            return -1;
        }

        /** Returns another node that broadcasts with this one: an earlier one if there is one, otherwise a new leaf. */
        int partner(int node) {
            for (int tries = 0; tries < 6; tries++) {
                int other = pick();
                if (broadcasts(shape(node), shape(other))) {
                    return other;
                }
            }
            long[] sizes = shape(node).toArray();
            sizes = Arrays.copyOfRange(sizes, below(sizes.length + 1), sizes.length);
            for (int axis = 0; axis < sizes.length; axis++) {
                sizes[axis] = below(3) == 0 ? 1 : sizes[axis];
            }
            return leaf(sizes);
        }

        private static boolean broadcasts(Shape a, Shape b) {
            long count = 1;
            for (int back = 1; back <= Math.max(a.rank(), b.rank()); back++) {
                long m = back <= a.rank() ? a.size(-back) : 1;
                long n = back <= b.rank() ? b.size(-back) : 1;
                if (m != n && m != 1 && n != 1) {
                    return false;
                }
                count *= Math.max(m, n);
            }
            return count <= MOST_ELEMENTS;
        }

        private Shape shape() {
            long[] sizes = new long[1 + below(3)];
            Arrays.setAll(sizes, i -> 1 + below(4));
            return Shape.of(sizes);
        }

        // ---- what is there

        int left() {
            return left;
        }

        Shape shape(int node) {
            return values.get(node).shape();
        }

        int rank(int node) {
            return shape(node).rank();
        }

        long size(int node, int axis) {
            return shape(node).size(axis);
        }

        /** Returns the size of the largest element. */
        double most(int node) {
            return Reduction.max(Selection.abs(values.get(node).value()), false).item();
        }

        // ---- growth

        private void takeBack(int size, int operationsLeft) {
            nodes.subList(size, nodes.size()).clear();
            values.subList(size, values.size()).clear();
            left = operationsLeft;
        }

        /** Adds a leaf of this shape and returns its number; one of five is frozen. */
        int leaf(long... sizes) {
            return leaf(Shape.of(sizes), below(5) != 0);
        }

        private int leaf(Shape shape, boolean wanted) {
            Tensor value = rng.split("leaf").split(nodes.size()).normal(DType.F64, shape, 0, 1);
            nodes.add(new Node("", in -> in[0], new int[0], value, true, wanted));
            values.add(Variable.constant(value));
            return nodes.size() - 1;
        }

        /**
         * Adds an operation and returns its number, or -1 if its result would be too large. Its result is scaled down if need be.
         *
         * @param text a format with a {@code %s} for every operand
         */
        int add(String text, Function<Variable[], Variable> operation, int... operands) {
            Variable[] in = of(values.toArray(Variable[]::new), operands);
            Variable y = operation.apply(in);
            if (y.value().elementCount() > MOST_ELEMENTS || y.value().elementCount() == 0) {
                return -1;
            }
            Object[] names = Arrays.stream(operands).mapToObj(RandomGraph::name).toArray();
            nodes.add(new Node(String.format(text, names), operation, operands, y.value(), false, false));
            values.add(y);
            left--;
            int made = nodes.size() - 1;
            double most = most(made);
            if (most > MOST_SIZE) {
                double factor = 1 / Math.rint(most);
                return add("mul(%s, " + factor + ")", x -> ElementwiseOps.mul(x[0], factor), made);
            }
            return made;
        }
    }
}
