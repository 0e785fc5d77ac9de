package luthier.autograd.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import luthier.autograd.view.GraphView.Node;

/**
 * Where the nodes of a picture go: in layers from top to bottom, an operation below its operands, a leaf right above its first use.
 * Within a layer nodes are ordered by the mean place of their neighbours, down and up in turn, which removes most crossings (Sugiyama et
 * al. 1981, IEEE Transactions on Systems, Man, and Cybernetics 11(2)); places are then the least-squares fit to the neighbours' that
 * keeps the order and the gaps. An edge over several layers passes through a bend in each.
 */
final class GraphLayout {
    private static final double GAP = 28;
    private static final double LAYER_GAP = 46;
    private static final double BEND = 10;
    /** Edges that arrive at one box arrive this far apart. */
    private static final double ASIDE = 26;

    /** How much more a bend insists on its place than a node: long edges are to be straight. */
    private static final double STRAIGHT = 8;

    private static final int SWEEPS = 12;

    /** A place in a layer: a node's box or, without one, the bend of a long edge. */
    static final class Box {
        final double width;
        private final int layer;
        private final List<Box> above = new ArrayList<>();
        private final List<Box> below = new ArrayList<>();
        /** The middle, from left. */
        double x;
        /** The middle, from top. */
        double y;

        private Box(double width, int layer) {
            this.width = width;
            this.layer = layer;
        }

        private double middle(List<Box> neighbours) {
            return neighbours.stream().mapToDouble(box -> box.x).average().orElse(x);
        }
    }

    /**
     * An edge from an operand, first box of the way, to the operation that uses it, last box of the way.
     *
     * @param leaves how far right of the first box's middle it starts
     * @param arrives how far right of the last box's middle it ends
     */
    record Edge(int to, int operand, double leaves, double arrives, List<Box> way) {}

    private final double height;
    private final List<Box> boxes = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final List<List<Box>> layers = new ArrayList<>();

    /**
     * Lays out a graph.
     *
     * @param widths of the nodes' boxes
     * @param height of all boxes
     */
    GraphLayout(GraphView view, double[] widths, double height) {
        this.height = height;
        int[] layerOf = layersOf(view.nodes());
        for (int i = 0; i <= Arrays.stream(layerOf).max().orElse(0); i++) {
            layers.add(new ArrayList<>());
        }
        for (Node node : view.nodes()) {
            boxes.add(box(widths[node.id()], layerOf[node.id()]));
        }
        for (Node node : view.nodes()) {
            for (int operand = 0; operand < node.inputs().size(); operand++) {
                connect(node, operand);
            }
        }
        place();
    }

    private static int[] layersOf(List<Node> nodes) {
        int[] layer = new int[nodes.size()];
        for (Node node : nodes) {
            for (int input : node.inputs()) {
                layer[node.id()] = Math.max(layer[node.id()], layer[input] + 1);
            }
        }
        int[] firstUse = new int[nodes.size()];
        Arrays.fill(firstUse, Integer.MAX_VALUE);
        for (Node node : nodes) {
            for (int input : node.inputs()) {
                firstUse[input] = Math.min(firstUse[input], layer[node.id()]);
            }
        }
        for (Node node : nodes) {
            if (node.isLeaf() && firstUse[node.id()] != Integer.MAX_VALUE) {
                layer[node.id()] = firstUse[node.id()] - 1;
            }
        }
        return layer;
    }

    private Box box(double width, int layer) {
        Box made = new Box(width, layer);
        layers.get(layer).add(made);
        return made;
    }

    private void connect(Node user, int operand) {
        List<Integer> inputs = user.inputs();
        int from = inputs.get(operand);
        int to = user.id();
        List<Box> way = new ArrayList<>(List.of(boxes.get(from)));
        for (int layer = boxes.get(from).layer + 1; layer < boxes.get(to).layer; layer++) {
            way.add(box(BEND, layer));
        }
        way.add(boxes.get(to));
        for (int i = 1; i < way.size(); i++) {
            way.get(i - 1).below.add(way.get(i));
            way.get(i).above.add(way.get(i - 1));
        }
        double arrives = (operand - (inputs.size() - 1) / 2.0) * Math.min(ASIDE, boxes.get(to).width / inputs.size());
        boolean repeated = inputs.stream().filter(input -> input == from).count() > 1;
        edges.add(new Edge(to, operand, repeated ? arrives : 0, arrives, way));
    }

    private void place() {
        for (int i = 0; i < layers.size(); i++) {
            double at = 0;
            for (Box box : layers.get(i)) {
                box.x = at + box.width / 2;
                box.y = height / 2 + i * (height + LAYER_GAP);
                at += box.width + GAP;
            }
        }
        for (int sweep = 0; sweep < 2 * SWEEPS; sweep++) {
            boolean down = sweep % 2 == 0;
            for (List<Box> layer : down ? layers : layers.reversed()) {
                double[] wanted = new double[layer.size()];
                // The last sweeps keep the order and settle the places.
                if (sweep < SWEEPS) {
                    layer.sort(Comparator.comparingDouble(box -> box.middle(down ? box.above : box.below)));
                }
                for (int i = 0; i < wanted.length; i++) {
                    Box box = layer.get(i);
                    wanted[i] = sweep < SWEEPS
                            ? box.middle(down ? box.above : box.below)
                            : (box.middle(box.above) + box.middle(box.below)) / 2;
                }
                settle(layer, wanted);
            }
        }
        double left = layers.stream()
                .flatMap(List::stream)
                .mapToDouble(box -> box.x - box.width / 2)
                .min()
                .orElse(0);
        for (List<Box> layer : layers) {
            for (Box box : layer) {
                box.x -= left;
            }
        }
    }

    /**
     * Moves the boxes of a layer to the places nearest to the wanted ones (least squares) at which they keep their order and gaps: boxes
     * that would collide form a block around their common mean (pool adjacent violators).
     */
    private static void settle(List<Box> layer, double[] wanted) {
        int n = layer.size();
        double[] offset = new double[n];
        for (int i = 1; i < n; i++) {
            offset[i] = offset[i - 1] + (layer.get(i - 1).width + layer.get(i).width) / 2 + GAP;
        }
        double[] mean = new double[n];
        double[] weight = new double[n];
        int[] size = new int[n];
        int blocks = 0;
        for (int i = 0; i < n; i++) {
            mean[blocks] = wanted[i] - offset[i];
            weight[blocks] = layer.get(i).width == BEND ? STRAIGHT : 1;
            size[blocks] = 1;
            blocks++;
            while (blocks > 1 && mean[blocks - 2] > mean[blocks - 1]) {
                double both = weight[blocks - 2] + weight[blocks - 1];
                mean[blocks - 2] =
                        (mean[blocks - 2] * weight[blocks - 2] + mean[blocks - 1] * weight[blocks - 1]) / both;
                weight[blocks - 2] = both;
                size[blocks - 2] += size[blocks - 1];
                blocks--;
            }
        }
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < size[block]; i++, at++) {
                layer.get(at).x = mean[block] + offset[at];
            }
        }
    }

    Box box(int id) {
        return boxes.get(id);
    }

    List<Edge> edges() {
        return edges;
    }

    double width() {
        return layers.stream()
                .flatMap(List::stream)
                .mapToDouble(box -> box.x + box.width / 2)
                .max()
                .orElse(0);
    }

    double height() {
        return layers.size() * (height + LAYER_GAP) - LAYER_GAP;
    }
}
