package luthier.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.finetune.method.Config;
import org.jspecify.annotations.Nullable;

/** What {@code config.json} of a run on one's own rows holds. */
final class OwnConfig {
    private OwnConfig() {}

    /** Returns every option by its long name: a run is repeated by giving the file as {@code --config}. */
    static Map<String, Object> fields(GivenOptions given) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(OptionTable.METHOD, given.method().name());
        fields.putAll(set(given.run()));
        fields.putAll(set(given.own()));
        return fields;
    }

    private static Map<String, Object> set(Config config) {
        Map<String, Object> fields = new LinkedHashMap<>(config.fields());
        fields.keySet()
                .removeIf(name -> config.options().all().stream()
                        .anyMatch(option ->
                                option.name().equals(name) && !config.isSet(option) && isNothing(fields.get(name))));
        return fields;
    }

    /** Nothing is not a word that a settings file takes. */
    private static boolean isNothing(@Nullable Object value) {
        return value == null || value.equals("") || value.equals(Map.of()) || value.equals(List.of());
    }
}
