package luthier.autograd;

/**
 * The derivative of one operation: from the gradient of its output to the gradients of its inputs.
 *
 * <p>A rule is a record whose components are exactly what backward needs; its name is the operation's name. Rules are written
 * on {@link Variable}s, so that a backward pass which keeps its history can be differentiated again. Where only numbers are
 * asked for ({@link Grad#isEnabled()} is false) a rule may take a fused kernel instead.
 *
 * <p>User-defined operations are made the same way: compute the value, then call
 * {@link Variable#record Variable.record(value, rule, inputs)}. A rule that has a {@link #formula} is explained like those of the
 * library:
 *
 * {@snippet :
 * record Cube(Variable x) implements BackwardRule {
 *     @Override
 *     public void backward(Variable dY, Gradients gradients) {
 *         gradients.set(0, dY.mul(x).mul(x).mul(3));
 *     }
 *
 *     @Override
 *     public Formula formula() {
 *         return Formula.of("{0}^3", "3 * {0}^2 * {dY}");
 *     }
 * }
 * Variable x = Variable.parameter(Tensor.scalar(2.0)).named("x");
 * Variable y = Variable.record(Tensor.scalar(8.0), new Cube(x), x);
 * y.explain().lines().toList().getLast().strip(); // dx = 3 * x^2 * dv2 = 3 * 2^2 * 1 = 12
 * }
 */
@FunctionalInterface
public interface BackwardRule {
    /** What {@link #reads} is asked about: the result in place of an operand. */
    int RESULT = -1;

    /**
     * Hands the gradients of the wanted inputs to {@code gradients}.
     *
     * @param dY the gradient of the output, of the output's shape and type
     * @param gradients where gradients go; inputs are numbered in the order they were recorded
     */
    void backward(Variable dY, Gradients gradients);

    /** Returns the operation's name, as printed in graphs and errors: that of the record, {@code Custom} for a lambda. */
    default String operation() {
        Class<?> type = getClass();
        return type.isHidden() || type.isAnonymousClass() ? "Custom" : type.getSimpleName();
    }

    /** Returns what the operation computes and what this rule does with dY, as shown in graphs and explanations. */
    default Formula formula() {
        return Formula.unknown();
    }

    /** Returns what helps where the operation is the first to make a NaN or an infinity; see {@link Anomaly#detect}. */
    default String remedy() {
        return "the operands are large: lower the learning rate, clip gradients, or scale the inputs";
    }

    /**
     * Returns whether the rule will read the value of an operand, or of the {@link #RESULT}, to compute what is asked for; asked when
     * that value was written in place since the operation was recorded, and then {@code true} is an error. Rules that do not say
     * otherwise are held to read everything.
     *
     * @param operand the number of an input, or {@link #RESULT}
     * @param gradients says which gradients are asked for
     */
    default boolean reads(int operand, Gradients gradients) {
        return true;
    }

    /** A rule that reads no value, such as that of a sum or a reshape: all may be written once the operation is done. */
    interface ReadsNothing extends BackwardRule {
        @Override
        default boolean reads(int operand, Gradients gradients) {
            return false;
        }
    }

    /** A rule that reads operands, but not the result. */
    interface ReadsOperands extends BackwardRule {
        @Override
        default boolean reads(int operand, Gradients gradients) {
            return operand != RESULT;
        }
    }

    /** A rule of a product of two operands: each is read for the gradient of the other. A third one is only added. */
    interface ReadsFactors extends BackwardRule {
        @Override
        default boolean reads(int operand, Gradients gradients) {
            return (operand == 0 || operand == 1) && gradients.wants(1 - operand);
        }
    }

    /** A rule that reads the result, and where the pass is recorded the operands instead, to compute the result again with history. */
    interface ReadsResult extends BackwardRule {
        @Override
        default boolean reads(int operand, Gradients gradients) {
            return (operand == RESULT) != Grad.isEnabled();
        }
    }
}
