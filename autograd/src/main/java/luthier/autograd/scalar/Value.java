package luthier.autograd.scalar;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One number with its history: what {@link luthier.autograd.Variable} is for tensors, in a single page. An operation computes its
 * value and records a rule; {@link #backward} asks the rules, last operation first, how the result changes with each operand.
 *
 * {@snippet :
 * Value x = Value.parameter(3);
 * Value y = x.mul(x).add(x); // add 12.0
 * y.backward();
 * x.grad(); // 7.0
 * }
 */
public final class Value {
    private final String operation;
    private final double value;
    private final BackwardRule rule;
    private final List<Value> inputs;
    /** The longest way to a leaf: an operation lies higher than its operands. */
    private final int height;

    private double grad;

    /** Adds the gradients of an operation's operands to them, given dY, the gradient of its result. */
    private interface BackwardRule {
        void backward(double dY);
    }

    private Value(String operation, double value, BackwardRule rule, Value... inputs) {
        this.operation = operation;
        this.value = value;
        this.rule = rule;
        this.inputs = List.of(inputs);
        height = 1 + this.inputs.stream().mapToInt(input -> input.height).max().orElse(0);
    }

    /** Returns a leaf: a number that no operation made. */
    public static Value parameter(double value) {
        return new Value("leaf", value, dY -> {});
    }

    /** y = a + b; dA = dY, dB = dY. */
    public Value add(Value b) {
        return new Value(
                "add",
                value + b.value,
                dY -> {
                    grad += dY;
                    b.grad += dY;
                },
                this,
                b);
    }

    /** y = a b; dA = dY b, dB = dY a. */
    public Value mul(Value b) {
        return new Value(
                "mul",
                value * b.value,
                dY -> {
                    grad += dY * b.value;
                    b.grad += dY * value;
                },
                this,
                b);
    }

    /** y = x^p for a constant p; dX = dY p x^(p-1). */
    public Value pow(double p) {
        return new Value("pow", StrictMath.pow(value, p), dY -> grad += dY * p * StrictMath.pow(value, p - 1), this);
    }

    /** y = e^x; dX = dY y. */
    public Value exp() {
        double y = StrictMath.exp(value);
        return new Value("exp", y, dY -> grad += dY * y, this);
    }

    /** y = ln x; dX = dY / x. */
    public Value log() {
        return new Value("log", StrictMath.log(value), dY -> grad += dY / value, this);
    }

    /** y = tanh x; dX = dY / cosh^2 x, which is 1 - y^2 with all its digits. */
    public Value tanh() {
        double cosh = StrictMath.cosh(value);
        return new Value("tanh", StrictMath.tanh(value), dY -> grad += dY / cosh / cosh, this);
    }

    /** y = max(x, 0); dX = dY where x > 0. */
    public Value relu() {
        return new Value("relu", Math.max(value, 0), dY -> grad += value > 0 ? dY : 0, this);
    }

    /** y = a - b, composed. */
    public Value sub(Value b) {
        return add(b.mul(parameter(-1)));
    }

    /** y = a / b, composed. */
    public Value div(Value b) {
        return mul(b.pow(-1));
    }

    /**
     * Adds d this / d v to the gradient of every leaf v that this value was computed from; results in between keep the gradient of
     * this pass alone. Rules run from the highest operation down, so a value used several times has gathered its whole gradient
     * before its own rule runs.
     */
    public void backward() {
        Set<Value> seen = new HashSet<>(Set.of(this));
        ArrayDeque<Value> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            open.pop().inputs.stream().filter(seen::add).forEach(open::push);
        }
        seen.stream().filter(v -> !v.inputs.isEmpty()).forEach(Value::zeroGrad);
        grad += 1;
        seen.stream()
                .sorted(Comparator.comparingInt((Value v) -> v.height).reversed())
                .forEach(v -> v.rule.backward(v.grad));
    }

    /** Returns the number. */
    public double value() {
        return value;
    }

    /** Returns the gradient gathered so far. */
    public double grad() {
        return grad;
    }

    /** Forgets the gradient. */
    public void zeroGrad() {
        grad = 0;
    }

    /** Returns the operation's name and the number. */
    @Override
    public String toString() {
        return operation + " " + value;
    }
}
