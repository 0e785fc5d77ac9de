package luthier.nn.chat;

import java.math.BigDecimal;
import java.util.List;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.Items;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Sequence;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import luthier.nn.chat.Value.Undefined;
import org.jspecify.annotations.Nullable;

/** Python's {@code ==}, {@code <} and {@code in}. */
final class Comparing {
    private Comparing() {}

    static boolean equal(Value a, Value b) {
        Number x = number(a);
        Number y = number(b);
        if (x != null && y != null) {
            return sameNumber(x, y);
        }
        return switch (a) {
            case Text text -> b instanceof Text other && text.value().equals(other.value());
            case Items list -> b instanceof Items other && equal(list, other);
            case Tuple list -> b instanceof Tuple other && equal(list, other);
            case Mapping map -> b instanceof Mapping other && equal(map, other);
            case Value.None none -> b instanceof Value.None;
            case Undefined ignored -> b instanceof Undefined;
            case Value.Range range -> b instanceof Value.Range other && range.equals(other);
            default -> a.equals(b);
        };
    }

    private static boolean equal(Sequence a, Sequence b) {
        if (a.items().size() != b.items().size()) {
            return false;
        }
        for (int i = 0; i < a.items().size(); i++) {
            if (!equal(a.items().get(i), b.items().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Mapping a, Mapping b) {
        if (a.entries().size() != b.entries().size()) {
            return false;
        }
        for (Value pair : a.entries().pairs()) {
            List<Value> both = ((Tuple) pair).items();
            Value other = b.entries().get(both.getFirst());
            if (other == null || !equal(both.getLast(), other)) {
                return false;
            }
        }
        return true;
    }

    /** A number, true and false being 1 and 0; null for another value. */
    static @Nullable Number number(Value value) {
        return switch (value) {
            case Int number -> number.value();
            case Real number -> number.value();
            case Bool truth -> Value.of(truth.value() ? 1 : 0).value();
            default -> null;
        };
    }

    private static boolean sameNumber(Number x, Number y) {
        if (x instanceof Double a && y instanceof Double b) {
            return a.doubleValue() == b.doubleValue();
        }
        return isFinite(x) && isFinite(y) && exact(x).compareTo(exact(y)) == 0;
    }

    private static boolean isFinite(Number number) {
        return !(number instanceof Double real) || Double.isFinite(real);
    }

    private static BigDecimal exact(Number number) {
        return number instanceof Double real ? new BigDecimal(real) : new BigDecimal((java.math.BigInteger) number);
    }

    /** Negative, 0 or positive as {@code a} stands to {@code b}; values without an order are refused. */
    static int order(Value a, Value b) {
        Number x = number(a);
        Number y = number(b);
        if (x != null && y != null) {
            return orderOfNumbers(x, y);
        }
        if (a instanceof Text text && b instanceof Text other) {
            return Texts.compare(text.value(), other.value());
        }
        if ((a instanceof Items list && b instanceof Items other)) {
            return orderOfLists(list.items(), other.items());
        }
        if ((a instanceof Tuple list && b instanceof Tuple other)) {
            return orderOfLists(list.items(), other.items());
        }
        for (Value value : List.of(a, b)) {
            if (value instanceof Undefined undefined) {
                throw undefined.used();
            }
        }
        throw TemplateException.type("values of types " + a.type() + " and " + b.type() + " have no order");
    }

    private static int orderOfNumbers(Number x, Number y) {
        if (isFinite(x) && isFinite(y)) {
            return exact(x).compareTo(exact(y));
        }
        double a = x.doubleValue();
        double b = y.doubleValue();
        if (Double.isNaN(a) || Double.isNaN(b)) {
            throw TemplateException.unsupported("an order of NaN");
        }
        return Double.compare(a, b);
    }

    private static int orderOfLists(List<Value> a, List<Value> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            if (!equal(a.get(i), b.get(i))) {
                return order(a.get(i), b.get(i));
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** {@code item in container}. */
    static boolean in(Value item, Value container, Run run) {
        run.budget().steps(container.weight() + item.weight());
        return switch (container) {
            case Text text -> {
                if (!(item instanceof Text part)) {
                    throw TemplateException.type("'in' a str needs a str; got " + item.type());
                }
                yield text.value().contains(part.value());
            }
            case Mapping map -> map.entries().get(item) != null;
            case Value.Function function ->
                throw TemplateException.type("'in' needs a container; got " + function.type());
            case Value.None none -> throw TemplateException.type("'in' needs a container; got " + none.type());
            default -> {
                var items = Walking.over(container, run);
                boolean found = false;
                while (!found && items.hasNext()) {
                    found = equal(items.next(), item);
                }
                yield found;
            }
        };
    }
}
