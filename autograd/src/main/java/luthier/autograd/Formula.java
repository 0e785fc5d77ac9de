package luthier.autograd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An operation on paper: what it computes and, for each operand, what its rule does with dY. In the texts {@code {0}, {1}, ..} stand for
 * the operands, {@code {y}} for the result, {@code {dY}} for its gradient, {@code {s0}} for the shape of an operand, {@code {n0}, {ny}, {ndY}}
 * for names that never become numbers, and any other {@code {word}} for a number that the rule has saved under that name.
 *
 * @param forward what is computed
 * @param backward the gradient of each operand
 * @param broadcasts whether operands broadcast, so that gradients are summed back to the operand's shape
 */
record Formula(String forward, List<String> backward, boolean broadcasts) {
    /** Numbers are put into a formula if each tensor in it has at most this many elements. */
    private static final int SMALL = 8;

    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(E-?\\d+)?|true|false");

    /** What a formula is about: an operation's operands, result and, in the backward half, its gradient. */
    record Scene(BackwardRule rule, List<String> names, List<Tensor> values, String name, Tensor value) {
        /** Returns {@code matmul(x, w)} or {@code softmax(x, axis=1)}. */
        String call() {
            String operation = operationName(rule);
            StringBuilder text = new StringBuilder(operation.substring(0, 1).toLowerCase(Locale.ROOT))
                    .append(operation.substring(1).replaceFirst("Scalar$", ""))
                    .append('(')
                    .append(String.join(", ", names));
            saved(rule).forEach((key, number) -> {
                // n is a count that follows from the shapes, no argument.
                if (!key.equals("n")) {
                    text.append(", ").append(key).append('=').append(number);
                }
            });
            return text.append(')').toString();
        }
    }

    /** Returns the name of the gradient of a variable: {@code dx}, {@code dv12}, {@code d(hidden.weight)}. */
    static String gradientName(String name) {
        return name.matches("\\w{1,5}") ? "d" + name : "d(" + name + ")";
    }

    /** Returns the operation's name; a rule written as a lambda has none. */
    static String operationName(BackwardRule rule) {
        String name = rule.operation();
        return name.isEmpty() || name.contains("$$Lambda") ? "Custom" : name;
    }

    /** Returns the numbers and truth values among a rule's components: a record prints itself as {@code Pow[x=.., p=3.0]}. */
    static Map<String, String> saved(BackwardRule rule) {
        Map<String, String> result = new LinkedHashMap<>();
        String text = rule.toString();
        int from = text.indexOf('[') + 1;
        if (!(rule instanceof Record) || from == 0) {
            return result;
        }
        int depth = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            depth += c == '[' || c == '(' || c == '{' ? 1 : c == ']' || c == ')' || c == '}' ? -1 : 0;
            if (depth < 0 || depth == 0 && c == ',') {
                put(result, text.substring(from, at).strip());
                from = at + 1;
            }
        }
        return result;
    }

    private static void put(Map<String, String> result, String component) {
        int equals = component.indexOf('=');
        String value = component.substring(equals + 1);
        if (equals > 0 && NUMBER.matcher(value).matches()) {
            boolean truth = value.equals("true") || value.equals("false");
            result.put(component.substring(0, equals), truth ? value : NumberText.of(Double.parseDouble(value)));
        }
    }

    /** Returns what is computed, with names: {@code x w}. */
    String forward(Scene scene) {
        return fill(forward, scene, "", null);
    }

    /** Returns what is computed, with numbers; empty if they are too many. */
    String forwardNumbers(Scene scene) {
        return isSmall(forward, scene, null) ? fill(forward, scene, "", scene.value()) : "";
    }

    /** Returns the gradient of an operand, with names: {@code x^T dv3}. */
    String backward(Scene scene, int operand) {
        return summed(fill(text(operand), scene, gradientName(scene.name()), null), scene, operand);
    }

    /** Returns the gradient of an operand, with numbers; empty if they are too many. */
    String backwardNumbers(Scene scene, int operand, Tensor dY) {
        String text = text(operand);
        return isSmall(text, scene, dY) ? summed(fill(text, scene, "", dY), scene, operand) : "";
    }

    private String text(int operand) {
        return backward.get(Math.min(operand, backward.size() - 1))
                .replace("{i}", "{" + operand + "}")
                .replace("{si}", "{s" + operand + "}")
                .replace("{ni}", "{n" + operand + "}");
    }

    private String summed(String text, Scene scene, int operand) {
        long[] sizes = scene.values().get(operand).shape().toArray();
        long[] result = scene.value().shape().toArray();
        // Of a matrix product only the leading axes broadcast.
        int own = forward.equals(Formulas.MATMUL) ? 2 : 0;
        boolean same = sizes.length == result.length;
        for (int i = 0; same && i < sizes.length - own; i++) {
            same = sizes[i] == result[i];
        }
        return !broadcasts || same
                ? text
                : "sumTo(" + text + ", " + scene.values().get(operand).shape() + ")";
    }

    private static boolean isSmall(String text, Scene scene, @Nullable Tensor dY) {
        Map<String, String> saved = saved(scene.rule());
        Matcher places = PLACE.matcher(text);
        boolean numbers = false;
        while (places.find()) {
            String place = places.group(1);
            if (place.startsWith("n") || place.matches("s\\d+")) {
                continue;
            }
            Tensor tensor = place.matches("\\d+")
                    ? scene.values().get(Integer.parseInt(place))
                    : place.equals("y") ? scene.value() : place.equals("dY") ? dY : null;
            if (tensor == null ? !saved.containsKey(place) : tensor.elementCount() > SMALL) {
                return false;
            }
            numbers |= tensor != null;
        }
        return numbers;
    }

    /** Puts in names, or numbers where a gradient (forward: the result) is given. */
    private static String fill(String text, Scene scene, String gradient, @Nullable Tensor numbers) {
        Map<String, String> saved = saved(scene.rule());
        return PLACE.matcher(text)
                .replaceAll(place -> Matcher.quoteReplacement(
                        numbers == null ? name(place, scene, gradient, saved) : number(place, scene, numbers, saved)));
    }

    private static String name(MatchResult place, Scene scene, String gradient, Map<String, String> saved) {
        String key = place.group(1);
        if (key.matches("n?\\d+")) {
            return scene.names().get(Integer.parseInt(key.replace("n", "")));
        }
        if (key.matches("s\\d+")) {
            return scene.values()
                    .get(Integer.parseInt(key.substring(1)))
                    .shape()
                    .toString();
        }
        return switch (key) {
            case "y", "ny" -> scene.name();
            case "dY", "ndY" -> gradient;
            default -> saved.getOrDefault(key, key);
        };
    }

    private static String number(MatchResult place, Scene scene, Tensor dY, Map<String, String> saved) {
        String key = place.group(1);
        if (key.matches("\\d+")) {
            return factor(scene.values().get(Integer.parseInt(key)));
        }
        return switch (key) {
            case "y" -> factor(scene.value());
            case "dY" -> factor(dY);
            default -> name(place, scene, "", saved);
        };
    }

    /** A negative number inside a formula is put in brackets. */
    private static String factor(Tensor tensor) {
        String text = NumberText.of(tensor);
        return text.startsWith("-") ? "(" + text + ")" : text;
    }
}
