package luthier.app;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
import luthier.finetune.method.Options;

/**
 * The options of a command: those of the run and those of its method, all by their own declarations.
 *
 * @param run options that every method shares, without the one that names it
 * @param methods the methods there are
 * @param usual the method of a run that names none
 */
record OptionTable(Options run, List<Method> methods, Method usual) {
    static final String METHOD = "method";

    /** Returns the name that a key stands for: an underscore is a hyphen. */
    static String name(String key) {
        return key.replace('_', '-');
    }

    /**
     * Returns the method of a name.
     *
     * @param place where it stands, for the error
     * @throws UsageException if there is none, with the nearest names
     */
    Method method(String place, Object name) {
        return methods.stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> names = methods.stream().map(Method::name).toList();
                    String said = SettingsFile.shown(name.toString());
                    return new UsageException(place + ": method must be one of " + String.join(", ", names) + "; got "
                            + said + "; nearest: " + nearest(said, names));
                });
    }

    /**
     * Checks a value by its option's declaration.
     *
     * @return whether it is an option of the run, not of the method
     * @throws UsageException if there is no such option, with the nearest names, if it belongs to other methods, or the value does not fit
     */
    boolean requireFits(String place, String key, Object value, Method method) {
        String name = name(key);
        boolean ofRun = names(run).contains(name);
        if (!ofRun && !names(method.options()).contains(name)) {
            throw new UsageException(place + ": " + unknown(name, SettingsFile.shown(key), method));
        }
        config(place, ofRun ? run : method.options(), Map.of(name, value));
        return ofRun;
    }

    private String unknown(String name, String shown, Method method) {
        String owners = methods.stream()
                .filter(other -> names(other.options()).contains(name))
                .map(Method::name)
                .collect(Collectors.joining(", "));
        if (!owners.isEmpty()) {
            return name + " is an option of " + owners + "; got method " + method.name()
                    + "; leave it away or choose another method";
        }
        List<String> names = new ArrayList<>(names(run));
        names.add(METHOD);
        names.addAll(names(method.options()));
        return "must be the name of an option; got " + shown + "; nearest: " + nearest(name, names);
    }

    /** Reads values by the declarations of their options. */
    static Config config(String place, Options options, Map<String, Object> values) {
        try {
            return options.parse(values);
        } catch (OptionException e) {
            throw new UsageException(place + ": " + e.getMessage());
        }
    }

    private static List<String> names(Options options) {
        return options.all().stream().map(option -> option.name()).toList();
    }

    /** Returns the up to three names that differ least, by insertions, deletions and replacements of letters. */
    static String nearest(String wanted, Collection<String> names) {
        List<String> sorted = new ArrayList<>(names);
        sorted.sort(Comparator.comparingInt(name -> distance(wanted, name)));
        return String.join(", ", sorted.subList(0, Math.min(3, sorted.size())));
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
