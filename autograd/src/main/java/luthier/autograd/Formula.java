package luthier.autograd;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An operation on paper: what it computes and, for each operand, what its rule does with dY. A text has places for what is known
 * only when the operation is shown:
 *
 * <ul>
 *   <li>{@code {0}, {1}, ..} the operands, {@code {y}} the result, {@code {dY}} its gradient: names, or numbers where they are few
 *   <li>{@code {n0}, {ny}, {ndY}} their names alone, {@code {s0}} the shape of an operand; {@code {i}, {ni}, {si}} the operand
 *       whose gradient it is
 *   <li>{@code {+2}, {+n2}} a plus sign and the operand, if there are that many
 *   <li>{@code {n}} how many elements of the first operand make one of the result
 *   <li>any other {@code {word}} the number given by {@link #with}
 * </ul>
 *
 * {@snippet :
 * Formula power = Formula.of("{0}^{p}", "{p} * {0}^({p} - 1) * {dY}").with("p", 3);
 * power.numbers(); // {p=3}
 * }
 *
 * @param forward what is computed; empty if nobody says
 * @param backward the gradient of each operand; the last stands for all that follow
 * @param ownAxes the last axes of the operands that are not broadcast; {@link #of} has nothing but such
 * @param numbers the numbers and truth values that belong to the operation, in the order in which they are shown behind its operands
 */
public record Formula(String forward, List<String> backward, int ownAxes, Map<String, Object> numbers) {
    private static final int ALL = Integer.MAX_VALUE;

    /** Copies what is given. */
    public Formula {
        backward = List.copyOf(backward);
        numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    }

    /** Returns the formula of an operation whose operands do not broadcast. */
    public static Formula of(String forward, String... backward) {
        return new Formula(forward, List.of(backward), ALL, Map.of());
    }

    /** Returns the formula of an operation whose operands broadcast: gradients are summed back to the operand's shape. */
    public static Formula broadcast(String forward, String... backward) {
        return new Formula(forward, List.of(backward), 0, Map.of());
    }

    /** Returns the formula of an operation on matrices, whose leading axes broadcast. */
    public static Formula batched(String forward, String... backward) {
        return new Formula(forward, List.of(backward), 2, Map.of());
    }

    /** Returns the formula of a rule that does not say: a product with its Jacobian. */
    public static Formula unknown() {
        return of("", "J^T {ndY}, J = d{ny}/d{ni}");
    }

    /** Returns this formula with a number or a truth value that belongs to the operation, {@code axis=1}. */
    public Formula with(String name, Object number) {
        Map<String, Object> more = new LinkedHashMap<>(numbers);
        more.put(name, number);
        return new Formula(forward, backward, ownAxes, more);
    }
}
