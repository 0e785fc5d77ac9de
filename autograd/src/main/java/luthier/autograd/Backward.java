package luthier.autograd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One reverse pass over the tape: nodes are visited in reverse order of creation, so that every gradient is complete before its
 * rule runs. The pass is iterative (a chain of a million nodes needs no stack) and adds gradients in a fixed order.
 *
 * <p>By default the graph is freed on the way. {@link #retainGraph()} keeps it for another pass; {@link #createGraph()} also
 * records the pass itself, so that gradients can be differentiated again.
 *
 * {@snippet :
 * Variable x = Variable.parameter(Tensor.scalar(3f));
 * Variable y = ElementwiseOps.mul(x, x);
 * Variable dx = Backward.fromScalar(y).createGraph().gradients(x).get(0);
 * Variable ddx = Backward.fromScalar(dx).gradients(x).get(0);
 * dx.value().item(); // 6.0
 * ddx.value().item(); // 2.0
 * }
 */
public final class Backward {
    private final Variable root;
    private final Variable seed;
    private boolean retainGraph;
    private boolean createGraph;

    private Backward(Variable root, Variable seed) {
        this.root = root;
        this.seed = seed;
    }

    /**
     * Prepares a pass from a single number, seeded with 1.
     *
     * @throws GradException if the variable has more than one element
     */
    public static Backward fromScalar(Variable root) {
        if (root.value().elementCount() != 1) {
            throw new GradException("backward: only a single number has an implied gradient of 1; got shape "
                    + root.shape() + "; reduce it (sum, mean) or pass a seed of that shape");
        }
        return from(root, Variable.constant(Tensor.full(root.dtype(), 1, root.shape())));
    }

    /**
     * Prepares a pass with a given gradient of the root.
     *
     * @throws GradException if the root has no history, was freed, or the seed's shape or type is not the root's
     */
    public static Backward from(Variable root, Variable seed) {
        if (root.isFreed()) {
            throw freed();
        }
        if (!root.requiresGrad()) {
            throw new GradException(
                    "backward: the variable has no history that leads to a parameter; got a constant of shape "
                            + root.shape() + "; was it computed inside Grad.disabled or from frozen parameters only?");
        }
        if (!seed.shape().equals(root.shape()) || seed.dtype() != root.dtype()) {
            throw new GradException("backward: the seed must have the variable's shape and type; got " + seed.dtype()
                    + seed.shape() + " for " + root.dtype() + root.shape());
        }
        return new Backward(root, seed);
    }

    /** Keeps the graph, so that another pass can run over it. */
    public Backward retainGraph() {
        retainGraph = true;
        return this;
    }

    /** Keeps the graph and records this pass, so that its gradients can be differentiated. */
    public Backward createGraph() {
        createGraph = true;
        return retainGraph();
    }

    /** Adds the gradients to every leaf that wants one. */
    public void run() {
        pass(List.of(), true);
    }

    /**
     * Returns the gradients with respect to the given variables, leaves or results, without touching any leaf's gradient. A
     * variable that the root does not depend on gets zeros.
     */
    public List<Variable> gradients(Variable... with) {
        List<@Nullable Variable> found = pass(List.of(with), false);
        List<Variable> result = new ArrayList<>(with.length);
        for (int i = 0; i < with.length; i++) {
            Variable gradient = found.get(i);
            Shape shape = with[i].shape();
            result.add(gradient != null ? gradient : Variable.constant(Tensor.zeros(with[i].dtype(), shape)));
        }
        return result;
    }

    private List<@Nullable Variable> pass(List<Variable> targets, boolean intoLeaves) {
        return createGraph
                ? Grad.enabled(() -> visitAll(targets, intoLeaves))
                : Grad.disabled(() -> visitAll(targets, intoLeaves));
    }

    private List<@Nullable Variable> visitAll(List<Variable> targets, boolean intoLeaves) {
        PriorityQueue<Variable> open =
                new PriorityQueue<>(Comparator.comparingLong(Variable::sequence).reversed());
        List<@Nullable Variable> found = new ArrayList<>();
        targets.forEach(target -> found.add(null));
        root.pending = seed;
        open.add(root);
        try {
            while (true) {
                Variable node = open.poll();
                if (node == null) {
                    return found;
                }
                Variable dY = node.pending;
                node.pending = null;
                if (dY == null) {
                    continue;
                }
                for (int i = 0; i < targets.size(); i++) {
                    if (targets.get(i) == node) {
                        found.set(i, dY);
                    }
                }
                visit(node, dY, open, intoLeaves);
            }
        } finally {
            open.forEach(node -> node.pending = null);
        }
    }

    private void visit(Variable node, Variable dY, PriorityQueue<Variable> open, boolean intoLeaves) {
        BackwardRule rule = node.ruleOrNull();
        if (rule == null) {
            if (node.isFreed()) {
                throw freed();
            }
            if (intoLeaves) {
                node.accumulate(dY);
            }
            return;
        }
        Variable[] inputs = node.inputs();
        Gradients gradients = new Gradients(inputs);
        rule.backward(dY, gradients);
        if (!retainGraph) {
            node.free();
        }
        for (int i = 0; i < inputs.length; i++) {
            Variable gradient = gradients.get(i);
            if (gradient != null && inputs[i].requiresGrad()) {
                gather(inputs[i], gradient, open);
            }
        }
    }

    private static void gather(Variable input, Variable gradient, PriorityQueue<Variable> open) {
        Variable before = input.pending;
        if (before == null) {
            input.pending = gradient;
            open.add(input);
        } else {
            input.pending = ElementwiseOps.add(before, gradient);
        }
    }

    private static GradException freed() {
        return new GradException(
                "backward: the graph was freed by an earlier backward pass; compute the value again, or keep"
                        + " the graph with Backward.fromScalar(y).retainGraph()");
    }
}
