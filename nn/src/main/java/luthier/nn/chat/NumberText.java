package luthier.nn.chat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers with a wished precision, as C prints them: {@code f}, {@code e}, {@code g}. Without a sign. */
final class NumberText {
    private NumberText() {}

    /** The size of a number, which is not negative. */
    static String of(double size, char type, int precision, boolean alternate) {
        if (Double.isNaN(size) || Double.isInfinite(size)) {
            return Double.isNaN(size) ? "nan" : "inf";
        }
        BigDecimal exact = new BigDecimal(size);
        return switch (type) {
            case 'f' ->
                pointed(exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString(), alternate);
            case 'e' -> exponential(exact, precision, alternate);
            default -> general(exact, Math.max(1, precision), alternate);
        };
    }

    private static String pointed(String plain, boolean alternate) {
        return alternate && plain.indexOf('.') < 0 ? plain + "." : plain;
    }

    private static String exponential(BigDecimal exact, int precision, boolean alternate) {
        BigDecimal rounded = exact.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().toString();
        int exponent = rounded.signum() == 0 ? 0 : digits.length() - rounded.scale() - 1;
        StringBuilder padded = new StringBuilder(rounded.signum() == 0 ? "0" : digits);
        padded.repeat('0', Math.max(0, precision + 1 - padded.length()));
        String all = padded.substring(0, precision + 1);
        String fraction = precision > 0 ? "." + all.substring(1) : alternate ? "." : "";
        return all.charAt(0) + fraction + exponent(exponent);
    }

    private static String exponent(int exponent) {
        int size = Math.abs(exponent);
        return (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
    }

    private static String general(BigDecimal exact, int precision, boolean alternate) {
        if (exact.signum() == 0) {
            return alternate ? "0." + "0".repeat(precision - 1) : "0";
        }
        BigDecimal rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < -4 || exponent >= precision) {
            String text = exponential(exact, precision - 1, alternate);
            int e = text.indexOf('e');
            return alternate ? text : trimmed(text.substring(0, e)) + text.substring(e);
        }
        String plain = rounded.setScale(Math.max(0, precision - 1 - exponent), RoundingMode.HALF_EVEN)
                .toPlainString();
        return alternate ? pointed(plain, true) : trimmed(plain);
    }

    private static String trimmed(String digits) {
        if (digits.indexOf('.') < 0) {
            return digits;
        }
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
