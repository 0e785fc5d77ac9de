package luthier.benchmarks.compare;

import java.util.Locale;

/** Numbers for people. */
final class Format {
    private Format() {}

    /** A time with three digits and its unit: {@code 41.2 ns}, {@code 1.07 ms}. */
    static String time(double nanos) {
        if (nanos < 1e3) {
            return digits(nanos) + " ns";
        }
        if (nanos < 1e6) {
            return digits(nanos / 1e3) + " us";
        }
        return nanos < 1e9 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
    }

    /** Three significant digits without an exponent; all digits before the point are kept. */
    static String digits(double value) {
        double size = Math.abs(value);
        int places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size == 0 ? 2 : 4;
        String text = String.format(Locale.ROOT, "%." + places + "f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    /** A ratio with its spread: {@code 1.07 ±0.02}. */
    static String ratio(Statistics.Spread spread) {
        double median = spread.median();
        return median >= 100
                ? String.format(Locale.ROOT, "%.0f ±%.0f", median, spread.half())
                : String.format(Locale.ROOT, "%.2f ±%.2f", median, spread.half());
    }
}
