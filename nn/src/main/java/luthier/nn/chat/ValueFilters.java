package luthier.nn.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Undefined;

/** Filters of numbers and of any value. */
final class ValueFilters {
    private ValueFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("default", ValueFilters::otherwise);
        all.put("d", ValueFilters::otherwise);
        all.put("abs", (value, given, run) -> absolute(value));
        all.put("int", ValueFilters::whole);
        all.put("float", ValueFilters::real);
        all.put("round", ValueFilters::round);
        all.put("length", (value, given, run) -> Value.of((long) Walking.length(value)));
        all.put("count", (value, given, run) -> Value.of((long) Walking.length(value)));
        all.put("attr", (value, given, run) -> attribute(value, given));
        all.put("tojson", ValueFilters::json);
        all.put("items", ValueFilters::items);
    }

    private static Value otherwise(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("default", "default_value", "boolean");
        boolean missing = value instanceof Undefined || (bound.truth("boolean", false) && !value.truth());
        return missing ? bound.get("default_value", Value.of("")) : value;
    }

    private static Value absolute(Value value) {
        return switch (value) {
            case Real number -> new Real(Math.abs(number.value()));
            default -> {
                if (!(Comparing.number(value) instanceof BigInteger number)) {
                    throw TemplateException.type("abs needs a number; got " + value.type());
                }
                yield new Int(number.abs());
            }
        };
    }

    private static Value attribute(Value value, Arguments given) {
        String name = given.bind("attr", "name").text("name");
        if (value instanceof Mapping map && map.entries().get(name) != null && Methods.find(value, name) == null) {
            return new Undefined("a dict has no attribute '" + name + "'", false);
        }
        return Attributes.attribute(value, name);
    }

    // ---- numbers

    private static Value whole(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("int", "default", "base");
        Value otherwise = bound.get("default", Value.of(0));
        return switch (value) {
            case Int number -> number;
            case Bool truth -> Value.of(truth.value() ? 1 : 0);
            case Real number -> cut(number.value(), otherwise);
            case Undefined undefined -> throw undefined.used();
            case Text text -> {
                BigInteger parsed = Numbers.whole(text.value(), bound.integer("base", 10));
                Double number = parsed == null ? Numbers.real(text.value()) : null;
                yield parsed != null ? new Int(parsed) : cut(number == null ? Double.NaN : number, otherwise);
            }
            default -> otherwise;
        };
    }

    /** The whole part of a finite number. */
    private static Value cut(double number, Value otherwise) {
        return Double.isFinite(number) ? new Int(new BigDecimal(number).toBigInteger()) : otherwise;
    }

    private static Value real(Value value, Arguments given, Run run) {
        Value otherwise = given.bind("float", "default").get("default", new Real(0));
        return switch (value) {
            case Real number -> number;
            case Undefined undefined -> throw undefined.used();
            case Text text -> {
                Double parsed = Numbers.real(text.value());
                yield parsed == null ? otherwise : new Real(parsed);
            }
            default -> {
                Number number = Comparing.number(value);
                yield number == null ? otherwise : new Real(Operators.value(number));
            }
        };
    }

    private static Value round(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("round", "precision", "method");
        int precision = bound.integer("precision", 0);
        String method = bound.text("method", "common");
        Number number = Comparing.number(value);
        if (number == null) {
            throw TemplateException.type("round needs a number; got " + value.type());
        }
        if (Math.abs((long) precision) > 400) {
            throw TemplateException.limit("round needs a precision of at most 400 digits; got " + precision);
        }
        return switch (method) {
            case "common" -> rounded(number, precision);
            case "ceil", "floor" -> {
                double scale = StrictMath.pow(10, precision);
                double scaled = Operators.value(number) * scale;
                yield new Real((method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled)) / scale);
            }
            default -> throw TemplateException.type("round knows common, ceil and floor; got '" + method + "'");
        };
    }

    private static Value rounded(Number number, int precision) {
        if (number instanceof BigInteger whole) {
            return new Int(
                    precision >= 0
                            ? whole
                            : new BigDecimal(whole)
                                    .setScale(precision, RoundingMode.HALF_EVEN)
                                    .toBigInteger());
        }
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            return new Real(value);
        }
        double rounded = new BigDecimal(value)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .doubleValue();
        return new Real(Math.copySign(rounded, value));
    }

    // ---- maps and JSON

    private static Value items(Value value, Arguments given, Run run) {
        given.bind("items");
        return Walking.lazy(
                () -> switch (value) {
                    case Undefined ignored -> Collections.emptyIterator();
                    case Mapping map -> map.entries().pairs().iterator();
                    default -> throw TemplateException.type("items needs a map; got " + value.type());
                },
                value.depth() + 1);
    }

    private static Value json(Value value, Arguments given, Run run) {
        Arguments.Bound bound = given.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        String indent = null;
        if (bound.says("indent")) {
            if (bound.get("indent") instanceof Text text) {
                indent = text.value();
            } else {
                int spaces = Math.max(0, bound.integer("indent", 0));
                run.budget().characters(spaces);
                indent = " ".repeat(spaces);
            }
        }
        List<String> separators = new ArrayList<>(List.of(indent == null ? ", " : ",", ": "));
        if (bound.says("separators")) {
            separators.clear();
            for (Value separator : Walking.list(bound.get("separators"), run)) {
                separators.add(separator instanceof Text text ? text.value() : "");
            }
            if (separators.size() != 2) {
                throw TemplateException.type("tojson needs two separators; got " + separators.size());
            }
        }
        JsonText json = new JsonText(
                bound.truth("ensure_ascii", false),
                indent,
                separators.get(0),
                separators.get(1),
                bound.truth("sort_keys", false));
        return Value.of(json.of(value, run.budget()));
    }
}
