package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import luthier.golden.NotCovered;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/**
 * Settings in words, {@code max 0.5, total_steps N+1, cosine}, or as an object. A value may name an argument of the case, plus or
 * minus a number; what is not said there is an argument itself. Formulas, and what comes after a colon, only explain.
 */
final class GoldenSettings {
    private static final Pattern PAIR = Pattern.compile("([A-Za-z_][A-Za-z_0-9 ]*?)\\s*(?:=\\s*|\\s)(\\S+)");
    private static final Pattern SUM = Pattern.compile("([A-Za-z_]\\w*)([-+]\\d+)?");

    private final Map<String, String> said = new LinkedHashMap<>();
    private final JsonObject args;
    private final TreeSet<String> unread;

    GoldenSettings(JsonValue description, JsonObject args) {
        this.args = args;
        if (description instanceof JsonString text) {
            Stream.of(text.value().split(":")[0].split(","))
                    .map(String::strip)
                    .filter(piece -> !piece.isEmpty() && !piece.matches(".*[*/()^].*"))
                    .forEach(this::read);
        } else {
            description.asObject().members().forEach((name, value) -> said.put(name, value.toString()));
        }
        unread = new TreeSet<>(said.keySet());
    }

    private void read(String piece) {
        Matcher pair = PAIR.matcher(piece);
        boolean isPair = pair.matches() && isValue(pair.group(2));
        said.put(
                isPair ? pair.group(1).replace(' ', '_').toLowerCase(Locale.ROOT) : piece,
                isPair ? pair.group(2) : piece);
    }

    private boolean isValue(String text) {
        Matcher sum = SUM.matcher(text);
        return text.matches("[-+.\\d].*")
                || sum.matches() && args.find(sum.group(1)).isPresent();
    }

    /** Returns whether a word stands among the settings. */
    boolean word(String word) {
        unread.remove(word);
        return said.containsKey(word);
    }

    /** Returns a setting of one of these names. */
    double number(String names) {
        double value = number(names, Double.NaN);
        if (Double.isNaN(value)) {
            throw new NotCovered("setting " + names + " is not given");
        }
        return value;
    }

    /** Returns a setting of one of these names, or what it is where it is not said. */
    double number(String names, double otherwise) {
        for (String name : names.split("\\|")) {
            if (said.containsKey(name)) {
                unread.remove(name);
                return value(said.get(name));
            }
            if (args.find(name).isPresent()) {
                return args.get(name).asDouble();
            }
        }
        return otherwise;
    }

    /** Returns a whole setting of one of these names. */
    long whole(String names) {
        double value = number(names);
        if (value != Math.rint(value)) {
            throw new NotCovered("setting " + names + " " + value);
        }
        return (long) value;
    }

    private double value(String text) {
        Matcher sum = SUM.matcher(text);
        if (!sum.matches()) {
            return Double.parseDouble(text);
        }
        double shift = sum.group(2) == null ? 0 : Double.parseDouble(sum.group(2));
        return args.get(sum.group(1)).asDouble() + shift;
    }

    /** Refuses what nobody asked for. */
    void requireAllRead() {
        if (!unread.isEmpty()) {
            throw new NotCovered("settings " + unread);
        }
    }
}
