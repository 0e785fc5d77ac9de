package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import luthier.tensor.DType;
import luthier.tensor.Elementwise;
import luthier.tensor.Reduction;
import luthier.tensor.Rng;
import luthier.tensor.Selection;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * Gradients of 10,000 graphs drawn at random against finite differences in F64, along one random direction through all leaves; of every
 * twentieth also the derivative of the gradient, element by element. {@code -Dluthier.graph=SEED} runs one graph alone.
 */
class RandomGraphsTest {
    private static final int GRAPHS = 10_000;
    private static final int TWICE = 20;

    /**
     * How far the two may differ, as a share of the derivative's scale. Differences over h = 2^-8 and its halves, extrapolated to order
     * h^6, cut off some 1e-17 of the seventh derivative and are rounded to 2^-52 / h, some 1e-13 of the values; all seeds pass with 1e-9
     * too. A wrong rule is off by far more than a millionth. Where one step's differences do not agree with each other within ten times
     * this, a smaller one is taken; none of the seeds is given up.
     */
    private static final double TOLERANCE = 1e-8;

    private static final double STEP = 1.0 / 256;

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        String alone = System.getProperty("luthier.graph", "");
        if (!alone.isBlank()) {
            RandomGraph graph = RandomGraph.of(Long.parseLong(alone));
            System.out.println(graph);
            assertTrue(judge(graph, true), "finite differences do not settle");
            return;
        }
        int rough = 0;
        for (long seed = 0; seed < GRAPHS; seed++) {
            rough += judge(RandomGraph.of(seed), seed % TWICE == 0) ? 0 : 1;
        }
        assertEquals(0, rough, "graphs are too rough to be judged by finite differences");
    }

    /** Returns false if finite differences do not settle. */
    private static boolean judge(RandomGraph graph, boolean alsoTwice) {
        try {
            return once(graph) && (!alsoTwice || twice(graph));
        } catch (RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\n" + graph, e);
        }
    }

    @Test
    void graphsAreAsLargeAsTheyShallBe() {
        boolean[] seen = new boolean[31];
        for (long seed = 0; seed < 500; seed++) {
            int operations = RandomGraph.of(seed).operations();
            assertTrue(operations >= 5 && operations <= 30, operations + " operations in graph " + seed);
            seen[operations] = true;
        }
        for (int operations = 5; operations <= 30; operations++) {
            assertTrue(seen[operations], "no graph of " + operations + " operations");
        }
    }

    /** Compares the gradient along a direction; returns false if the differences do not settle. */
    private static boolean once(RandomGraph graph) {
        List<Tensor> direction = direction(graph);
        List<Variable> leaves = leaves(graph.point());
        graph.apply(leaves).backward();
        double along = 0;
        double scale = 1;
        for (int i = 0; i < leaves.size(); i++) {
            Tensor gradient = leaves.get(i).grad().orElseThrow();
            Tensor terms = Elementwise.mul(gradient, direction.get(i));
            along += Reduction.sum(terms, false).item();
            scale += Reduction.sum(Selection.abs(terms), false).item();
        }
        Tensor analytic = Tensor.scalar(along);
        return agree(
                graph,
                "gradient along a direction",
                analytic,
                scale,
                t -> graph.apply(leaves(moved(graph, direction, t))).value());
    }

    /** Compares the derivative of the gradient along a direction, for every leaf. */
    private static boolean twice(RandomGraph graph) {
        List<Tensor> direction = direction(graph);
        Variable[] leaves = leaves(graph.point()).toArray(Variable[]::new);
        List<Variable> gradients =
                Backward.fromScalar(graph.apply(List.of(leaves))).createGraph().gradients(leaves);
        Variable along = Variable.constant(Tensor.zeros(DType.F64));
        for (int i = 0; i < leaves.length; i++) {
            along = along.add(
                    gradients.get(i).mul(Variable.constant(direction.get(i))).sum());
        }
        List<Variable> second = along.requiresGrad()
                ? Backward.fromScalar(along).gradients(leaves)
                : List.of(leaves).stream()
                        .map(leaf -> Variable.constant(Tensor.zeros(DType.F64, leaf.shape())))
                        .toList();
        boolean judged = true;
        for (int i = 0; i < leaves.length; i++) {
            int leaf = i;
            Tensor analytic = second.get(i).value();
            double scale = 1 + Reduction.max(Selection.abs(analytic), false).item();
            judged &= agree(
                    graph,
                    "second derivative of leaf " + i,
                    analytic,
                    scale,
                    t -> gradient(graph, moved(graph, direction, t), leaf));
        }
        return judged;
    }

    private static Tensor gradient(RandomGraph graph, List<Tensor> point, int leaf) {
        Variable[] leaves = leaves(point).toArray(Variable[]::new);
        return Backward.fromScalar(graph.apply(List.of(leaves)))
                .gradients(leaves[leaf])
                .get(0)
                .value();
    }

    /** Compares with differences of f around 0, over smaller steps as long as they do not settle. */
    private static boolean agree(
            RandomGraph graph, String what, Tensor analytic, double scale, DoubleFunction<Tensor> f) {
        assertTrue(Double.isFinite(scale), () -> what + ": the rules give " + analytic + "\n" + graph);
        for (double h = STEP; h > STEP / 100; h /= 4) {
            Tensor whole = difference(f, h);
            Tensor half = difference(f, h / 2);
            Tensor quarter = difference(f, h / 4);
            Tensor coarse = extrapolated(whole, half, 3);
            Tensor fine = extrapolated(half, quarter, 3);
            if (most(fine, coarse) > 10 * TOLERANCE * scale) {
                continue;
            }
            Tensor best = extrapolated(coarse, fine, 15);
            double off = most(best, analytic);
            if (off <= TOLERANCE * scale) {
                return true;
            }
            throw new AssertionError(what + ": the rules give " + analytic + ", differences give " + best + ", off by "
                    + off + " where " + TOLERANCE * scale + " is allowed\n" + graph);
        }
        return false;
    }

    /** Returns what the differences over a step and over half of it tend to, by Richardson's rule: one order more is cut off. */
    private static Tensor extrapolated(Tensor wide, Tensor close, int part) {
        return Elementwise.addScaled(close, Elementwise.sub(close, wide), 1.0 / part);
    }

    private static Tensor difference(DoubleFunction<Tensor> f, double h) {
        return Elementwise.mul(Elementwise.sub(f.apply(h), f.apply(-h)), 0.5 / h);
    }

    private static double most(Tensor a, Tensor b) {
        return Reduction.max(Selection.abs(Elementwise.sub(a, b)), false).item();
    }

    private static List<Variable> leaves(List<Tensor> point) {
        return point.stream().map(Variable::parameter).toList();
    }

    private static List<Tensor> direction(RandomGraph graph) {
        List<Tensor> result = new ArrayList<>();
        for (Tensor leaf : graph.point()) {
            result.add(Rng.of(7).split(result.size()).uniform(DType.F64, leaf.shape(), -1, 1));
        }
        return result;
    }

    private static List<Tensor> moved(RandomGraph graph, List<Tensor> direction, double t) {
        List<Tensor> result = new ArrayList<>();
        for (Tensor leaf : graph.point()) {
            result.add(Elementwise.addScaled(leaf, direction.get(result.size()), t));
        }
        return result;
    }
}
