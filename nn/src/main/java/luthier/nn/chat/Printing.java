package luthier.nn.chat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Iterator;
import java.util.List;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.None;
import luthier.nn.chat.Value.Range;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Sequence;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import luthier.nn.chat.Value.Undefined;
import luthier.nn.chat.Value.View;

/** Values as Python prints them: {@code True}, {@code None}, {@code 1.0}, {@code 1e-05}, {@code ['a', "it's"]}. */
final class Printing {
    /** The most digits that Python prints of a whole number. */
    private static final int DIGITS = 4300;

    private Printing() {}

    /** Python's {@code str}. */
    static String text(Value value, Budget budget) {
        return switch (value) {
            case Text text -> text.value();
            case Undefined ignored -> "";
            default -> {
                budget.steps(value.weight());
                StringBuilder text = new StringBuilder();
                write(value, text);
                budget.characters(text.length());
                yield text.toString();
            }
        };
    }

    /** Python's {@code repr}. */
    static String shown(Value value, Budget budget) {
        budget.steps(value.weight());
        StringBuilder text = new StringBuilder();
        write(value, text);
        budget.characters(text.length());
        return text.toString();
    }

    private static void write(Value value, StringBuilder text) {
        switch (value) {
            case None ignored -> text.append("None");
            case Bool truth -> text.append(truth.value() ? "True" : "False");
            case Int number -> text.append(whole(number));
            case Real number -> text.append(real(number.value()));
            case Text string -> {
                text.append(string.markup() ? "Markup(" : "");
                quote(string.value(), text);
                text.append(string.markup() ? ")" : "");
            }
            case Tuple tuple -> {
                list(tuple.items(), "(", "", text);
                text.append(tuple.items().size() == 1 ? ",)" : ")");
            }
            case Sequence list -> list(list.items(), "[", "]", text);
            case Mapping map -> map(map, text);
            case Range range -> {
                text.append("range(").append(range.start()).append(", ").append(range.stop());
                text.append(range.step() == 1 ? "" : ", " + range.step()).append(')');
            }
            case View view -> {
                text.append(view.type()).append('(');
                list(view.items(), "[", "]", text);
                text.append(')');
            }
            case Undefined ignored -> text.append("Undefined");
            default -> throw TemplateException.unsupported("printing a value of type " + value.type());
        }
    }

    private static void list(List<Value> items, String open, String close, StringBuilder text) {
        text.append(open);
        Iterator<Value> all = items.iterator();
        while (all.hasNext()) {
            write(all.next(), text);
            text.append(all.hasNext() ? ", " : "");
        }
        text.append(close);
    }

    private static void map(Mapping map, StringBuilder text) {
        text.append('{');
        String between = "";
        for (Value pair : map.entries().pairs()) {
            List<Value> both = ((Tuple) pair).items();
            text.append(between);
            write(both.getFirst(), text);
            text.append(": ");
            write(both.getLast(), text);
            between = ", ";
        }
        text.append('}');
    }

    static String whole(Int number) {
        if (number.value().bitLength() > DIGITS * 10 / 3) {
            throw TemplateException.type("a number must have at most " + DIGITS + " digits to be printed");
        }
        return number.value().toString();
    }

    /** The shortest digits that give the number back; an exponent below 1e-4 and from 1e16. */
    static String real(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        String sign = number < 0 || 1 / number < 0 ? "-" : "";
        if (number == 0) {
            return sign + "0.0";
        }
        BigDecimal exact = shortest(Math.abs(number));
        String digits = exact.unscaledValue().toString();
        int exponent = digits.length() - exact.scale() - 1;
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            int size = Math.abs(exponent);
            return sign + digits.charAt(0) + fraction + (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
        }
        String plain = exact.toPlainString();
        return sign + (plain.contains(".") ? plain : plain + ".0");
    }

    /** The digits of {@code Double.toString}, but one where one is enough; it always gives two, 4.9E-324 for 5e-324. */
    private static BigDecimal shortest(double size) {
        BigDecimal two = new BigDecimal(Double.toString(size)).stripTrailingZeros();
        if (two.precision() == 2) {
            BigDecimal one = two.round(new MathContext(1));
            return one.doubleValue() == size ? one : two;
        }
        return two;
    }

    private static void quote(String string, StringBuilder text) {
        char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
        text.append(quote);
        string.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (c == quote) {
                        text.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        text.appendCodePoint(c);
                    } else {
                        text.append(
                                c < 0x100
                                        ? "\\x%02x".formatted(c)
                                        : c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
                    }
                }
            }
        });
        text.append(quote);
    }

    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
