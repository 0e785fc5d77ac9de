package luthier.nn.chat;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.nn.chat.Value.Bool;
import luthier.nn.chat.Value.Int;
import luthier.nn.chat.Value.None;
import luthier.nn.chat.Value.Real;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Undefined;

/** What stands after the colon of a field: {@code [[fill]align][sign][#][0][width][,][.precision][type]}. */
record FormatSpecification(
        String fill,
        char align,
        char sign,
        boolean alternate,
        boolean zero,
        int width,
        String group,
        int precision,
        char type) {
    private static final Pattern FORM = Pattern.compile(
            "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>[0-9]{1,9})?(?<group>[,_])?"
                    + "(?:\\.(?<precision>[0-9]{1,9}))?(?<type>[a-zA-Z%])?",
            Pattern.DOTALL);

    static FormatSpecification of(String written) {
        Matcher form = FORM.matcher(written);
        if (!form.matches()) {
            throw TemplateException.type(
                    "a field's format must be [[fill]align][sign][#][0][width][,][.precision][type]");
        }
        String align = form.group("align");
        String precision = form.group("precision");
        String width = form.group("width");
        String type = form.group("type");
        String sign = form.group("sign");
        String group = form.group("group");
        return new FormatSpecification(
                form.group("fill") == null ? " " : form.group("fill"),
                align == null ? 0 : align.charAt(0),
                sign == null ? '-' : sign.charAt(0),
                form.group("alternate") != null,
                form.group("zero") != null,
                width == null ? 0 : Integer.parseInt(width),
                group == null ? "" : group,
                precision == null ? -1 : Integer.parseInt(precision),
                type == null ? 0 : type.charAt(0));
    }

    private boolean isEmpty() {
        return align == 0
                && sign == '-'
                && !alternate
                && !zero
                && width == 0
                && group.isEmpty()
                && precision < 0
                && type == 0;
    }

    String format(Value value, Run run) {
        if (isEmpty()) {
            return Printing.text(value, run.budget());
        }
        return switch (value) {
            case Text text -> text(text.value(), run.budget());
            case Real number -> real(number.value(), run.budget());
            case Int number -> whole(number.value(), run.budget());
            case Bool truth ->
                type == 0 && width > 0
                        ? text(Printing.text(truth, run.budget()), run.budget())
                        : whole(truth.value() ? BigInteger.ONE : BigInteger.ZERO, run.budget());
            case None ignored -> throw TemplateException.type("a field's format does not fit None");
            case Undefined undefined -> throw undefined.used();
            default -> throw TemplateException.type("a field's format does not fit a value of type " + value.type());
        };
    }

    private String text(String text, Budget budget) {
        if ((type != 0 && type != 's') || align == '=' || sign != '-' || alternate || !group.isEmpty()) {
            throw TemplateException.type("a field's format does not fit a str");
        }
        boolean cut = precision >= 0 && precision < Texts.length(text);
        return padded("", cut ? text.substring(0, Texts.offset(text, precision)) : text, '<', budget);
    }

    private String whole(BigInteger number, Budget budget) {
        if (type != 0 && "fFeEgG%".indexOf(type) >= 0) {
            return real(Operators.value(number), budget);
        }
        int radix = switch (type) {
            case 0, 'd', 'n' -> 10;
            case 'x', 'X' -> 16;
            case 'o' -> 8;
            case 'b' -> 2;
            default -> throw TemplateException.type("a field's type '" + type + "' does not fit an int");
        };
        if (precision >= 0) {
            throw TemplateException.type("a field's precision does not fit an int");
        }
        String digits = radix == 10
                ? Printing.whole(new Int(number.abs()))
                : number.abs().toString(radix);
        String prefix = !alternate ? "" : radix == 16 ? "0x" : radix == 8 ? "0o" : radix == 2 ? "0b" : "";
        String shown = grouped(digits, radix == 10 ? 3 : 4);
        boolean upper = type == 'X';
        return padded(
                signed(number.signum() < 0) + (upper ? prefix.toUpperCase(Locale.ROOT) : prefix),
                upper ? shown.toUpperCase(Locale.ROOT) : shown,
                '>',
                budget);
    }

    private String real(double number, Budget budget) {
        int digits = precision < 0 ? 6 : precision;
        budget.characters(digits);
        double size = Math.abs(number);
        String shown = switch (type) {
            case 0 -> precision < 0 ? Printing.real(size) : pointed(NumberText.of(size, 'g', digits, alternate), size);
            case 'f', 'F', 'e', 'E', 'g', 'G', 'n' ->
                NumberText.of(size, type == 'n' ? 'g' : Character.toLowerCase(type), digits, alternate);
            case '%' -> NumberText.of(size * 100, 'f', digits, alternate) + "%";
            default -> throw TemplateException.type("a field's type '" + type + "' does not fit a float");
        };
        if (!group.isEmpty()) {
            int end = 0;
            while (end < shown.length() && Character.isDigit(shown.charAt(end))) {
                end++;
            }
            shown = grouped(shown.substring(0, end), 3) + shown.substring(end);
        }
        boolean negative = number < 0 || (number == 0 && 1 / number < 0);
        return padded(
                signed(negative), Character.isUpperCase(type) ? shown.toUpperCase(Locale.ROOT) : shown, '>', budget);
    }

    /** A number without a type keeps a point. */
    private static String pointed(String shown, double size) {
        return Double.isFinite(size) && shown.indexOf('.') < 0 && shown.indexOf('e') < 0 ? shown + ".0" : shown;
    }

    private String signed(boolean negative) {
        return negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
    }

    private String grouped(String digits, int size) {
        if (group.isEmpty()) {
            return digits;
        }
        StringBuilder grouped = new StringBuilder(digits);
        for (int i = digits.length() - size; i > 0; i -= size) {
            grouped.insert(i, group);
        }
        return grouped.toString();
    }

    private String padded(String sign, String body, char usual, Budget budget) {
        int space = Math.max(0, width - sign.length() - Texts.length(body));
        budget.characters(2L * space + sign.length() + body.length());
        char side = align != 0 ? align : zero && usual == '>' ? '=' : usual;
        String filler = (zero && align == 0 ? "0" : fill).repeat(space);
        return switch (side) {
            case '<' -> sign + body + filler;
            case '>' -> filler + sign + body;
            case '=' -> sign + filler + body;
            default -> filler.substring(0, space / 2) + sign + body + filler.substring(space / 2);
        };
    }
}
