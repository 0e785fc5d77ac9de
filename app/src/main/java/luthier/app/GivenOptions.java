package luthier.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import luthier.finetune.SavedTuning;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.Option;

/**
 * What a user asked for: the settings file, over it what was typed, over that {@code --set key=value}. Every value is checked by its option, also
 * one that another replaces, and what replaces another is said.
 *
 * @param method the chosen one
 * @param run the options of the run
 * @param own the options of the method
 * @param said lines for the user: which value won over which
 */
record GivenOptions(Method method, Config run, Config own, List<String> said) {
    /** A value before it is checked. */
    private record Word(String place, String key, Object value) {
        private String name() {
            return OptionTable.name(key);
        }

        private String shown() {
            return SettingsFile.shown(value.toString());
        }
    }

    /** Copies the list. */
    GivenOptions {
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
        return of(table, file, typed, set, Optional.empty());
    }

    /**
     * Reads all options of a run that goes on from what was learned before: its method and the method's options are those.
     *
     * @throws UsageException also for an option that contradicts them
     */
    static GivenOptions of(
            OptionTable table,
            Optional<SettingsFile> file,
            Map<String, String> typed,
            List<String> set,
            Optional<SavedTuning> before) {
        List<Word> words = words(file, typed, set);
        Method method = before.map(SavedTuning::method).orElse(table.usual());
        for (Word word : words) {
            method = word.name().equals(OptionTable.METHOD) ? table.method(word.place(), word.value()) : method;
            if (before.isPresent()
                    && !method.name().equals(before.get().method().name())) {
                throw contradiction(word.place(), before.get().method().name(), method.name());
            }
        }
        Map<String, Object> run = new LinkedHashMap<>();
        Map<String, Object> own = new LinkedHashMap<>();
        Map<String, Word> winners = new LinkedHashMap<>();
        List<String> said = new ArrayList<>();
        for (Word word : words) {
            if (!word.name().equals(OptionTable.METHOD)) {
                boolean ofRun = table.requireFits(word.place(), word.key(), word.value(), method);
                (ofRun ? run : own).put(word.name(), word.value());
            }
            Word loser = winners.put(word.name(), word);
            if (loser != null) {
                said.add(word.name() + ": " + word.shown() + " (" + word.place() + "), not " + loser.shown() + " ("
                        + loser.place() + ")");
            }
        }
        return new GivenOptions(
                method,
                OptionTable.config("options", table.run(), run),
                OptionTable.config("options", method.options(), own),
                said);
    }

    /**
     * Returns these options with those of an adapter that is trained on.
     *
     * @throws UsageException if one that is set contradicts them
     */
    GivenOptions trainingOn(Config learned) {
        Map<String, Object> said = own.fields();
        Map<String, Object> theirs = learned.fields();
        for (Option<?> option : own.options().all()) {
            Object given = said.get(option.name());
            Object theirOwn = theirs.get(option.name());
            if (own.isSet(option) && !Objects.equals(given, theirOwn)) {
                throw contradiction(option.name(), String.valueOf(theirOwn), String.valueOf(given));
            }
        }
        return new GivenOptions(method, run, learned, said());
    }

    private static UsageException contradiction(String name, String own, String given) {
        return new UsageException(name + ": must be that of the adapter that is trained on, " + own + "; got " + given
                + "; leave it away, or train anew without --adapter");
    }

    /** Returns what is said of one option, as a text, wherever that is; empty if nothing is. */
    static Optional<String> said(
            Option<String> option, Optional<SettingsFile> file, Map<String, String> typed, List<String> set) {
        return words(file, typed, set).stream()
                .filter(word -> word.name().equals(option.name()))
                .map(word -> word.value().toString())
                .reduce((first, last) -> last);
    }

    /** All words, those that win last. */
    private static List<Word> words(Optional<SettingsFile> file, Map<String, String> typed, List<String> set) {
        List<Word> words = new ArrayList<>();
        file.ifPresent(settings -> settings.entries()
                .forEach(entry -> words.add(
                        new Word(SettingsFile.place(settings.name(), entry.line()), entry.key(), entry.value()))));
        typed.forEach((name, text) -> words.add(new Word("--" + name, name, text)));
        Map<String, Word> last = new LinkedHashMap<>();
        for (String text : set) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new UsageException("--set: must be key=value; got " + SettingsFile.shown(text));
            }
            String key = text.substring(0, equals);
            Word word = new Word("--set " + SettingsFile.shown(key), key, text.substring(equals + 1));
            if (last.putIfAbsent(word.name(), word) != null) {
                throw new UsageException("--set: " + SettingsFile.shown(key) + " must be set once; got it twice");
            }
        }
        words.addAll(last.values());
        return words;
    }
}
