package luthier.autograd.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Marks;
import luthier.tensor.Operand;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/**
 * What a differentiable operation adds to an error of the values underneath: each operand by its argument's name, its shape with the axes marked that
 * break the rule, its name or a parameter's path, the operation and, inside {@link luthier.autograd.Anomaly#detect}, the line that made it; and a
 * repair, if one of those that were tried fits.
 *
 * <pre>
 * linear: x must be [.., in] and weight [out, in]; got x [32, 384] and weight [384, 512]; transpose the weight
 *   x [32, >384<] F32, from Relu, made at Lesson.java:12
 *   weight [384, >512<] F32, encoder.layer.0.output.dense.weight
 *   try weight.transpose(0, 1): [512, 384] fits
 * </pre>
 *
 * <p>Operations catch and {@code throw Misfit.of(e).with("x", x)..by(rule)}: a handler costs nothing until something is thrown, where a check in front
 * would be paid by every call. {@link #explained} is the door of operations with one operand and of those whose operands broadcast, {@link
 * #composed} that of operations made of others: the outermost names itself and its own arguments.
 */
final class Misfit {
    private final IllegalArgumentException error;
    private final List<Argument> arguments = new ArrayList<>();
    private Optional<String> repair = Optional.empty();
    /** The conversion of the only operand with which the operation ran. */
    private Optional<String> conversion = Optional.empty();

    private Optional<String> operation = Optional.empty();
    /** The axis of the first operand whose size an index exceeds. */
    private OptionalInt overrun = OptionalInt.empty();

    /**
     * One operand.
     *
     * @param expected the type a tensor beside the tape must have; empty for variables
     * @param converts whether its type may be changed without losing a gradient
     */
    private record Argument(Operand operand, DType dtype, Optional<DType> expected, boolean converts) {}

    private Misfit(IllegalArgumentException error) {
        this.error = error;
    }

    // ---- doors

    /** Computes a value of the one operand x, whose every shape fits. */
    static <R> R explained(Variable x, Function<Tensor, R> operation) {
        return explained("x", x, operation);
    }

    /** Computes a value of one operand. */
    static <R> R explained(String name, Variable x, Function<Tensor, R> operation) {
        try {
            return operation.apply(x.value());
        } catch (ShapeException | DTypeException e) {
            throw of(e).with(name, x).converted(name, x, operation).by();
        }
    }

    /** Computes a value of one operand, in the name of the operation, where the values know it by another one. */
    static <R> R explained(String name, String operand, Variable x, Function<Tensor, R> operation) {
        try {
            return operation.apply(x.value());
        } catch (ShapeException | DTypeException e) {
            throw of(e).named(name)
                    .with(operand, x)
                    .converted(operand, x, operation)
                    .by();
        }
    }

    /** Computes a value of two operands that broadcast. */
    static Tensor explained(Variable a, Variable b, BinaryOperator<Tensor> operation) {
        try {
            return operation.apply(a.value(), b.value());
        } catch (ShapeException | DTypeException e) {
            throw of(e).with("a", a).with("b", b).by();
        }
    }

    /** Runs an operation that is made of others. */
    static <R> R composed(String operation, UnaryOperator<Misfit> operands, ShapeRule rule, Supplier<R> body) {
        try {
            return body.get();
        } catch (ShapeException | DTypeException e) {
            throw operands.apply(of(e)).named(operation).by(rule);
        }
    }

    // ---- what is reported

    /** Begins the report of a {@link ShapeException} or {@link DTypeException}. */
    static Misfit of(IllegalArgumentException error) {
        return new Misfit(error);
    }

    /** Puts an operation's name in the place of that of the operation inside that found the error. */
    Misfit named(String name) {
        operation = Optional.of(name);
        return this;
    }

    /** Adds a variable. */
    Misfit with(String name, Variable x) {
        List<String> origin = new ArrayList<>();
        x.name().ifPresent(origin::add);
        x.rule().ifPresent(rule -> origin.add("from " + x.operation()));
        x.place().ifPresent(place -> origin.add("made at " + place));
        Operand operand = new Operand(name, x.shape(), Optional.of(x.dtype()), false, origin);
        arguments.add(new Argument(operand, x.dtype(), Optional.empty(), !x.requiresGrad()));
        return this;
    }

    /** Adds the variables of a list, {@code parts[0], parts[1] ..}. */
    Misfit with(String name, List<Variable> parts) {
        for (int i = 0; i < parts.size(); i++) {
            with(name + "[" + i + "]", parts.get(i));
        }
        return this;
    }

    /** Adds a tensor beside the tape, such as a mask or indices, and the type it must have. */
    Misfit with(String name, Tensor t, DType expected) {
        arguments.add(new Argument(Operand.of(name, t), t.dtype(), Optional.of(expected), true));
        return this;
    }

    /** Adds a tensor if there is one. */
    Misfit with(String name, Optional<Tensor> t, DType expected) {
        t.ifPresent(given -> with(name, given, expected));
        return this;
    }

    /** Marks the classes of the first operand that a target exceeds; tries to ignore the one negative number among the targets. */
    Misfit targets(Tensor target, int axis) {
        Shape logits = arguments.getFirst().operand().shape();
        if (target.dtype() != DType.I64 || axis >= logits.rank() || axis < -logits.rank()) {
            return this;
        }
        long[] values = target.toLongArray();
        long least = Arrays.stream(values).min().orElse(0);
        long size = logits.size(axis);
        if (Arrays.stream(values).anyMatch(t -> t < 0 || t >= size)) {
            overrun = OptionalInt.of(axis);
            repair = Operand.fromOne("target", target, size);
        }
        if (least < 0 && Arrays.stream(values).allMatch(t -> t == least || t >= 0 && t < size)) {
            repair = Optional.of("the option ignoring(" + least + "): all other targets lie in [0, " + size + ")");
        }
        return this;
    }

    /** Tries the only operand as F32. */
    private <R> Misfit converted(String name, Variable x, Function<Tensor, R> body) {
        if (error instanceof DTypeException && !x.dtype().isFloating()) {
            try {
                conversion = Optional.of(body.apply(x.value().to(DType.F32)))
                        .map(result -> "Variable.constant(" + name + ".value().to(DType.F32))");
            } catch (IllegalArgumentException | ArithmeticException e) {
                // The type is not all that is wrong, and no repair is named.
                conversion = Optional.empty();
            }
        }
        return this;
    }

    /** Returns an exception of the same type and origin that says all this below the first line, by the rule that was broken. */
    IllegalArgumentException by() {
        return by(error instanceof ShapeException e && e.operandCount() == arguments.size() ? e.rule() : ShapeRule.ANY);
    }

    /** The same of an operation that is made of others, whose operands have a rule of their own. */
    IllegalArgumentException by(ShapeRule rule) {
        String line = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        String first = operation
                .map(name -> name + line.substring(Math.max(0, line.indexOf(':'))))
                .orElse(line);
        List<Operand> reported = arguments.stream().map(Argument::operand).toList();
        IllegalArgumentException explained = error instanceof DTypeException
                ? new DTypeException(first + typeReport(reported))
                : new ShapeException(first, orOverrun(rule, reported), reported, repair.or(() -> own(first, line)));
        explained.setStackTrace(error.getStackTrace());
        return explained;
    }

    /** Returns the repair of the operation itself: one inside has other operands. */
    private Optional<String> own(String first, String line) {
        return first.equals(line) && error instanceof ShapeException e ? e.repair() : Optional.empty();
    }

    /** Returns a rule that the first operand's axis breaks whose size an index exceeds, where the shapes fit. */
    private ShapeRule orOverrun(ShapeRule rule, List<Operand> operands) {
        boolean fits =
                rule.marked(operands.stream().map(Operand::shape).toList()).isEmpty();
        return fits && overrun.isPresent() ? ShapeRule.overrun(overrun.getAsInt()) : rule;
    }

    // ---- types

    private String typeReport(List<Operand> operands) {
        Set<Operand> strange = arguments.stream()
                .filter(this::isStrange)
                .map(Argument::operand)
                .collect(Collectors.toSet());
        Marks none = ShapeRule.ANY.marked(operands.stream().map(Operand::shape).toList());
        return Operand.lines(operands, none, strange::contains)
                + conversion()
                        .or(() -> conversion)
                        .map(found -> "\n  try " + found)
                        .orElse("");
    }

    /** A variable of another type than the first variable, or a tensor of another one than it must have; without any, what carries no gradient. */
    private boolean isStrange(Argument operand) {
        return arguments.stream().anyMatch(this::isOdd)
                ? isOdd(operand)
                : !operand.dtype().isFloating() && operand.expected().isEmpty();
    }

    private boolean isOdd(Argument operand) {
        return operand.dtype() != operand.expected().orElseGet(() -> common(operand));
    }

    /** The type the variables should have: that of the first whose gradient binds it, or that can have one, or of the first at all. */
    private DType common(Argument operand) {
        List<Argument> variables =
                arguments.stream().filter(other -> other.expected().isEmpty()).toList();
        return variables.stream()
                .filter(other -> !other.converts())
                .findFirst()
                .or(() -> variables.stream()
                        .filter(other -> other.dtype().isFloating())
                        .findFirst())
                .orElse(variables.isEmpty() ? operand : variables.getFirst())
                .dtype();
    }

    private Optional<String> conversion() {
        List<Argument> strange = arguments.stream().filter(this::isOdd).toList();
        if (strange.size() != 1 || !strange.getFirst().converts()) {
            return Optional.empty();
        }
        Argument operand = strange.getFirst();
        if (arguments.stream()
                .anyMatch(other -> !other.equals(operand)
                        && other.expected().isEmpty()
                        && !other.dtype().isFloating())) {
            // The conversion would give it a type with which no operation is known to compute.
            return Optional.empty();
        }
        DType wanted = operand.expected().orElseGet(() -> common(operand));
        String to = ".to(DType." + wanted + ")";
        return Optional.of(
                operand.expected().isPresent()
                        ? operand.operand().name() + to
                        : "Variable.constant(" + operand.operand().name() + ".value()" + to + ")");
    }
}
