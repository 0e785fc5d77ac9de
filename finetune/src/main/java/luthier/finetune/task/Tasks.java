package luthier.finetune.task;

import java.util.List;
import luthier.finetune.method.OptionException;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;

/** Makes tasks: from the shape of rows, and again from files. */
public final class Tasks {
    private Tasks() {}

    /**
     * Returns the task of rows.
     *
     * @param train the rows of training, by which numbers are scaled
     * @throws OptionException naming the task if it is none that text encoders learn
     */
    public static Task of(DataShape shape, List<TypedRow> train) {
        return switch (shape.kind()) {
            case CLASSIFY -> Classification.ofTexts(shape.labels());
            case PAIR_CLASSIFY -> Classification.ofPairs(shape.labels());
            case MULTI -> new MultiLabel(shape.labels());
            case REGRESS -> Regression.of(false, train);
            case PAIR_REGRESS -> Regression.of(true, train);
            case TAG -> new TokenTagging(shape.labels());
            case EMBED -> new TextEmbedding(shape.used().containsKey(DataShape.NEGATIVE));
            case CHAT, PREFERENCE, FEEDBACK, COMPLETION, LANGUAGE ->
                throw new OptionException("task: " + shape.kind().word()
                        + " needs a model that generates text, which this version does not train; got rows of that shape;"
                        + " choose columns of another task with --task, --text and --label");
        };
    }

    /** Returns the task that {@link Task#fields} described. */
    public static Task of(JsonObject json) {
        List<String> labels =
                json.get("labels").asList().stream().map(JsonValue::asString).toList();
        String name = json.get("task").asString();
        return switch (name) {
            case "classify" -> Classification.ofTexts(labels);
            case "pair-classify" -> Classification.ofPairs(labels);
            case "multi" -> new MultiLabel(labels);
            case "regress", "pair-regress" ->
                Regression.of(
                        name.equals("pair-regress"),
                        json.get("mean").asDouble(),
                        json.get("scale").asDouble());
            case "tag" -> new TokenTagging(labels);
            case "embed" -> new TextEmbedding(json.get("negatives").asBoolean());
            default -> throw new OptionException("task: must be one of this version's; got " + name);
        };
    }
}
