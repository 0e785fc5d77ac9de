package luthier.nn.chat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A part of a template that does something. */
sealed interface Statement {
    /** Text of the template itself. */
    record Data(String text) implements Statement {}

    /** {@code {{ value }}}. */
    record Print(Expression value, int line) implements Statement {}

    /** The first branch whose test holds; {@code otherwise} may be empty. */
    record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

    record Branch(Expression test, List<Statement> body) {}

    record For(
            Target target,
            Expression over,
            @Nullable Expression test,
            List<Statement> body,
            List<Statement> otherwise,
            boolean recursive,
            int line)
            implements Statement {}

    record Set(Target target, Expression value, int line) implements Statement {}

    record SetBlock(Target target, Optional<Expression.Filtered> filter, List<Statement> body, int line)
            implements Statement {}

    /** A macro; {@code uses}: which of caller, varargs and kwargs its body names. */
    record Define(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            java.util.Set<String> uses,
            List<Statement> body,
            int line)
            implements Statement {
        /** The value that a parameter has if none is given; the last ones have one. */
        Optional<Expression> otherwise(int parameter) {
            int index = parameter - (parameters.size() - defaults.size());
            return index < 0 ? Optional.empty() : Optional.of(defaults.get(index));
        }
    }

    /** {@code {% call(x) macro(y) %}body{% endcall %}}. */
    record CallBlock(Define caller, Expression.Call call, int line) implements Statement {}

    record FilterBlock(Expression.Filtered filter, List<Statement> body, int line) implements Statement {}

    record With(List<Target> targets, List<Expression> values, List<Statement> body, int line) implements Statement {}

    /** What the assistant says. */
    record Generation(List<Statement> body, int line) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}

    /** A tag of Jinja that is refused by name when it is met. */
    record Unsupported(String tag, int line) implements Statement {}

    /** Where a value goes. */
    sealed interface Target {}

    record NameTarget(String name) implements Target {}

    record NamespaceTarget(String name, String field) implements Target {}

    record TupleTarget(List<Target> targets) implements Target {}
}
