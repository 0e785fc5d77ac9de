package luthier.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a user asked for: the settings file, over it what was typed, over that {@code --set key=value}. Every value is checked by its option, also
 * one that another replaces, and what replaces another is said.
 *
 * @param values by the names of the options, of the type of their kind
 * @param said lines for the user: which value won over which
 */
record GivenOptions(Map<String, Object> values, List<String> said) {
    /** A value before it is checked. */
    private record Word(String place, String key, List<String> texts, boolean isList) {
        private String name() {
            return OptionTable.name(key);
        }

        private String shown() {
            return SettingsFile.shown(isList ? texts.toString() : texts.getFirst());
        }
    }

    /** Copies both. */
    GivenOptions {
        values = Map.copyOf(values);
        said = List.copyOf(said);
    }

    /**
     * Reads all options.
     *
     * @param file the settings file, if there is one
     * @param typed options of the command line by long name, as texts
     * @param set what {@code --set} was given, {@code key=value} each
     * @throws UsageException for an unknown, repeated or unfitting option, saying where it stands
     */
    static GivenOptions of(
            OptionTable table, Optional<SettingsFile> file, Map<String, String> typed, List<String> set) {
        List<Word> words = new ArrayList<>();
        file.ifPresent(settings -> settings.entries()
                .forEach(entry -> words.add(new Word(
                        SettingsFile.place(settings.name(), entry.line()),
                        entry.key(),
                        entry.texts(),
                        entry.isList()))));
        typed.forEach((name, text) -> words.add(new Word("--" + name, name, List.of(text), false)));
        words.addAll(set(set));
        String method = method(table, words);
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Word> winners = new LinkedHashMap<>();
        List<String> said = new ArrayList<>();
        for (Word word : words) {
            values.put(word.name(), value(table, word, method));
            Word before = winners.put(word.name(), word);
            if (before != null) {
                said.add(word.name() + ": " + word.shown() + " (" + word.place() + "), not " + before.shown() + " ("
                        + before.place() + ")");
            }
        }
        return new GivenOptions(values, said);
    }

    private static List<Word> set(List<String> set) {
        Map<String, Word> words = new LinkedHashMap<>();
        for (String text : set) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new UsageException("--set: must be key=value; got " + SettingsFile.shown(text));
            }
            String key = text.substring(0, equals);
            Word word = new Word("--set " + SettingsFile.shown(key), key, List.of(text.substring(equals + 1)), false);
            if (words.putIfAbsent(word.name(), word) != null) {
                throw new UsageException("--set: " + SettingsFile.shown(key) + " must be set once; got it twice");
            }
        }
        return List.copyOf(words.values());
    }

    /** The method that the last word on it names; options of others are refused. */
    private static String method(OptionTable table, List<Word> words) {
        @Nullable Word last = null;
        for (Word word : words) {
            last = word.name().equals(OptionTable.METHOD) ? word : last;
        }
        if (last == null) {
            return table.usualMethod();
        }
        String method = (String) value(table, last, table.usualMethod());
        table.requireMethod(last.place(), method);
        return method;
    }

    private static Object value(OptionTable table, Word word, String method) {
        OptionTable.Rule rule = table.rule(word.place(), word.key(), method);
        boolean listDue = rule.kind() == OptionKind.WORDS || rule.kind() == OptionKind.PATTERN;
        Object value = word.isList() && !listDue ? null : rule.kind().read(word.texts());
        if (value == null) {
            throw new UsageException(word.place() + ": " + word.name() + " must be "
                    + rule.kind().wanted() + "; got " + word.shown());
        }
        if (!rule.ok().test(value)) {
            throw new UsageException(
                    word.place() + ": " + word.name() + " " + rule.condition() + "; got " + word.shown());
        }
        return value;
    }
}
