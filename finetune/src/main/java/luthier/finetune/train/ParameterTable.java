package luthier.finetune.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.optim.UpdateRule;
import luthier.tensor.Shape;

/**
 * What a run trains and what it costs, group by group, before anything is allocated. Groups are the model's blocks, its other
 * top-level parts, and the adapters of each kind of place together.
 */
public record ParameterTable(List<Group> groups) {
    /**
     * One group.
     *
     * @param name the group's path
     * @param trainable the number of trained elements
     * @param frozen the number of frozen elements
     * @param weightBytes the size of all its values
     * @param gradientBytes the size of its gradients, trained elements only
     * @param optimizerBytes the size of its optimizer state, trained elements only
     */
    public record Group(
            String name, long trainable, long frozen, long weightBytes, long gradientBytes, long optimizerBytes) {
        /** Returns the number of all elements. */
        public long total() {
            return trainable + frozen;
        }

        private Group plusFrozen(Parameter parameter) {
            return new Group(
                    name,
                    trainable,
                    frozen + parameter.elementCount(),
                    weightBytes + parameter.bytes(),
                    gradientBytes,
                    optimizerBytes);
        }

        private Group plusTrained(Parameter parameter, UpdateRule rule) {
            long slots = rule.slots(parameter.shape()).values().stream()
                    .mapToLong(Shape::elementCount)
                    .sum();
            return new Group(
                    name,
                    trainable + parameter.elementCount(),
                    frozen,
                    weightBytes + parameter.bytes(),
                    gradientBytes + parameter.bytes(),
                    optimizerBytes + slots * parameter.dtype().bytes());
        }

        /** The model's own of a trained copy: it takes memory, and is counted as the copy. */
        private Group plusReplaced(Parameter parameter) {
            return new Group(name, trainable, frozen, weightBytes + parameter.bytes(), gradientBytes, optimizerBytes);
        }
    }

    /** Copies the list. */
    public ParameterTable {
        groups = List.copyOf(groups);
    }

    /**
     * Returns the table of a model with what is trained on it.
     *
     * @param trained by the names of an adaptation: the model's own for copies of them, and for themselves if they are trained in place
     * @param rule says what the optimizer keeps for each
     */
    public static ParameterTable of(Layer model, Map<String, Parameter> trained, UpdateRule rule) {
        Map<String, Group> groups = new LinkedHashMap<>();
        model.parameters().forEach((path, parameter) -> {
            Parameter copy = trained.get(path);
            change(
                    groups,
                    groupOf(path),
                    group -> copy == null
                            ? group.plusFrozen(parameter)
                            : (copy == parameter ? group : group.plusReplaced(parameter)).plusTrained(copy, rule));
        });
        trained.forEach((path, parameter) -> {
            if (!model.parameters().containsKey(path)) {
                change(groups, "adapters of " + groupOf(path), group -> group.plusTrained(parameter, rule));
            }
        });
        return new ParameterTable(new ArrayList<>(groups.values()));
    }

    private static void change(Map<String, Group> groups, String name, UnaryOperator<Group> change) {
        groups.put(name, change.apply(groups.getOrDefault(name, new Group(name, 0, 0, 0, 0, 0))));
    }

    /** The path up to the block's number, or up to the second part: {@code bert.encoder.layer.0}, {@code bert.embeddings}. */
    private static String groupOf(String path) {
        String[] parts = path.split("\\.");
        StringBuilder name = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length - 1; i++) {
            boolean number = parts[i].chars().allMatch(Character::isDigit);
            if (i >= 2 && !number && !nextIsNumber(parts, i)) {
                break;
            }
            name.append('.').append(parts[i]);
            if (number) {
                break;
            }
        }
        return name.toString();
    }

    private static boolean nextIsNumber(String[] parts, int i) {
        return i + 1 < parts.length && parts[i + 1].chars().allMatch(Character::isDigit);
    }

    /** Returns the sum of all groups, named {@code total}. */
    public Group total() {
        Group sum = new Group("total", 0, 0, 0, 0, 0);
        for (Group group : groups) {
            sum = new Group(
                    "total",
                    sum.trainable + group.trainable,
                    sum.frozen + group.frozen,
                    sum.weightBytes + group.weightBytes,
                    sum.gradientBytes + group.gradientBytes,
                    sum.optimizerBytes + group.optimizerBytes);
        }
        return sum;
    }
}
