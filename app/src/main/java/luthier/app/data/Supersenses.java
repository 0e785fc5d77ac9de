package luthier.app.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import luthier.app.data.SupersenseTask.Supersense;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;

/** The classes of the task, from their resource: a run can name them without reading WordNet. */
public final class Supersenses {
    private static final String RESOURCE = "wordnet-supersenses.json";

    private Supersenses() {}

    /** Returns the classes in the order of their labels. */
    public static List<Supersense> read() {
        try (InputStream in = Supersenses.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " must be on the class path beside " + Supersenses.class);
            }
            JsonObject root = Json.parse(in.readAllBytes(), RESOURCE).asObject();
            return root.get("classes").asList().stream()
                    .map(JsonValue::asObject)
                    .map(fields -> new Supersense(
                            fields.get("number").asInt(),
                            fields.get("name").asString(),
                            fields.get("prompt").asString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
