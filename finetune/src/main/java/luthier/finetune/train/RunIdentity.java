package luthier.finetune.train;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import luthier.tensor.Threads;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What decides the numbers of a run: its settings and the contents it reads. A run is taken up again only where both are the same;
 * where files lie, the settings {@link #FREE} and the environment may differ.
 *
 * @param settings the options by their long names, {@code learning-rate} to {@code 0.001}; one that is not set is absent
 * @param sources what the run reads, by name: data, valid, model, tokenizer
 * @param environment what is recorded and never compared: versions, threads, machine
 */
public record RunIdentity(Map<String, String> settings, Map<String, Source> sources, Map<String, String> environment) {
    /** Settings that change no number, or only what is kept and shown: a run goes on with others. */
    public static final Set<String> FREE =
            Set.of("threads", "memory", "quiet", "json", "keep", "save-every", "out", "config");

    private static final int SHOWN = 12;

    /**
     * A content that a run reads.
     *
     * @param place where it lies, for messages
     * @param sha256 what it is
     */
    public record Source(String place, String sha256) {
        /**
         * Returns a file or folder by its content.
         *
         * @param name what it is to the run, for the message
         * @throws CheckpointException if it is gone
         * @throws IOException if it cannot be read
         */
        public static Source of(String name, Path path) throws IOException {
            if (Files.notExists(path)) {
                throw new CheckpointException(
                        "resume: " + name + " must be where it was or be given anew; got nothing at " + path
                                + "; give its new place with --" + name);
            }
            return new Source(path.toString(), Fingerprint.sha256(path));
        }

        private String shown() {
            return place + " (sha256 " + sha256.substring(0, Math.min(SHOWN, sha256.length())) + ")";
        }
    }

    /** Copies the maps. */
    public RunIdentity {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    /** Returns the identity of a run in this process, the environment filled in. */
    public static RunIdentity here(Map<String, String> settings, Map<String, Source> sources) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put(
                "library",
                Optional.ofNullable(RunIdentity.class.getModule().getDescriptor())
                        .flatMap(ModuleDescriptor::rawVersion)
                        .orElse("unknown"));
        environment.put("jdk", Runtime.version().toString());
        environment.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        environment.put("threads", String.valueOf(Threads.count()));
        environment.put("kernels", System.getProperty("luthier.kernels", "default"));
        return new RunIdentity(settings, sources, environment);
    }

    /**
     * Refuses to go on where numbers would be others.
     *
     * @param checkpoint whose identity this is
     * @param now the identity of the run that wants to go on
     * @throws CheckpointException naming everything that differs, with both values
     */
    void requireSame(String checkpoint, RunIdentity now) {
        List<String> other = new ArrayList<>();
        for (String name : union(sources, now.sources)) {
            Source before = sources.get(name);
            Source after = now.sources.get(name);
            if (before == null || after == null || !before.sha256.equals(after.sha256)) {
                other.add(
                        difference(name, before == null ? null : before.shown(), after == null ? null : after.shown()));
            }
        }
        for (String name : union(settings, now.settings)) {
            String before = settings.get(name);
            String after = now.settings.get(name);
            boolean compared = !FREE.contains(name) && !sources.containsKey(name) && !now.sources.containsKey(name);
            if (compared && (before == null || !before.equals(after))) {
                other.add(difference(name, before, after));
            }
        }
        if (!other.isEmpty()) {
            throw new CheckpointException("resume: what decides the numbers must be as it was when " + checkpoint
                    + " was saved; got " + String.join(", ", other)
                    + "; go on without these changes, or begin a new run from the weights of this one");
        }
    }

    private static String difference(String name, @Nullable String before, @Nullable String after) {
        return name + " " + (after == null ? "not set" : after) + " instead of "
                + (before == null ? "not set" : before);
    }

    private static Set<String> union(Map<String, ?> a, Map<String, ?> b) {
        Set<String> names = new LinkedHashSet<>(a.keySet());
        names.addAll(b.keySet());
        return names;
    }

    String toJson() {
        Map<String, Object> places = new LinkedHashMap<>();
        sources.forEach((name, source) -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("place", source.place);
            fields.put("sha256", source.sha256);
            places.put(name, fields);
        });
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("settings", settings);
        fields.put("sources", places);
        fields.put("environment", environment);
        return Json.of(fields).toJson(2) + "\n";
    }

    static RunIdentity of(JsonObject json) {
        Map<String, Source> sources = new LinkedHashMap<>();
        json.get("sources").asObject().members().forEach((name, value) -> {
            JsonObject fields = value.asObject();
            sources.put(
                    name,
                    new Source(
                            fields.get("place").asString(), fields.get("sha256").asString()));
        });
        return new RunIdentity(texts(json, "settings"), sources, texts(json, "environment"));
    }

    private static Map<String, String> texts(JsonObject json, String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.get(name).asObject().members().forEach((key, value) -> texts.put(key, value.asString()));
        return texts;
    }
}
