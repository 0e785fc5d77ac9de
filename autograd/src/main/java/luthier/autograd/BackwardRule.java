package luthier.autograd;

/**
 * The derivative of one operation: from the gradient of its output to the gradients of its inputs.
 *
 * <p>A rule is a record whose components are exactly what backward needs; its name is the operation's name. Rules are written
 * on {@link Variable}s, so that a backward pass which keeps its history can be differentiated again. Where only numbers are
 * asked for ({@link Grad#isEnabled()} is false) a rule may take a fused kernel instead.
 *
 * <p>User-defined operations are made the same way: compute the value, then call
 * {@link Variable#record Variable.record(value, rule, inputs)}.
 */
@FunctionalInterface
public interface BackwardRule {
    /**
     * Hands the gradients of the wanted inputs to {@code gradients}.
     *
     * @param dY the gradient of the output, of the output's shape and type
     * @param gradients where gradients go; inputs are numbered in the order they were recorded
     */
    void backward(Variable dY, Gradients gradients);

    /** Returns the operation's name, as printed in graphs and errors. */
    default String operation() {
        return getClass().getSimpleName();
    }
}
