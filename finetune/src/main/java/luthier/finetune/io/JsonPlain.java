package luthier.finetune.io;

import java.util.LinkedHashMap;
import java.util.Map;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/** A JSON value as plain Java values. */
final class JsonPlain {
    private JsonPlain() {}

    static Object of(JsonValue value) {
        return switch (value) {
            case JsonString text -> text.value();
            case JsonNumber number -> number.asDouble();
            case JsonBoolean flag -> flag.asBoolean();
            case JsonArray list -> list.asList().stream().map(JsonPlain::of).toList();
            case JsonObject object -> {
                Map<String, Object> map = new LinkedHashMap<>();
                object.members().forEach((name, each) -> map.put(name, of(each)));
                yield map;
            }
            default -> value.toString();
        };
    }
}
