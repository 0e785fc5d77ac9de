package luthier.nn.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.Items;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Sequence;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import luthier.nn.chat.Value.Undefined;

/** Python's arithmetic: whole numbers of any size, division and rest that round down, texts and lists that add and repeat. */
final class Operators {
    private static final MathContext PRECISION = new MathContext(60);
    private static final BigInteger EXACT = BigInteger.ONE.shiftLeft(53);

    private Operators() {}

    static Value apply(String operator, Value left, Value right, Run run) {
        run.budget().steps(left.weight() + right.weight());
        if (operator.equals("%") && left instanceof Text format) {
            return PercentFormat.format(format, right, run);
        }
        for (Value operand : List.of(left, right)) {
            if (operand instanceof Undefined undefined) {
                throw undefined.used();
            }
        }
        Number x = Comparing.number(left);
        Number y = Comparing.number(right);
        if (x != null && y != null) {
            return x instanceof BigInteger a && y instanceof BigInteger b
                    ? whole(operator, a, b)
                    : new Real(real(operator, value(x), value(y)));
        }
        if (operator.equals("+")) {
            return add(left, right, run.budget());
        }
        if (operator.equals("*")) {
            if (left instanceof Int || left instanceof Value.Bool) {
                return repeated(right, left, run.budget());
            }
            return repeated(left, right, run.budget());
        }
        throw mismatch(operator, left, right);
    }

    private static TemplateException mismatch(String operator, Value left, Value right) {
        return TemplateException.type(
                "operands of '" + operator + "' must fit; got " + left.type() + " and " + right.type());
    }

    static Value add(Value left, Value right, Budget budget) {
        if (left instanceof Text a && right instanceof Text b) {
            boolean markup = a.markup() || b.markup();
            String first = markup && !a.markup() ? Texts.escaped(a.value()) : a.value();
            String second = markup && !b.markup() ? Texts.escaped(b.value()) : b.value();
            budget.characters((long) first.length() + second.length());
            return new Text(first.concat(second), markup);
        }
        if (left instanceof Items a && right instanceof Items b) {
            return Items.of(both(a, b));
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return Tuple.of(both(a, b));
        }
        throw mismatch("+", left, right);
    }

    private static List<Value> both(Sequence a, Sequence b) {
        List<Value> items = new ArrayList<>(a.items());
        items.addAll(b.items());
        return items;
    }

    private static Value repeated(Value value, Value times, Budget budget) {
        if (!(times instanceof Int || times instanceof Value.Bool)) {
            throw mismatch("*", value, times);
        }
        int count = Math.max(0, Arguments.whole(times, "repeating"));
        return switch (value) {
            case Text text -> {
                budget.characters((long) text.value().length() * count);
                yield text.with(text.value().isEmpty() ? "" : text.value().repeat(count));
            }
            case Sequence list -> {
                budget.steps((long) list.items().size() * count);
                List<Value> items = new ArrayList<>();
                for (int i = 0; i < count && !list.items().isEmpty(); i++) {
                    items.addAll(list.items());
                }
                yield list instanceof Items ? Items.of(items) : Tuple.of(items);
            }
            default -> throw mismatch("*", value, times);
        };
    }

    private static Value whole(String operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case "+" -> new Int(a.add(b));
            case "-" -> new Int(a.subtract(b));
            case "*" -> new Int(bounded(a.bitLength() + (long) b.bitLength(), () -> a.multiply(b)));
            case "/" -> new Real(quotient(a, b));
            case "//" -> new Int(divided(a, b)[0]);
            case "%" -> new Int(divided(a, b)[1]);
            default -> power(a, b);
        };
    }

    private static BigInteger bounded(long bits, java.util.function.Supplier<BigInteger> result) {
        if (bits > Budget.BITS) {
            throw TemplateException.limit("whole numbers must have at most " + Budget.BITS + " bits");
        }
        return result.get();
    }

    private static TemplateException byZero() {
        return TemplateException.type("division by zero");
    }

    private static double quotient(BigInteger a, BigInteger b) {
        if (b.signum() == 0) {
            throw byZero();
        }
        if (a.abs().compareTo(EXACT) <= 0 && b.abs().compareTo(EXACT) <= 0) {
            return a.doubleValue() / b.doubleValue();
        }
        double quotient = new BigDecimal(a).divide(new BigDecimal(b), PRECISION).doubleValue();
        if (Double.isInfinite(quotient)) {
            throw TemplateException.type("the quotient is too large for a number with a point");
        }
        return quotient;
    }

    /** Quotient and rest, rounded down. */
    private static BigInteger[] divided(BigInteger a, BigInteger b) {
        if (b.signum() == 0) {
            throw byZero();
        }
        BigInteger[] both = a.divideAndRemainder(b);
        if (both[1].signum() != 0 && both[1].signum() != b.signum()) {
            both[0] = both[0].subtract(BigInteger.ONE);
            both[1] = both[1].add(b);
        }
        return both;
    }

    private static Value power(BigInteger a, BigInteger b) {
        if (b.signum() < 0) {
            if (a.signum() == 0) {
                throw byZero();
            }
            return new Real(StrictMath.pow(value(a), value(b)));
        }
        boolean small = a.bitLength() <= 1 && a.abs().compareTo(BigInteger.ONE) <= 0;
        if (small) {
            return new Int(b.signum() == 0 || !b.testBit(0) && a.signum() < 0 ? BigInteger.ONE : a);
        }
        if (b.bitLength() > 31) {
            throw TemplateException.limit("whole numbers must have at most " + Budget.BITS + " bits");
        }
        return new Int(bounded((long) a.bitLength() * b.intValue(), () -> a.pow(b.intValue())));
    }

    static double value(Number number) {
        double value = number.doubleValue();
        if (Double.isInfinite(value) && number instanceof BigInteger) {
            throw TemplateException.type("the number is too large for one with a point");
        }
        return value;
    }

    private static double real(String operator, double a, double b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw byZero();
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> floored(a, b);
            case "%" -> rest(a, b);
            default -> power(a, b);
        };
    }

    private static double rest(double a, double b) {
        double rest = a % b;
        if (rest == 0) {
            return Math.copySign(0, b);
        }
        return (rest < 0) == (b < 0) ? rest : rest + b;
    }

    private static double floored(double a, double b) {
        double quotient = (a - rest(a, b)) / b;
        if (quotient == 0) {
            return Math.copySign(0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double power(double a, double b) {
        if (a == 0 && b < 0) {
            throw byZero();
        }
        if (a < 0 && b != Math.rint(b) && Double.isFinite(a) && Double.isFinite(b)) {
            throw TemplateException.unsupported("a complex number");
        }
        if (a == 1 || b == 0) {
            return 1;
        }
        double power = StrictMath.pow(a, b);
        if (Double.isInfinite(power) && Double.isFinite(a) && Double.isFinite(b)) {
            throw TemplateException.type("the power is too large for a number with a point");
        }
        return power;
    }

    static Value sign(boolean negative, Value operand) {
        return switch (operand) {
            case Int number -> negative ? new Int(number.value().negate()) : number;
            case Real number -> negative ? new Real(-number.value()) : number;
            case Value.Bool truth -> Value.of(!truth.value() ? 0 : negative ? -1 : 1);
            case Undefined undefined -> throw undefined.used();
            default -> throw TemplateException.type("a sign needs a number; got " + operand.type());
        };
    }
}
