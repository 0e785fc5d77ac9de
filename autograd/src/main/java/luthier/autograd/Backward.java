package luthier.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.Pool;
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
 * <p>What a rule reads must be what it was when the operation was recorded: a value that was written in place in between
 * ({@link Tensor#version}) is an error when the rule's turn comes. What no rule reads, see {@link BackwardRule#reads}, may change.
 *
 * <p>Inside the scope of a {@link Pool} a pass that is not recorded gives memory back as it goes: what a rule computes on the way when
 * it returns, and a gradient once the rule that reads it has run. Gradients of leaves and those asked for are not the pool's.
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
    private final List<Variable> roots = new ArrayList<>();
    private final List<Variable> seeds = new ArrayList<>();
    private final NodeHeap open = new NodeHeap();
    /** The leaves whose gradients a {@link #run} gathers; it adds them all at its end. */
    private final List<Variable> leaves = new ArrayList<>();
    /** What passes around this one have gathered where this one gathers. */
    private final List<Aside> aside = new ArrayList<>();

    private Thread thread = Thread.currentThread();
    private boolean retainGraph;
    private boolean createGraph;
    /** Whether the pass ends at what it is asked for. */
    private boolean bounded;

    private boolean watching;
    /** Where gradients go back to; null if they do not. */
    private @Nullable Pool pool;
    /** The variables on a way from the roots to what {@link #gradients} asks for; null if all leaves are asked for. */
    private @Nullable Set<Variable> needed;

    /** What {@link #gradients} asks for, with what was found. */
    private final IdentityHashMap<Variable, @Nullable Variable> targets = new IdentityHashMap<>();

    private @Nullable Watcher watcher;

    private record Aside(Variable node, Gathered gathered) {}

    /** Sees a pass while it runs; see {@link #watchedBy}. */
    public interface Watcher {
        /**
         * A rule has handed an operand a part of its gradient.
         *
         * @param node what the rule made
         * @param operand which of its operands
         * @param part what is added
         * @param sum what has been added up with it
         */
        void handed(Variable node, int operand, Variable part, Variable sum);

        /** The gradient of a variable is complete, and hooks have seen it; its rule is next. */
        void completed(Variable node, Variable gradient);
    }

    private Backward() {}

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
        return new Backward().and(root, seed);
    }

    /**
     * Adds another root, so that one pass differentiates the sum of all roots weighted by their seeds.
     *
     * @throws GradException as {@link #from}
     */
    public Backward and(Variable root, Variable seed) {
        requireStart(root, seed);
        roots.add(root);
        seeds.add(seed);
        return this;
    }

    /** Throws if no pass can start from a root with this gradient. */
    private static void requireStart(Variable root, Variable seed) {
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
        if (root.isForeign()) {
            throw root.foreign("backward");
        }
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

    /**
     * Adds the gradients to every leaf that wants one; all of them once the last rule has run, so that a pass which fails adds nothing.
     *
     * @throws GradException if a pass of another thread is adding to one of the leaves
     */
    public void run() {
        targets.clear();
        needed = null;
        pass();
    }

    /** Returns the thread that runs this pass. */
    Thread thread() {
        return thread;
    }

    /**
     * Returns the gradients with respect to the given variables, leaves or results, without touching any leaf's gradient. Rules run
     * only on the ways to these variables. A variable that the roots do not depend on gets zeros.
     */
    public List<Variable> gradients(Variable... with) {
        targets.clear();
        for (Variable target : with) {
            targets.put(target, null);
        }
        needed = ancestors();
        pass();
        List<Variable> result = new ArrayList<>(with.length);
        for (Variable target : with) {
            Variable gradient = targets.get(target);
            Shape shape = target.shape();
            result.add(gradient != null ? gradient : Variable.constant(Tensor.zeros(target.dtype(), shape)));
        }
        return result;
    }

    /** As {@link #gradients}, but no gradient flows on from these variables: one of them gets nothing by way of another. */
    List<Variable> gradientsUpTo(Variable... with) {
        bounded = true;
        return gradients(with);
    }

    /**
     * Shows the pass to a watcher, and to nobody else: the graph is kept, no leaf's gradient is touched, and {@link Anomaly#detect} looks
     * away. All variables that lead to a parameter get their gradients.
     */
    public void watchedBy(Watcher eyes) {
        retainGraph();
        targets.clear();
        needed = Collections.newSetFromMap(new IdentityHashMap<>());
        needed.addAll(lastFirst());
        watcher = eyes;
        try {
            Grad.in(new Grad.Mode(createGraph, false), this::visitAll);
        } finally {
            watcher = null;
        }
    }

    /** Returns the targets and everything computed from them, as far as the roots depend on it. */
    private Set<Variable> ancestors() {
        Set<Variable> result = Collections.newSetFromMap(new IdentityHashMap<>());
        result.addAll(targets.keySet());
        for (Variable node : lastFirst().reversed()) {
            for (Variable input : node.inputs()) {
                if (result.contains(input)) {
                    result.add(node);
                    break;
                }
            }
        }
        return result;
    }

    /** Returns the roots and all they depend on that leads to a parameter, what was made last first. */
    private List<Variable> lastFirst() {
        Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<Variable> stack = new ArrayDeque<>();
        NodeHeap all = new NodeHeap();
        for (Variable root : roots) {
            if (seen.add(root)) {
                stack.push(root);
            }
        }
        while (!stack.isEmpty()) {
            Variable node = stack.pop();
            all.add(node);
            if (bounded && targets.containsKey(node)) {
                continue;
            }
            for (Variable input : node.inputs()) {
                if (input.requiresGrad() && seen.add(input)) {
                    stack.push(input);
                }
            }
        }
        List<Variable> result = new ArrayList<>(seen.size());
        for (Variable node = all.poll(); node != null; node = all.poll()) {
            result.add(node);
        }
        return result;
    }

    private void pass() {
        if (createGraph) {
            Grad.enabled(this::visitAll);
        } else {
            Grad.disabled(this::visitAll);
        }
    }

    private boolean visitAll() {
        thread = Thread.currentThread();
        watching = Grad.mode().watching();
        pool = createGraph || watching || watcher != null
                ? null
                : Pool.current().orElse(null);
        try {
            for (int i = 0; i < roots.size(); i++) {
                gather(roots.get(i), seeds.get(i));
            }
            Gradients gradients = new Gradients(needed);
            for (Variable node = open.poll(); node != null; node = open.poll()) {
                Variable dY = take(node);
                visit(node, node.hooked(dY), gradients);
            }
            accumulate();
            return true;
        } finally {
            for (Variable node = open.poll(); node != null; node = open.poll()) {
                take(node);
            }
            leaves.forEach(leaf -> Gathered.end(leaf, null));
            leaves.clear();
            aside.forEach(kept -> Gathered.end(kept.node(), kept.gathered()));
            aside.clear();
        }
    }

    /** Adds what was gathered for the leaves to their gradients: to all, or to none if an addition fails. */
    private void accumulate() {
        List<@Nullable Variable> before = new ArrayList<>(leaves.size());
        try {
            for (Variable leaf : leaves) {
                before.add(leaf.accumulate(Gathered.sum(leaf)));
            }
        } catch (Throwable failure) {
            for (int i = 0; i < before.size(); i++) {
                leaves.get(i).restoreGrad(before.get(i));
            }
            throw failure;
        }
    }

    private void visit(Variable node, Variable dY, Gradients gradients) {
        // Asking an empty map would still make the machine hand out a hash for every node, at the price of a small
        // node's rule.
        if (!targets.isEmpty() && targets.containsKey(node)) {
            Pool.keep(dY.value());
            targets.put(node, dY);
            if (bounded) {
                return;
            }
        }
        if (watcher != null) {
            watcher.completed(node, dY);
        }
        BackwardRule rule = node.ruleOrNull();
        if (rule == null) {
            if (node.isFreed()) {
                throw freed();
            }
            if (needed == null) {
                Gathered.replace(node, dY);
            }
            return;
        }
        Variable[] inputs = node.inputs();
        if (!gradients.begin(inputs)) {
            return;
        }
        Versions.check(node, gradients);
        run(rule, dY, gradients);
        for (int i = 0; i < inputs.length; i++) {
            Variable gradient = gradients.take(i);
            if (gradient != null) {
                if (watching) {
                    Anomaly.checkGradient(node, rule, i, gradient, dY);
                }
                Variable sum = gather(inputs[i], gradient);
                if (watcher != null) {
                    watcher.handed(node, i, gradient, sum);
                }
            }
        }
        if (pool != null && !node.hasHooks()) {
            pool.release(dY.value());
        }
        if (!retainGraph) {
            node.free();
        }
    }

    private void run(BackwardRule rule, Variable dY, Gradients gradients) {
        if (pool != null) {
            pool.section(
                    () -> {
                        rule.backward(dY, gradients);
                        return gradients;
                    },
                    Gradients::tensors);
        } else if (watching) {
            // What the rule computes on the way is judged by what comes out of it.
            Grad.in(new Grad.Mode(createGraph, false), () -> {
                rule.backward(dY, gradients);
                return true;
            });
        } else {
            rule.backward(dY, gradients);
        }
    }

    /** Adds to what was gathered for an input, and returns the sum. */
    private Variable gather(Variable input, Variable gradient) {
        Variable before = gathered(input);
        Variable sum = gradient;
        if (before == null) {
            open.add(input);
        } else if (pool == null) {
            sum = ElementwiseOps.add(before, gradient);
        } else {
            sum = pool.section(() -> ElementwiseOps.add(before, gradient), made -> List.of(made.value()));
            pool.release(before.value());
            pool.release(gradient.value());
        }
        if (pool != null && input.isLeaf()) {
            // It waits until the last, as leaves are the oldest, and is not the pool's then.
            Pool.keep(sum.value());
        }
        if (isShared(input)) {
            targets.put(input, sum);
        } else {
            Gathered.replace(input, sum);
        }
        return sum;
    }

    /** Leaves that are asked for may be asked for by other threads as well, so that what is gathered for them stays in the pass. */
    private boolean isShared(Variable node) {
        return needed != null && node.isLeaf();
    }

    private @Nullable Variable gathered(Variable node) {
        if (isShared(node)) {
            return targets.get(node);
        }
        Gathered before = Gathered.begin(node, this);
        if (before != null && before.isOf(this)) {
            return before.sum();
        }
        if (before != null) {
            aside.add(new Aside(node, before));
        }
        if (node.isLeaf()) {
            leaves.add(node);
        }
        return null;
    }

    private Variable take(Variable node) {
        Variable gathered = isShared(node) ? Objects.requireNonNull(targets.get(node)) : Gathered.sum(node);
        if (!node.isLeaf()) {
            Gathered.end(node, null);
        }
        return gathered;
    }

    private static GradException freed() {
        return new GradException(
                "backward: the graph was freed by an earlier backward pass; compute the value again, or keep"
                        + " the graph with Backward.fromScalar(y).retainGraph()");
    }
}
