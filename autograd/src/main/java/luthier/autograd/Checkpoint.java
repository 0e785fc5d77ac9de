package luthier.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Trades time for memory: a part of a computation keeps its inputs alone and is computed again when its gradient is asked for. The
 * second computation gives the same bits as the first. Chen et al. 2016, arXiv:1604.06174.
 *
 * <p>The part may use variables that are not among its arguments, parameters and results alike: whatever is older than the part and
 * wants a gradient is found on the tape of the first computation, and gets it. It must depend on nothing that changes in between;
 * randomness comes from a counter-based generator and does not. Gradients are those without a checkpoint, bit for bit, but for what is used
 * several times both inside and outside: its parts are added up inside first, so that it agrees to rounding.
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

    /** Returns f(inputs); of its graph only the inputs and what else it uses from outside are kept. */
    public static Variable of(Function<List<Variable>, Variable> f, Variable... inputs) {
        if (!Grad.isEnabled()) {
            return f.apply(List.of(inputs));
        }
        // Cut off from the inputs' history, so that the walk below ends at them.
        Part part = Part.run(f, cut(inputs));
        if (!part.y().requiresGrad()) {
            return part.y();
        }
        List<Variable> operands = new ArrayList<>(List.of(inputs));
        operands.addAll(part.captured());
        return Variable.record(
                part.y().value(), new Recompute(f, inputs, part.captured()), operands.toArray(Variable[]::new));
    }

    private static Variable[] cut(Variable[] inputs) {
        return Arrays.stream(inputs)
                .map(x -> x.requiresGrad() ? Variable.parameter(x.value()) : x)
                .toArray(Variable[]::new);
    }

    /** One computation of the part: its result, and what it uses that is not among its arguments and wants a gradient. */
    private record Part(Variable y, List<Variable> captured, long begin) {
        static Part run(Function<List<Variable>, Variable> f, Variable[] inputs) {
            long begin = Variable.nextSequence();
            Variable y = f.apply(List.of(inputs));
            return new Part(y, captured(y, inputs, begin), begin);
        }

        /** Walks from y back to leaves and to what is older than the part; in the order of their creation. */
        private static List<Variable> captured(Variable y, Variable[] inputs, long begin) {
            Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Collections.addAll(seen, inputs);
            List<Variable> result = new ArrayList<>();
            ArrayDeque<Variable> stack = new ArrayDeque<>();
            if (y.requiresGrad() && seen.add(y)) {
                stack.push(y);
            }
            while (!stack.isEmpty()) {
                Variable node = stack.pop();
                if (node.isLeaf() || node.sequence() < begin) {
                    result.add(node);
                    continue;
                }
                for (Variable input : node.inputs()) {
                    if (input.requiresGrad() && seen.add(input)) {
                        stack.push(input);
                    }
                }
            }
            result.sort(Comparator.comparingLong(Variable::sequence));
            return result;
        }
    }

    private record Recompute(Function<List<Variable>, Variable> f, Variable[] inputs, List<Variable> captured)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            boolean recorded = Grad.isEnabled();
            // Where the pass is recorded the second computation grows out of the inputs, one place of its own for each.
            Variable[] in = recorded ? Arrays.stream(inputs).map(Same::of).toArray(Variable[]::new) : cut(inputs);
            Part part = Grad.enabled(() -> Part.run(f, in));
            for (Variable used : part.captured()) {
                if (used.sequence() < part.begin() && !captured.contains(used)) {
                    throw new GradException(
                            "Checkpoint: a part must use the same variables when it is computed again; got "
                                    + used.describe()
                                    + ", which it did not use before; pass what changes as an argument");
                }
            }
            Variable[] targets =
                    Stream.concat(Arrays.stream(in), captured.stream()).toArray(Variable[]::new);
            Backward pass = Backward.from(part.y(), dY);
            List<Variable> found = (recorded ? pass.createGraph() : pass).gradientsUpTo(targets);
            for (int i = 0; i < targets.length; i++) {
                gradients.set(i, found.get(i));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of("f({n0}), computed again in backward", "J^T {ndY}, J = d{ny}/d{ni}");
        }

        @Override
        public String operation() {
            return "Checkpoint";
        }
    }

    /** y = x; dX = dY. */
    private record Same() implements BackwardRule.ReadsNothing {
        static Variable of(Variable x) {
            return Variable.record(x.value(), new Same(), x);
        }

        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY);
        }

        @Override
        public Formula formula() {
            return Formula.of("{0}", "{dY}");
        }
    }
}
