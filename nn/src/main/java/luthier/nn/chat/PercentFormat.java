package luthier.nn.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import luthier.nn.chat.Value.Undefined;

/** {@code '%s has %5.2f' % (name, number)}. */
final class PercentFormat {
    private final Text format;
    private final Value values;
    private final Run run;
    private final StringBuilder text = new StringBuilder();
    private int at;
    private int used;
    private boolean named;

    private PercentFormat(Text format, Value values, Run run) {
        this.format = format;
        this.values = values;
        this.run = run;
    }

    static Value format(Text format, Value values, Run run) {
        return new PercentFormat(format, values, run).all();
    }

    private Value all() {
        String pattern = format.value();
        while (at < pattern.length()) {
            int percent = pattern.indexOf('%', at);
            if (percent < 0) {
                percent = pattern.length();
            }
            add(pattern.substring(at, percent));
            at = percent + 1;
            if (percent < pattern.length()) {
                directive();
            }
        }
        boolean left =
                values instanceof Tuple tuple ? used < tuple.items().size() : used == 0 && !(values instanceof Mapping);
        if (left && !named) {
            throw TemplateException.type("a format must use all its arguments");
        }
        return format.with(text.toString());
    }

    private void add(String part) {
        run.budget().characters(part.length());
        text.append(part);
    }

    private char peek() {
        if (at >= format.value().length()) {
            throw TemplateException.type("a format must end after its directives; got '%' at its end");
        }
        return format.value().charAt(at);
    }

    private Value next() {
        if (values instanceof Tuple tuple) {
            if (used >= tuple.items().size()) {
                throw TemplateException.type("a format needs an argument for each directive; got " + used);
            }
            return tuple.items().get(used++);
        }
        if (used++ > 0) {
            throw TemplateException.type("a format needs an argument for each directive; got 1");
        }
        return values;
    }

    private void directive() {
        Value value = null;
        if (peek() == '(') {
            int end = format.value().indexOf(')', at);
            if (end < 0 || !(values instanceof Mapping map)) {
                throw TemplateException.type("a format with names needs a map");
            }
            String name = format.value().substring(at + 1, end);
            value = map.entries().get(name);
            if (value == null) {
                throw TemplateException.type("a format needs the value '" + name + "'");
            }
            named = true;
            at = end + 1;
        }
        String flags = "";
        while ("-+ #0".indexOf(peek()) >= 0) {
            flags += format.value().charAt(at++);
            if (flags.length() > 16) {
                throw TemplateException.limit("a directive must have at most 16 flags");
            }
        }
        int width = number();
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(0, number());
        }
        while ("hlL".indexOf(peek()) >= 0) {
            at++;
        }
        char type = peek();
        at++;
        if (type == '%') {
            add("%");
            return;
        }
        converted(value == null ? next() : value, type, flags, width, precision);
    }

    private int number() {
        if (peek() == '*') {
            at++;
            return Arguments.whole(next(), "a width");
        }
        int number = -1;
        while (peek() >= '0' && peek() <= '9') {
            number = Math.max(number, 0) * 10 + (format.value().charAt(at++) - '0');
            if (number > Budget.CHARACTERS) {
                throw TemplateException.limit("a width must be at most " + Budget.CHARACTERS);
            }
        }
        return number;
    }

    private void converted(Value value, char type, String flags, int width, int precision) {
        switch (type) {
            case 's', 'r', 'a' -> {
                String shown = type == 's' ? string(value) : Printing.shown(value, run.budget());
                boolean cut = precision >= 0 && precision < Texts.length(shown);
                padded(
                        "",
                        cut ? shown.substring(0, Texts.offset(shown, precision)) : shown,
                        flags.replace("0", ""),
                        width);
            }
            case 'c' -> {
                String character = value instanceof Text one
                        ? one.value()
                        : Character.toString(Math.clamp(Arguments.whole(value, "%c"), 0, Character.MAX_CODE_POINT));
                if (Texts.length(character) != 1) {
                    throw TemplateException.type("%c needs one character");
                }
                padded("", character, flags.replace("0", ""), width);
            }
            case 'd', 'i', 'u', 'x', 'X', 'o' -> whole(value, type, flags, width, precision);
            case 'f', 'F', 'e', 'E', 'g', 'G' -> real(value, type, flags, width, precision);
            default -> throw TemplateException.type("a format knows no directive '%" + type + "'");
        }
    }

    private String string(Value value) {
        String shown = Printing.text(value, run.budget());
        return format.markup() && !(value instanceof Text text && text.markup()) ? Texts.escaped(shown) : shown;
    }

    private Number number(Value value) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        Number number = Comparing.number(value);
        if (number == null) {
            throw TemplateException.type("a format needs a number; got " + value.type());
        }
        return number;
    }

    private void whole(Value value, char type, String flags, int width, int precision) {
        Number number = number(value);
        if (value instanceof Real && (type == 'x' || type == 'X' || type == 'o')) {
            throw TemplateException.type("%" + type + " needs an int; got float");
        }
        if (number instanceof Double real && !Double.isFinite(real)) {
            throw TemplateException.type("a format needs a finite number; got " + Printing.real(real));
        }
        BigInteger integer =
                number instanceof BigInteger exact ? exact : new BigDecimal(number.doubleValue()).toBigInteger();
        int radix = type == 'x' || type == 'X' ? 16 : type == 'o' ? 8 : 10;
        String digits = radix == 10
                ? Printing.whole(new Value.Int(integer.abs()))
                : integer.abs().toString(radix);
        if (precision > digits.length()) {
            run.budget().characters(precision);
            digits = "0".repeat(precision - digits.length()) + digits;
        }
        String prefix = flags.contains("#") ? (radix == 16 ? "0x" : radix == 8 ? "0o" : "") : "";
        String upper = type == 'X' ? (prefix + digits).toUpperCase(Locale.ROOT) : prefix + digits;
        padded(sign(integer.signum() < 0, flags), upper, flags, width);
    }

    private void real(Value value, char type, String flags, int width, int precision) {
        double number = Operators.value(number(value));
        int digits = precision < 0 ? 6 : precision;
        run.budget().characters(digits);
        char kind = Character.toLowerCase(type);
        String shown = NumberText.of(Math.abs(number), kind, digits, flags.contains("#"));
        boolean negative = number < 0 || (number == 0 && 1 / number < 0);
        boolean finite = Double.isFinite(number);
        padded(
                sign(negative, flags),
                kind == type ? shown : shown.toUpperCase(Locale.ROOT),
                finite ? flags : flags.replace("0", ""),
                width);
    }

    private static String sign(boolean negative, String flags) {
        return negative ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }

    private void padded(String sign, String body, String flags, int width) {
        int space = Math.max(0, width - sign.length() - Texts.length(body));
        run.budget().characters(space);
        if (flags.contains("-")) {
            add(sign + body);
            text.repeat(' ', space);
        } else if (flags.contains("0")) {
            add(sign);
            text.repeat('0', space);
            add(body);
        } else {
            text.repeat(' ', space);
            add(sign + body);
        }
    }
}
