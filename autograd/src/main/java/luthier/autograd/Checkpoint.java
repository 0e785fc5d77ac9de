package luthier.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Trades time for memory: a part of a computation keeps its inputs alone and is computed again when its gradient is asked for. The
 * second computation gives the same bits as the first, so gradients are those without a checkpoint, bit for bit. Chen et al. 2016,
 * arXiv:1604.06174.
 *
 * <p>The part may use parameters that are not among its arguments: they are found on the tape of the first computation. It must depend
 * on nothing that changes in between; randomness comes from a counter-based generator and does not.
 *
 * {@snippet :
 * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2}, 2));
 * Variable y = Checkpoint.of(in -> ElementaryOps.exp(ElementwiseOps.square(in.get(0))), x);
 * y.sum().backward();
 * x.grad().orElseThrow(); // F32[2][5.4365635, 218.39261]
 * }
 */
public final class Checkpoint {
    private Checkpoint() {}

    /** Returns f(inputs); of its graph only the inputs and the parameters it uses are kept. */
    public static Variable of(Function<List<Variable>, Variable> f, Variable... inputs) {
        if (!Grad.isEnabled()) {
            return f.apply(List.of(inputs));
        }
        // Cut off from the inputs' history, so that the walk below ends at them.
        Variable[] cut = new Variable[inputs.length];
        Arrays.setAll(cut, i -> Recompute.cut(inputs[i]));
        Variable y = f.apply(List.of(cut));
        List<Variable> operands = new ArrayList<>(List.of(inputs));
        operands.addAll(leaves(y, cut));
        return Variable.record(
                y.value(),
                new Recompute(f, inputs, operands.toArray(Variable[]::new)),
                operands.toArray(Variable[]::new));
    }

    /** Returns the leaves with a gradient that y depends on, without the given ones, in the order of their creation. */
    private static List<Variable> leaves(Variable y, Variable[] without) {
        Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(seen, without);
        List<Variable> result = new ArrayList<>();
        ArrayDeque<Variable> stack = new ArrayDeque<>();
        if (y.requiresGrad() && seen.add(y)) {
            stack.push(y);
        }
        while (!stack.isEmpty()) {
            Variable node = stack.pop();
            if (node.isLeaf()) {
                result.add(node);
            }
            for (Variable input : node.inputs()) {
                if (input.requiresGrad() && seen.add(input)) {
                    stack.push(input);
                }
            }
        }
        result.sort((a, b) -> Long.compare(a.sequence(), b.sequence()));
        return result;
    }

    private record Recompute(Function<List<Variable>, Variable> f, Variable[] inputs, Variable[] operands)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (Grad.isEnabled()) {
                // The pass is recorded: the second computation grows out of the inputs themselves.
                Variable y = f.apply(List.of(inputs));
                hand(Backward.from(y, dY).createGraph().gradients(operands), gradients);
                return;
            }
            Variable[] targets = operands.clone();
            for (int i = 0; i < inputs.length; i++) {
                targets[i] = cut(inputs[i]);
            }
            List<Variable> in = List.of(Arrays.copyOf(targets, inputs.length));
            Variable y = Grad.enabled(() -> f.apply(in));
            hand(Backward.from(y, dY).gradients(targets), gradients);
        }

        private static void hand(List<Variable> found, Gradients gradients) {
            for (int i = 0; i < found.size(); i++) {
                if (gradients.wants(i)) {
                    gradients.set(i, found.get(i));
                }
            }
        }

        static Variable cut(Variable x) {
            return x.requiresGrad() ? Variable.parameter(x.value()) : x;
        }

        @Override
        public String operation() {
            return "Checkpoint";
        }
    }
}
