package luthier.autograd.view;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.autograd.Formula;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The {@link Formula} of one use of an operation: its places filled with names, or with numbers where they are few. */
record FormulaText(
        String operation, Formula formula, List<String> names, List<Tensor> values, String name, Tensor value) {
    /** Numbers are put into a formula if each tensor in it has at most this many elements. */
    private static final int SMALL = 8;

    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");
    private static final Pattern ADDEND = Pattern.compile("\\{\\+(n?(\\d+))}");

    /** Returns the name of the gradient of a variable: {@code dx}, {@code dv12}, {@code d(hidden.weight)}. */
    static String gradientName(String name) {
        return name.matches("\\w{1,5}") ? "d" + name : "d(" + name + ")";
    }

    /** Returns {@code matmul(x, w)} or {@code softmax(x, axis=1)}; an infinite number, a bound that is none, is left out. */
    String call() {
        StringBuilder text = new StringBuilder(operation.substring(0, 1).toLowerCase(Locale.ROOT))
                .append(operation.substring(1))
                .append('(')
                .append(String.join(", ", names));
        formula.numbers().forEach((key, number) -> {
            if (!(number instanceof Double x && x.isInfinite())) {
                text.append(", ").append(key).append('=').append(number(number));
            }
        });
        return text.append(')').toString();
    }

    /** Returns what is computed, with names: {@code x w}. */
    String forward() {
        return fill(present(formula.forward()), "", null);
    }

    /** Returns what is computed, with numbers; empty if they are too many. */
    String forwardNumbers() {
        String text = present(formula.forward());
        return isSmall(text, value) ? fill(text, "", value) : "";
    }

    /** Returns the gradient of an operand, with names: {@code x^T dv3}. */
    String backward(int operand) {
        return summed(fill(text(operand), gradientName(name), null), operand);
    }

    /** Returns the gradient of an operand, with numbers; empty if they are too many. */
    String backwardNumbers(int operand, Tensor dY) {
        String text = text(operand);
        return isSmall(text, dY) ? summed(fill(text, "", dY), operand) : "";
    }

    private String text(int operand) {
        List<String> all = formula.backward();
        return present(all.get(Math.min(operand, all.size() - 1)))
                .replace("{i}", "{" + operand + "}")
                .replace("{si}", "{s" + operand + "}")
                .replace("{ni}", "{n" + operand + "}");
    }

    /** Keeps the addends that there are. */
    private String present(String text) {
        return ADDEND.matcher(text)
                .replaceAll(
                        place -> Integer.parseInt(place.group(2)) < names.size() ? " + {" + place.group(1) + "}" : "");
    }

    private String summed(String text, int operand) {
        long[] sizes = values.get(operand).shape().toArray();
        long[] result = value.shape().toArray();
        int own = formula.ownAxes();
        boolean wide =
                own <= result.length && !Arrays.equals(sizes, 0, sizes.length - own, result, 0, result.length - own);
        return wide ? "sumTo(" + text + ", " + values.get(operand).shape() + ")" : text;
    }

    private boolean isSmall(String text, Tensor dY) {
        Matcher places = PLACE.matcher(text);
        boolean any = false;
        while (places.find()) {
            String key = places.group(1);
            if (!key.startsWith("n")
                    && !key.matches("s\\d+")
                    && !formula.numbers().containsKey(key)) {
                Tensor tensor = tensor(key, dY);
                if (tensor == null || tensor.elementCount() > SMALL) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    private @Nullable Tensor tensor(String key, Tensor dY) {
        return switch (key) {
            case "y" -> value;
            case "dY" -> dY;
            default ->
                key.matches("\\d+") && Integer.parseInt(key) < values.size() ? values.get(Integer.parseInt(key)) : null;
        };
    }

    /** Puts in names, or numbers where a gradient (forward: the result) is given. */
    private String fill(String text, String gradient, @Nullable Tensor dY) {
        return PLACE.matcher(text).replaceAll(place -> {
            Tensor tensor = dY == null ? null : tensor(place.group(1), dY);
            return Matcher.quoteReplacement(tensor == null ? name(place.group(1), gradient) : factor(tensor));
        });
    }

    private String name(String key, String gradient) {
        return switch (key) {
            case "y", "ny" -> name;
            case "dY", "ndY" -> gradient;
            case "n" -> NumberText.of((double) values.get(0).elementCount() / Math.max(1, value.elementCount()));
            default -> {
                int operand = key.matches("[ns]?\\d+") ? Integer.parseInt(key.replaceAll("\\D", "")) : names.size();
                if (operand < names.size()) {
                    yield key.startsWith("s") ? values.get(operand).shape().toString() : names.get(operand);
                }
                // A place that nobody fills stays, for its author to see.
                Object number = formula.numbers().get(key);
                yield number == null ? "{" + key + "}" : number(number);
            }
        };
    }

    private static String number(Object number) {
        return number instanceof Number x ? NumberText.of(x.doubleValue()) : number.toString();
    }

    /** A negative number inside a formula is put in brackets. */
    private static String factor(Tensor tensor) {
        String text = NumberText.of(tensor);
        return text.startsWith("-") ? "(" + text + ")" : text;
    }
}
