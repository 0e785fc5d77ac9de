package luthier.app;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an option's text is read, the same from a settings file, from {@code --set} and from the command line. The kind of the option decides
 * what a text means, never the look of the text: {@code no} and {@code 1.10} are words where words are due.
 */
enum OptionKind {
    /** A finite number in decimal digits: {@code 2e-4}, {@code .01}, {@code 3}. A {@link Double}. */
    NUMBER("a finite number such as 2e-4") {
        @Override
        @Nullable
        Object read(List<String> texts) {
            if (texts.size() != 1 || !DECIMAL.matcher(texts.getFirst()).matches()) {
                return null;
            }
            double value = Double.parseDouble(texts.getFirst());
            return Double.isFinite(value) ? value : null;
        }
    },
    /** A whole number of 64 bits in decimal digits, also written as 3.0; 012 is 12. A {@link Long}. */
    WHOLE("a whole number of at most 64 bits, in digits") {
        @Override
        @Nullable
        Object read(List<String> texts) {
            if (texts.size() != 1 || !DECIMAL.matcher(texts.getFirst()).matches()) {
                return null;
            }
            BigDecimal value = new BigDecimal(texts.getFirst()).stripTrailingZeros();
            boolean fits = value.scale() <= 0
                    && value.precision() - (long) value.scale() <= 19
                    && value.compareTo(LEAST) >= 0
                    && value.compareTo(MOST) <= 0;
            return fits ? value.longValueExact() : null;
        }
    },
    /** {@code true} or {@code false}. A {@link Boolean}. */
    FLAG("true or false") {
        @Override
        @Nullable
        Object read(List<String> texts) {
            return switch (texts.size() == 1 ? texts.getFirst() : "") {
                case "true", "True", "TRUE" -> true;
                case "false", "False", "FALSE" -> false;
                default -> null;
            };
        }
    },
    /** A text as it is written. A {@link String}. */
    WORD("one word") {
        @Override
        @Nullable
        Object read(List<String> texts) {
            return texts.size() == 1 && !texts.getFirst().isEmpty() ? texts.getFirst() : null;
        }
    },
    /** Texts, as a list or between commas. A {@code List<String>}. */
    WORDS("words: a list, or between commas") {
        @Override
        @Nullable
        Object read(List<String> texts) {
            List<String> words = texts.size() == 1 ? List.of(texts.getFirst().split(",", -1)) : texts;
            return words.isEmpty() || words.contains("") ? null : List.copyOf(words);
        }
    },
    /** Regular expressions: one text is one, commas and all; a list is several. A {@code List<String>}. */
    PATTERN("a name or regular expression, or a list of them") {
        @Override
        @Nullable
        Object read(List<String> texts) {
            return texts.isEmpty() || texts.contains("") ? null : List.copyOf(texts);
        }
    };

    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,9})?");
    private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private final String wanted;

    OptionKind(String wanted) {
        this.wanted = wanted;
    }

    /** Returns the value of one text, or of a list; null if it is not of this kind. */
    abstract @Nullable Object read(List<String> texts);

    /** Returns what is due, for errors. */
    String wanted() {
        return wanted;
    }
}
