package luthier.nn.chat;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a template computes with: Python's values, so that they print, compare and combine as in Jinja. None changes, but a
 * {@link Namespace} and what is used up by walking over it, a {@link Walk}.
 */
sealed interface Value {
    /** The name of Python's type, for messages. */
    String type();

    /** Whether Python takes the value for true. */
    boolean truth();

    /** How deep it holds values. */
    default int depth() {
        return 0;
    }

    /** What it costs to look at all of it, in steps. */
    default long weight() {
        return 1;
    }

    static Value of(boolean value) {
        return value ? Bool.TRUE : Bool.FALSE;
    }

    static Int of(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    static Text of(String value) {
        return new Text(value, false);
    }

    /** Python's None. */
    record None() implements Value {
        static final None NONE = new None();

        @Override
        public String type() {
            return "NoneType";
        }

        @Override
        public boolean truth() {
            return false;
        }
    }

    /** True or false. */
    record Bool(boolean value) implements Value {
        static final Bool TRUE = new Bool(true);
        static final Bool FALSE = new Bool(false);

        @Override
        public String type() {
            return "bool";
        }

        @Override
        public boolean truth() {
            return value;
        }
    }

    /** A whole number of any size. */
    record Int(BigInteger value) implements Value {
        @Override
        public String type() {
            return "int";
        }

        @Override
        public boolean truth() {
            return value.signum() != 0;
        }
    }

    /** A number with a point. */
    record Real(double value) implements Value {
        @Override
        public String type() {
            return "float";
        }

        @Override
        public boolean truth() {
            return value != 0;
        }
    }

    /** A text; {@code markup}: the filters safe and escape mark it, and what is added to it is escaped. */
    record Text(String value, boolean markup) implements Value {
        @Override
        public String type() {
            return markup ? "Markup" : "str";
        }

        @Override
        public boolean truth() {
            return !value.isEmpty();
        }

        @Override
        public long weight() {
            return 1L + (value.length() >> 8);
        }

        /** Another text, marked as this one is. */
        Text with(String other) {
            return new Text(other, markup);
        }
    }

    /** A list or a tuple. */
    sealed interface Sequence extends Value {
        List<Value> items();

        @Override
        default boolean truth() {
            return !items().isEmpty();
        }
    }

    /** A list. */
    record Items(List<Value> items, int depth, long weight) implements Sequence {
        static Items of(List<Value> items) {
            return new Items(List.copyOf(items), nesting(items), sum(items));
        }

        @Override
        public String type() {
            return "list";
        }
    }

    /** A tuple. */
    record Tuple(List<Value> items, int depth, long weight) implements Sequence {
        static Tuple of(List<Value> items) {
            return new Tuple(List.copyOf(items), nesting(items), sum(items));
        }

        static Tuple of(Value... items) {
            return of(List.of(items));
        }

        @Override
        public String type() {
            return "tuple";
        }
    }

    /** Whole numbers from {@code start}, {@code count} of them, {@code step} apart. */
    record Range(long start, long stop, long step, int count) implements Value {
        @Override
        public String type() {
            return "range";
        }

        @Override
        public boolean truth() {
            return count > 0;
        }

        @Override
        public long weight() {
            return 1L + count;
        }

        Int at(int i) {
            return of(start + i * step);
        }
    }

    /** A map in order of insertion. */
    record Mapping(Entries entries, int depth, long weight) implements Value {
        static Mapping of(Entries entries) {
            List<Value> all = entries.all();
            return new Mapping(entries, nesting(all), sum(all));
        }

        @Override
        public String type() {
            return "dict";
        }

        @Override
        public boolean truth() {
            return !entries.isEmpty();
        }
    }

    /** What keys(), values() and items() of a map return. */
    record View(String kind, Mapping map) implements Value {
        @Override
        public String type() {
            return "dict_" + kind;
        }

        @Override
        public boolean truth() {
            return map.truth();
        }

        @Override
        public int depth() {
            return map.depth() + 1;
        }

        @Override
        public long weight() {
            return map.weight();
        }

        List<Value> items() {
            return switch (kind) {
                case "keys" -> map.entries().keys();
                case "values" -> map.entries().values();
                default -> map.entries().pairs();
            };
        }
    }

    /** A value that is not there; {@code forbidden}: one that may not be used. */
    record Undefined(String why, boolean forbidden) implements Value {
        @Override
        public String type() {
            return "Undefined";
        }

        @Override
        public boolean truth() {
            return false;
        }

        TemplateException used() {
            return new TemplateException(
                    forbidden ? TemplateException.Kind.FORBIDDEN : TemplateException.Kind.UNDEFINED, why);
        }
    }

    /** What can be called: a macro, a method of a value, a function. */
    non-sealed interface Function extends Value {
        Value call(Arguments arguments, Run run);

        @Override
        default String type() {
            return "function";
        }

        @Override
        default boolean truth() {
            return true;
        }
    }

    /** A value that others are read from by name: the loop, a namespace. */
    non-sealed interface Fields extends Value {
        /** Returns the value of a name, or null. */
        @Nullable
        Value field(String name);

        @Override
        default boolean truth() {
            return true;
        }
    }

    /** Values that come one by one, once. */
    non-sealed interface Walk extends Value, Iterator<Value> {
        @Override
        default String type() {
            return "generator";
        }

        @Override
        default boolean truth() {
            return true;
        }
    }

    private static int nesting(List<Value> items) {
        int deepest = 0;
        for (Value item : items) {
            deepest = Math.max(deepest, item.depth());
        }
        if (deepest >= Budget.NESTING) {
            throw TemplateException.limit("values must be nested at most " + Budget.NESTING + " deep");
        }
        return deepest + 1;
    }

    private static long sum(List<Value> items) {
        long sum = 1;
        for (Value item : items) {
            sum = Math.min(sum + item.weight(), Long.MAX_VALUE / 4);
        }
        return sum;
    }
}
