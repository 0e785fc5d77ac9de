package luthier.finetune.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.Layer;
import luthier.nn.Parameter;

/**
 * What a run trains and what it costs, group by group, before anything is allocated. Groups are the model's blocks, its other
 * top-level parts, and the adapters of each kind of place together.
 */
public record ParameterTable(List<Group> groups) {
    /** Optimizer state of Adam and its kin: two numbers a trained parameter. */
    public static final int ADAM_STATES = 2;

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

        private Group plus(Parameter parameter, int optimizerStates) {
            long n = parameter.elementCount();
            long bytes = parameter.bytes();
            return parameter.isTrainable()
                    ? new Group(
                            name,
                            trainable + n,
                            frozen,
                            weightBytes + bytes,
                            gradientBytes + bytes,
                            optimizerBytes + optimizerStates * bytes)
                    : new Group(name, trainable, frozen + n, weightBytes + bytes, gradientBytes, optimizerBytes);
        }
    }

    /** Copies the list. */
    public ParameterTable {
        groups = List.copyOf(groups);
    }

    /**
     * Returns the table of a model with its adapters.
     *
     * @param optimizerStates numbers the optimizer keeps for each trained one
     */
    public static ParameterTable of(Layer model, int optimizerStates) {
        Map<String, Group> groups = new LinkedHashMap<>();
        model.parameters().forEach((path, parameter) -> add(groups, groupOf(path), parameter, optimizerStates));
        model.adapterParameters()
                .forEach((path, parameter) -> add(groups, "adapters of " + groupOf(path), parameter, optimizerStates));
        return new ParameterTable(new ArrayList<>(groups.values()));
    }

    private static void add(Map<String, Group> groups, String name, Parameter parameter, int optimizerStates) {
        Group before = groups.getOrDefault(name, new Group(name, 0, 0, 0, 0, 0));
        groups.put(name, before.plus(parameter, optimizerStates));
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
