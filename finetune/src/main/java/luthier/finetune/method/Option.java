package luthier.finetune.method;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One setting, declared once: its name here and in PEFT's files, its kind, its default, its rule and its line of help. Immutable.
 *
 * @param <T> the type of its values
 */
public final class Option<T> {
    /** What kind of words an option takes. */
    public enum Kind {
        /** A whole number. */
        WHOLE,
        /** A number. */
        NUMBER,
        /** On or off. */
        FLAG,
        /** One word, as it is written. */
        WORD,
        /** Words, separated by commas that stand in no bracket. */
        WORDS,
        /** Whole numbers and ranges of them, {@code 0-3,7}. */
        RANGE,
        /** Numbers by name, {@code query=4,value=8}. */
        PATTERN
    }

    private final String name;
    private final @Nullable String peft;
    private final Kind kind;
    private final String what;
    private final Function<Config, T> first;
    private final Function<Object, T> read;
    private final Predicate<T> valid;
    private final String rule;
    private final @Nullable T usualOfPeft;

    private Option(
            String name,
            @Nullable String peft,
            Kind kind,
            String what,
            Function<Config, T> first,
            Function<Object, T> read,
            Predicate<T> valid,
            String rule,
            @Nullable T usualOfPeft) {
        this.name = name;
        this.peft = peft;
        this.kind = kind;
        this.what = what;
        this.first = first;
        this.read = read;
        this.valid = valid;
        this.rule = rule;
        this.usualOfPeft = usualOfPeft;
    }

    private static <T> Option<T> of(
            String name,
            @Nullable String peft,
            Kind kind,
            Function<Config, T> first,
            String what,
            Function<Object, T> read) {
        return new Option<>(name, peft, kind, what, first, read, value -> true, "", null);
    }

    /** Returns an option of a whole number. */
    public static Option<Integer> whole(String name, @Nullable String peft, int first, String what) {
        return of(name, peft, Kind.WHOLE, c -> first, what, Words::whole);
    }

    /** Returns an option of a whole number of 64 bits. */
    public static Option<Long> large(String name, @Nullable String peft, long first, String what) {
        return of(name, peft, Kind.WHOLE, c -> first, what, Words::large);
    }

    /** Returns an option of a finite number. */
    public static Option<Double> number(String name, @Nullable String peft, double first, String what) {
        return number(name, peft, c -> first, what);
    }

    /** Returns an option of a number whose default follows others. */
    public static Option<Double> number(
            String name, @Nullable String peft, Function<Config, Double> first, String what) {
        return of(name, peft, Kind.NUMBER, first, what, Words::number);
    }

    /** Returns an option that is on or off. */
    public static Option<Boolean> flag(String name, @Nullable String peft, boolean first, String what) {
        return of(name, peft, Kind.FLAG, c -> first, what, Words::flag);
    }

    /** Returns an option of one word. */
    public static Option<String> word(String name, @Nullable String peft, String first, String what) {
        return word(name, peft, c -> first, what);
    }

    /** Returns an option of one word whose default follows others. */
    public static Option<String> word(String name, @Nullable String peft, Function<Config, String> first, String what) {
        return of(name, peft, Kind.WORD, first, what, Words::word);
    }

    /** Returns an option of words. */
    public static Option<List<String>> words(String name, @Nullable String peft, List<String> first, String what) {
        return of(name, peft, Kind.WORDS, c -> first, what, Words::words);
    }

    /** Returns an option of whole numbers, at first none. */
    public static Option<List<Integer>> range(String name, @Nullable String peft, String what) {
        return of(name, peft, Kind.RANGE, c -> List.of(), what, Words::range);
    }

    /** Returns an option of numbers by name, at first none. */
    public static Option<Map<String, Double>> pattern(String name, @Nullable String peft, String what) {
        return of(name, peft, Kind.PATTERN, c -> Map.of(), what, Words::pattern);
    }

    /** Returns this option with a rule that values must keep, {@code must be at least 1}. */
    public Option<T> check(Predicate<T> ok, String mustBe) {
        return new Option<>(name, peft, kind, what, first, read, ok, mustBe, usualOfPeft);
    }

    /** Returns this option with the value that PEFT takes where its file gives none; without it, such a file is taken to mean the default. */
    public Option<T> inPeft(T usual) {
        return new Option<>(name, peft, kind, what, first, read, valid, rule, usual);
    }

    /** Returns the value that PEFT takes where its file gives none, if it is not the default here. */
    public Optional<T> usualOfPeft() {
        return Optional.ofNullable(usualOfPeft);
    }

    /** Returns the name that users type, without dashes before it, {@code rank}. */
    public String name() {
        return name;
    }

    /** Returns the name of the field in PEFT's configurations, if it has one there. */
    public Optional<String> peft() {
        return Optional.ofNullable(peft);
    }

    /** Returns the kind of words it takes. */
    public Kind kind() {
        return kind;
    }

    /** Returns its line of help. */
    public String what() {
        return what;
    }

    /** Returns its value where none is set. */
    T first(Config config) {
        return first.apply(config);
    }

    /**
     * Returns the value that a word, or a value of a JSON file, says.
     *
     * @throws OptionException if it is of another kind or breaks the rule
     */
    T read(Object said) {
        T value;
        try {
            value = read.apply(said);
        } catch (IllegalArgumentException e) {
            throw new OptionException(name + ": " + e.getMessage());
        }
        return checked(value);
    }

    T checked(T value) {
        if (!valid.test(value)) {
            throw new OptionException(name + ": " + rule + "; got " + Words.plain(value));
        }
        return value;
    }

    @Override
    public String toString() {
        return name;
    }

    /** What the kinds of words mean. */
    private static final class Words {
        private static final String FIX = "; write it as ";

        static int whole(Object said) {
            try {
                return Math.toIntExact(large(said));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("must be a whole number of 32 bits; got " + said);
            }
        }

        static long large(Object said) {
            try {
                return said instanceof Number number
                        ? exactLong(number)
                        : Long.parseLong(decimal(said.toString(), "[+-]?(0|[1-9]\\d*)"));
            } catch (ArithmeticException | NumberFormatException e) {
                throw new IllegalArgumentException("must be a whole number; got " + said + FIX + "8");
            }
        }

        private static long exactLong(Number number) {
            if (number instanceof Long || number instanceof Integer) {
                return number.longValue();
            }
            double value = number.doubleValue();
            if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
                throw new ArithmeticException("not whole");
            }
            return (long) value;
        }

        static double number(Object said) {
            double value;
            try {
                value = said instanceof Number number
                        ? number.doubleValue()
                        : Double.parseDouble(decimal(said.toString(), "[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?"));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be a number; got " + said + FIX + "0.001 or 1e-3");
            }
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("must be a finite number; got " + said);
            }
            return value;
        }

        private static String decimal(String text, String form) {
            if (!text.strip().matches(form)) {
                throw new NumberFormatException(text);
            }
            return text.strip();
        }

        static boolean flag(Object said) {
            return switch (said.toString()) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("must be true or false; got " + said);
            };
        }

        static String word(Object said) {
            if (said instanceof List || said instanceof Map) {
                throw new IllegalArgumentException("must be one word; got " + said);
            }
            return said.toString();
        }

        static List<String> words(Object said) {
            if (said instanceof List<?> list) {
                return list.stream().map(Object::toString).toList();
            }
            if (said instanceof Map) {
                throw new IllegalArgumentException("must be words; got " + said);
            }
            return split(said.toString());
        }

        /** Cuts at commas, but not within the brackets of a regular expression: {@code layer.(0|1).{1,2}} is one word. */
        private static List<String> split(String text) {
            List<String> words = new ArrayList<>();
            int depth = 0;
            int from = 0;
            for (int at = 0; at < text.length(); at++) {
                char letter = text.charAt(at);
                if (letter == '\\') {
                    at++;
                } else if ("([{".indexOf(letter) >= 0) {
                    depth++;
                } else if (")]}".indexOf(letter) >= 0) {
                    depth--;
                } else if (letter == ',' && depth <= 0) {
                    words.add(text.substring(from, at));
                    from = at + 1;
                }
            }
            if (!text.isEmpty()) {
                words.add(text.substring(from));
            }
            return words;
        }

        static List<Integer> range(Object said) {
            List<Integer> numbers = new ArrayList<>();
            List<?> parts = said instanceof List<?> list ? list : said instanceof Number ? List.of(said) : words(said);
            for (Object part : parts) {
                String[] ends = part.toString().split("-", -1);
                int from = ends.length > 2 ? -1 : whole(part instanceof Number ? part : ends[0]);
                int to = ends.length > 2 ? -1 : whole(part instanceof Number ? part : ends[ends.length - 1]);
                if (from < 0 || to < from || to > 100_000) {
                    throw new IllegalArgumentException("must be like 0-5, 3 or 0,2,4; got " + said);
                }
                for (int i = from; i <= to; i++) {
                    numbers.add(i);
                }
            }
            return numbers.stream().distinct().sorted().toList();
        }

        static Map<String, Double> pattern(Object said) {
            Map<String, Double> numbers = new LinkedHashMap<>();
            if (said instanceof Map<?, ?> map) {
                map.forEach((key, value) -> numbers.put(key.toString(), number(value)));
                return numbers;
            }
            for (String part : words(said)) {
                int equals = part.lastIndexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("must be name=number,..; got " + said);
                }
                numbers.put(part.substring(0, equals), number(part.substring(equals + 1)));
            }
            return numbers;
        }

        /** Returns a value as a JSON file holds it: whole numbers without a point. */
        static Object plain(Object value) {
            return switch (value) {
                case Double number
                when number == Math.rint(number) && Math.abs(number) < 1e15 -> (Object) number.longValue();
                case Map<?, ?> map -> {
                    Map<String, Object> plain = new LinkedHashMap<>();
                    map.forEach((key, each) -> plain.put(key.toString(), plain(each)));
                    yield plain;
                }
                case List<?> list -> list.stream().map(Words::plain).toList();
                default -> value;
            };
        }
    }

    /** Returns a value as configurations hold it. */
    public static Object plain(Object value) {
        return Words.plain(value);
    }
}
