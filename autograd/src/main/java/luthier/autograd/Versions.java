package luthier.autograd;

import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How often the storages of an operation's operands and of its result had been written in place when it was recorded, so that a
 * backward pass notices a write in between. Views share the count of their storage: a write through one counts for all, also where it
 * meets other elements.
 */
final class Versions {
    private Versions() {}

    /** Returns the counts of the operands in their order, then of the result; null if all are 0, as most are. */
    static int @Nullable [] of(Tensor result, Variable[] inputs) {
        int any = result.version();
        for (Variable input : inputs) {
            any |= input.value().version();
        }
        if (any == 0) {
            return null;
        }
        int[] noted = new int[inputs.length + 1];
        for (int i = 0; i < inputs.length; i++) {
            noted[i] = inputs[i].value().version();
        }
        noted[inputs.length] = result.version();
        return noted;
    }

    /**
     * Checks what a node's rule is about to read.
     *
     * @throws GradException if an operand or the result that the rule reads was written in place since the node was recorded
     */
    static void check(Variable node, Gradients gradients) {
        int[] noted = node.versions();
        Variable[] inputs = node.inputs();
        for (int i = 0; i < inputs.length; i++) {
            int then = noted == null ? 0 : noted[i];
            if (inputs[i].value().version() != then) {
                judge(node, i, inputs[i], then, gradients);
            }
        }
        int then = noted == null ? 0 : noted[inputs.length];
        if (node.value().version() != then) {
            judge(node, BackwardRule.RESULT, node, then, gradients);
        }
    }

    private static void judge(Variable node, int operand, Variable written, int then, Gradients gradients) {
        BackwardRule rule = node.ruleOrNull();
        if (rule == null || !rule.reads(operand, gradients)) {
            return;
        }
        throw new GradException(rule.operation()
                + node.place().map(place -> " at " + place).orElse("")
                + ": a value that the gradient is made from must not be written in place between forward and backward; got "
                + (operand == BackwardRule.RESULT ? "the result" : "operand " + operand) + ", " + written.describe()
                + ", in version " + written.value().version() + ", recorded in version " + then
                + "; write into a copy() of it, or write after the backward pass");
    }
}
