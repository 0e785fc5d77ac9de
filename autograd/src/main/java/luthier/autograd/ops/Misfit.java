package luthier.autograd.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
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
 * <p>Operations catch and {@code throw Misfit.of(e).with("x", x)..by(fit)}: a handler costs nothing until something is thrown, where a check in front
 * would be paid by every call. {@link #explained} is the door of operations with one operand and of those whose operands broadcast, {@link
 * #composed} that of operations made of others: the outermost names itself and its own arguments.
 */
final class Misfit {
    private static final int REPORTED_OPERANDS = 8;

    /** Where the rule of the values names an axis of the operand, {@code axis 1 of [2, 3]}. */
    private static final Pattern NAMED_AXIS = Pattern.compile("axis (-?\\d+) of (\\[[^]]*])");

    private final IllegalArgumentException error;
    private final List<Operand> operands = new ArrayList<>();
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
    record Operand(
            String name, DType dtype, Shape shape, Optional<DType> expected, boolean converts, List<String> origin) {}

    private Misfit(IllegalArgumentException error) {
        this.error = error;
    }

    // ---- doors
    // ----------------------------------------------------------------------------------------------------------

    /** Computes a value of the one operand x, whose every shape fits. */
    static <R> R explained(Variable x, Function<Tensor, R> operation) {
        return explained("x", x, Fit.ANY, operation);
    }

    /** Computes a value of one operand. */
    static <R> R explained(String name, Variable x, Fit fit, Function<Tensor, R> operation) {
        try {
            return operation.apply(x.value());
        } catch (ShapeException | DTypeException e) {
            throw of(e).with(name, x).converted(name, x, operation).by(fit);
        }
    }

    /** Computes a value along axes of x. */
    static <R> R explained(Variable x, int[] axes, Function<Tensor, R> operation) {
        try {
            return operation.apply(x.value());
        } catch (ShapeException | DTypeException e) {
            throw of(e).with("x", x)
                    .axes(x.rank(), axes)
                    .converted("x", x, operation)
                    .by(Fit.ANY);
        }
    }

    /** Computes a value of one operand, in the name of the operation, where the values know it by another one. */
    static <R> R explained(String name, String operand, Variable x, Fit fit, Function<Tensor, R> operation) {
        try {
            return operation.apply(x.value());
        } catch (ShapeException | DTypeException e) {
            throw of(e).named(name)
                    .with(operand, x)
                    .converted(operand, x, operation)
                    .by(fit);
        }
    }

    /** Computes a value of two operands that broadcast. */
    static Tensor explained(Variable a, Variable b, BinaryOperator<Tensor> operation) {
        try {
            return operation.apply(a.value(), b.value());
        } catch (ShapeException | DTypeException e) {
            throw of(e).with("a", a).with("b", b).by(Fit.BROADCAST);
        }
    }

    /** Runs an operation that is made of others. */
    static <R> R composed(String operation, UnaryOperator<Misfit> operands, Fit fit, Supplier<R> body) {
        try {
            return body.get();
        } catch (ShapeException | DTypeException e) {
            throw operands.apply(of(e)).named(operation).by(fit);
        }
    }

    // ---- what is reported
    // ---------------------------------------------------------------------------------------------------

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
        operands.add(new Operand(name, x.dtype(), x.shape(), Optional.empty(), !x.requiresGrad(), origin));
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
        operands.add(new Operand(name, t.dtype(), t.shape(), Optional.of(expected), true, new ArrayList<>()));
        return this;
    }

    /** Adds a tensor if there is one. */
    Misfit with(String name, Optional<Tensor> t, DType expected) {
        t.ifPresent(given -> with(name, given, expected));
        return this;
    }

    /** Adds the bounds of the indices along an axis of the first operand; tries indices that count from 1. */
    Misfit indices(String name, Tensor index, int axis) {
        Shape of = operands.getFirst().shape();
        if (index.dtype() != DType.I64 || index.elementCount() == 0 || axis >= of.rank() || axis < -of.rank()) {
            return this;
        }
        long[] values = index.toLongArray();
        long least = Arrays.stream(values).min().orElse(0);
        long most = Arrays.stream(values).max().orElse(0);
        long size = of.size(axis);
        operands.stream()
                .filter(operand -> operand.name().equals(name))
                .forEach(operand -> operand.origin().add("values " + least + " to " + most));
        if (least < 0 || most >= size) {
            overrun = OptionalInt.of(axis);
        }
        if (least >= 1 && most == size) {
            repair = Optional.of(
                    "Elementwise.sub(" + name + ", 1): counted from 0 they lie in [" + (least - 1) + ", " + size + ")");
        }
        return this;
    }

    /** The same for the targets of classes; tries to ignore the one negative number among them. */
    Misfit targets(Tensor target, int axis) {
        indices("target", target, axis);
        if (overrun.isPresent() && repair.isEmpty()) {
            long[] values = target.toLongArray();
            long least = Arrays.stream(values).min().orElse(0);
            long size = operands.getFirst().shape().size(axis);
            if (least < 0 && Arrays.stream(values).allMatch(t -> t == least || t >= 0 && t < size)) {
                repair = Optional.of("the option ignoring(" + least + "): all other targets lie in [0, " + size + ")");
            }
        }
        return this;
    }

    /** Tries axes that count from 1. */
    Misfit axes(int rank, int... axes) {
        boolean fromOne = Arrays.stream(axes).allMatch(axis -> axis >= 1 && axis <= rank);
        if (fromOne && Arrays.stream(axes).anyMatch(axis -> axis == rank)) {
            String text =
                    Arrays.toString(Arrays.stream(axes).map(axis -> axis - 1).toArray());
            repair = Optional.of((axes.length == 1 ? "axis " : "axes ") + text.substring(1, text.length() - 1)
                    + ": counted from 0 " + (axes.length == 1 ? "it lies" : "they lie") + " inside the shape");
        }
        return this;
    }

    /** Tries to leave one of the sizes of a reshape open. */
    Misfit sizes(String name, long elements, long... sizes) {
        for (int i = 0; i < sizes.length && repair.isEmpty(); i++) {
            long[] open = sizes.clone();
            open[i] = 1;
            long others = Arrays.stream(open).reduce(1, (a, b) -> Math.min(a * b, elements + 1));
            if (LongStream.of(open).allMatch(size -> size > 0 && size <= elements) && elements % others == 0) {
                open[i] = -1;
                String call = name + ".reshape"
                        + Arrays.toString(open).replace('[', '(').replace(']', ')');
                open[i] = elements / others;
                repair = Optional.of(call + ": " + Arrays.toString(open) + " fits");
            }
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

    /** Returns an exception of the same type and origin that says all this below the first line. */
    IllegalArgumentException by(Fit fit) {
        String rule = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        String first = operation
                .map(name -> name + rule.substring(Math.max(0, rule.indexOf(':'))))
                .orElse(rule);
        boolean types = error instanceof DTypeException;
        Marks marks = (types ? Fit.ANY : fit)
                .marked(operands.stream().map(Operand::shape).toList());
        boolean fits = marks.isEmpty();
        if (fits && !types) {
            overrun.ifPresentOrElse(axis -> marks.axis(0, axis), () -> markNamed(first, marks));
        }
        StringBuilder text = new StringBuilder(first);
        for (int i = 0; i < Math.min(REPORTED_OPERANDS, operands.size()); i++) {
            Operand operand = operands.get(i);
            String type = types && isStrange(operand)
                    ? ">" + operand.dtype() + "<"
                    : operand.dtype().toString();
            text.append("\n  ")
                    .append(operand.name())
                    .append(' ')
                    .append(marks.text(i))
                    .append(' ')
                    .append(type);
            operand.origin().forEach(part -> text.append(", ").append(part));
        }
        if (operands.size() > REPORTED_OPERANDS) {
            text.append("\n  and ").append(operands.size() - REPORTED_OPERANDS).append(" more");
        }
        Optional<String> tried = types
                ? conversion().or(() -> conversion)
                : fits
                        ? repair
                        : Repairs.find(first.replaceFirst(":.*", ""), operands, fit)
                                .or(() -> repair);
        tried.ifPresent(found -> text.append("\n  try ").append(found));
        IllegalArgumentException explained =
                types ? new DTypeException(text.toString()) : new ShapeException(text.toString());
        explained.setStackTrace(error.getStackTrace());
        return explained;
    }

    private void markNamed(String rule, Marks marks) {
        Matcher named = NAMED_AXIS.matcher(rule);
        if (!operands.isEmpty() && named.find()) {
            int axis = Integer.parseInt(named.group(1));
            Shape shape = operands.getFirst().shape();
            if (named.group(2).equals(shape.toString()) && axis < shape.rank() && axis >= -shape.rank()) {
                marks.axis(0, axis);
            }
        }
    }

    // ---- types
    // ----------------------------------------------------------------------------------------------------------

    /** A variable of another type than the first variable, or a tensor of another one than it must have; without any, what carries no gradient. */
    private boolean isStrange(Operand operand) {
        return operands.stream().anyMatch(this::isOdd)
                ? isOdd(operand)
                : !operand.dtype().isFloating() && operand.expected().isEmpty();
    }

    private boolean isOdd(Operand operand) {
        return operand.dtype() != operand.expected().orElseGet(() -> common(operand));
    }

    /** The type the variables should have: that of the first whose gradient binds it, or that can have one, or of the first at all. */
    private DType common(Operand operand) {
        List<Operand> variables =
                operands.stream().filter(other -> other.expected().isEmpty()).toList();
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
        List<Operand> strange = operands.stream().filter(this::isOdd).toList();
        if (strange.size() != 1 || !strange.getFirst().converts()) {
            return Optional.empty();
        }
        Operand operand = strange.getFirst();
        if (operands.stream()
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
                        ? operand.name() + to
                        : "Variable.constant(" + operand.name() + ".value()" + to + ")");
    }
}
