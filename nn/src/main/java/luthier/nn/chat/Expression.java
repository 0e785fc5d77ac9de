package luthier.nn.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a template that has a value. */
sealed interface Expression {
    record Literal(Value value) implements Expression {}

    record Name(String name, int line) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record TupleOf(List<Expression> items) implements Expression {}

    record MapOf(List<Expression> keys, List<Expression> values) implements Expression {}

    /** {@code target.name}: an attribute, else an entry. */
    record Attribute(Expression target, String name, int line) implements Expression {}

    /** {@code target[index]}: an entry, else an attribute. */
    record Element(Expression target, Expression index, int line) implements Expression {}

    /** {@code start:stop:step} in brackets. */
    record Slice(
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Expression {}

    record Call(Expression target, Given given, int line) implements Expression {}

    /** {@code target|name(given)}; without a target: of the body of a block. */
    record Filtered(@Nullable Expression target, String name, Given given, int line) implements Expression {}

    /** {@code target is name(given)}. */
    record Tested(Expression target, String name, Given given, int line) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record Sign(boolean negative, Expression operand, int line) implements Expression {}

    record Arithmetic(String operator, Expression left, Expression right, int line) implements Expression {}

    /** {@code a ~ b ~ c}. */
    record Joined(List<Expression> parts) implements Expression {}

    /** {@code a < b <= c}: every operator holds. */
    record Compared(Expression first, List<String> operators, List<Expression> others, int line)
            implements Expression {}

    /** {@code left and right}, {@code left or right}: one of the operands. */
    record Either(boolean and, Expression left, Expression right) implements Expression {}

    /** {@code then if test else otherwise}. */
    record Conditional(
            Expression test, Expression then, @Nullable Expression otherwise) implements Expression {}

    /** The arguments of a call: {@code (a, b, name=c, *list, **map)}. */
    record Given(
            List<Expression> positional,
            List<String> names,
            List<Expression> named,
            @Nullable Expression list,
            @Nullable Expression map) {
        static final Given NONE = new Given(List.of(), List.of(), List.of(), null, null);

        boolean isEmpty() {
            return positional.isEmpty() && names.isEmpty() && list == null && map == null;
        }
    }
}
