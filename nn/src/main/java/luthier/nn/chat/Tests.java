package luthier.nn.chat;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Fields;
import luthier.nn.chat.Value.Function;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.None;
import luthier.nn.chat.Value.Range;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Sequence;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Undefined;
import luthier.nn.chat.Value.View;
import luthier.nn.chat.Value.Walk;

/** The tests by their names: {@code value is name(given)}. */
final class Tests {
    /** A test. */
    interface Test {
        boolean test(Value value, Arguments given, Run run);
    }

    private static final Map<String, Test> ALL = new HashMap<>();

    static {
        plain("defined", value -> !(value instanceof Undefined));
        plain("undefined", value -> value instanceof Undefined);
        plain("none", value -> value instanceof None);
        plain("boolean", value -> value instanceof Bool);
        plain("true", value -> value instanceof Bool truth && truth.value());
        plain("false", value -> value instanceof Bool truth && !truth.value());
        plain("integer", value -> value instanceof Int);
        plain("float", value -> value instanceof Real);
        plain("number", value -> Comparing.number(value) != null);
        plain("string", value -> value instanceof Text);
        plain("mapping", value -> value instanceof Mapping);
        plain("iterable", Tests::isIterable);
        plain(
                "sequence",
                value -> value instanceof Text
                        || value instanceof Sequence
                        || value instanceof Mapping
                        || value instanceof Range
                        || value instanceof Undefined);
        plain("callable", value -> value instanceof Function || value instanceof Undefined);
        plain("escaped", value -> value instanceof Text text && text.markup());
        ALL.put("lower", (value, given, run) -> TextMethods.isLower(Printing.text(value, run.budget())));
        ALL.put("upper", (value, given, run) -> TextMethods.isUpper(Printing.text(value, run.budget())));
        ALL.put("even", (value, given, run) -> divides(value, Value.of(2), run));
        ALL.put(
                "odd",
                (value, given, run) -> Comparing.equal(Operators.apply("%", value, Value.of(2), run), Value.of(1)));
        ALL.put(
                "divisibleby",
                (value, given, run) ->
                        divides(value, given.bind("divisibleby", "num").get("num"), run));
        ALL.put(
                "in",
                (value, given, run) ->
                        Comparing.in(value, given.bind("in", "seq").get("seq"), run));
        ALL.put(
                "sameas",
                (value, given, run) -> same(value, given.bind("sameas", "other").get("other")));
        ALL.put("filter", (value, given, run) -> Filters.isKnown(Printing.text(value, run.budget())));
        ALL.put("test", (value, given, run) -> isKnown(Printing.text(value, run.budget())));
        comparing(order -> order == 0, "eq", "equalto", "==");
        comparing(order -> order != 0, "ne", "!=");
        comparing(order -> order > 0, "gt", "greaterthan", ">");
        comparing(order -> order >= 0, "ge", ">=");
        comparing(order -> order < 0, "lt", "lessthan", "<");
        comparing(order -> order <= 0, "le", "<=");
    }

    private Tests() {}

    private static void plain(String name, Predicate<Value> test) {
        ALL.put(name, (value, given, run) -> {
            given.bind(name);
            return test.test(value);
        });
    }

    private static void comparing(Predicate<Integer> holds, String... names) {
        boolean equality = names[0].equals("eq") || names[0].equals("ne");
        for (String name : names) {
            ALL.put(name, (value, given, run) -> {
                Value other = given.bind(name, "other").get("other");
                run.budget().steps(other.weight());
                return holds.test(equality ? (Comparing.equal(value, other) ? 0 : 1) : Comparing.order(value, other));
            });
        }
    }

    private static boolean isIterable(Value value) {
        return switch (value) {
            case Text ignored -> true;
            case Sequence ignored -> true;
            case Mapping ignored -> true;
            case Range ignored -> true;
            case View ignored -> true;
            case Walk ignored -> true;
            case Undefined ignored -> true;
            case Loop ignored -> true;
            case Function ignored -> false;
            case Fields ignored -> false;
            default -> false;
        };
    }

    private static boolean divides(Value value, Value by, Run run) {
        return Comparing.equal(Operators.apply("%", value, by, run), Value.of(0));
    }

    /** Python's identity; small whole numbers and texts of one value are one object there. */
    private static boolean same(Value value, Value other) {
        return switch (value) {
            case None ignored -> other instanceof None;
            case Bool truth -> truth.equals(other);
            case Int number -> number.equals(other);
            case Text text -> text.equals(other);
            default -> throw TemplateException.unsupported("the test 'sameas' of a value of type " + value.type());
        };
    }

    static boolean isKnown(String name) {
        return ALL.containsKey(name);
    }

    static String unknown(String name) {
        return "there is no test '" + name + "'";
    }

    static Test find(String name) {
        Test test = ALL.get(name);
        if (test == null) {
            throw TemplateException.type(unknown(name));
        }
        return test;
    }
}
