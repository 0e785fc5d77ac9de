package luthier.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * The operands, outputs and options that an operation has. A case of the set may call its tensors what it likes: a tensor of a
 * role's own name has that role, the others have those that are left, in order, as far as their types fit.
 */
public record Signature(List<Role> operands, List<Role> outputs, Set<String> options) {
    /** What a role's tensor holds. */
    enum Kind {
        REAL,
        INTEGER,
        TRUTH,
        ANY;

        static Kind of(DType dtype) {
            return dtype.isFloating() ? REAL : dtype == DType.BOOL ? TRUTH : INTEGER;
        }

        boolean fits(DType dtype) {
            return this == ANY || this == of(dtype);
        }
    }

    /**
     * An operand or an output.
     *
     * @param rank operands of rank 0 must be there; of those of higher ranks, the lower ones are there first
     * @param byName whether the name alone says what is computed
     */
    record Role(String name, Kind kind, int rank, boolean byName) {
        /** Reads {@code x}, {@code idx:i}, {@code mask:b?}, {@code target:*}, {@code weight??} or {@code =argmax}. */
        static Role parse(String text) {
            String[] parts = text.replaceAll("[=?]", "").split(":");
            Kind kind = parts.length == 1
                    ? Kind.REAL
                    : switch (parts[1]) {
                        case "i" -> Kind.INTEGER;
                        case "b" -> Kind.TRUTH;
                        case "*" -> Kind.ANY;
                        default -> throw new IllegalArgumentException(text);
                    };
            return new Role(
                    parts[0], kind, (int) text.chars().filter(c -> c == '?').count(), text.startsWith("="));
        }
    }

    /** The list of roles that stands for tensors in any number, each in the role of its own name. */
    private static final String ANY_NUMBER = "...";

    /** Reads the lists of roles and options, separated by spaces; {@code ...} stands for tensors in any number. */
    public static Signature of(String operands, String outputs, String options) {
        return new Signature(roles(operands), roles(outputs), Set.copyOf(words(options)));
    }

    private static List<String> words(String text) {
        return Stream.of(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static List<Role> roles(String text) {
        return text.strip().equals(ANY_NUMBER)
                ? List.of()
                : words(text).stream().map(Role::parse).toList();
    }

    /** Returns the tensors of a case by role, in the order of its table of tensors. */
    public Map<String, Tensor> byRole(JsonObject meta, Map<String, Tensor> tensors) {
        Map<String, DType> types = new LinkedHashMap<>();
        meta.get("tensors")
                .asObject()
                .members()
                .keySet()
                .forEach(name -> types.put(name, tensors.get(name).dtype()));
        Map<String, Tensor> found = new LinkedHashMap<>();
        operandRoles(types).forEach((name, role) -> found.put(role, tensors.get(name)));
        return found;
    }

    /** Returns the role of every operand that a case has, by the case's name. */
    Map<String, String> operandRoles(Map<String, DType> given) {
        Map<String, String> found = match(operands, given, "operand");
        for (Role role : operands) {
            if (role.rank() == 0 && !found.containsValue(role.name())) {
                throw new NotCovered("no operand " + role.name());
            }
        }
        return found;
    }

    /** Returns the role of every output that a case has, by the case's name; those in any number are y0, y1 ... */
    Map<String, String> outputRoles(Map<String, DType> given) {
        if (!outputs.isEmpty()) {
            return match(outputs, given, "output");
        }
        Map<String, String> found = new LinkedHashMap<>();
        given.keySet().forEach(name -> found.put(name, name.matches("y\\d+") ? name : "y" + found.size()));
        return found;
    }

    private static Map<String, String> match(List<Role> roles, Map<String, DType> given, String what) {
        Map<String, String> found = new LinkedHashMap<>();
        List<Role> free = new ArrayList<>(roles);
        List<String> strangers = new ArrayList<>();
        given.forEach((name, dtype) -> {
            if (roles.isEmpty() || free.removeIf(role -> role.name().equals(name))) {
                found.put(name, name);
            } else {
                found.put(name, "");
                strangers.add(name);
            }
        });
        free.removeIf(Role::byName);
        keepMostUrgent(free, strangers.size());
        for (String name : strangers) {
            Role role = free.stream()
                    .filter(r -> r.kind().fits(given.get(name)))
                    .findFirst()
                    .orElseThrow(() -> new NotCovered(what + " " + name));
            free.remove(role);
            found.put(name, role.name());
        }
        return found;
    }

    private static void keepMostUrgent(List<Role> roles, int count) {
        int[] ranks = roles.stream().mapToInt(Role::rank).sorted().toArray();
        int last = count < ranks.length ? ranks[Math.max(0, count - 1)] : Integer.MAX_VALUE;
        int room =
                count - (int) Arrays.stream(ranks).filter(rank -> rank < last).count();
        for (int i = 0, kept = 0; i < roles.size(); ) {
            int rank = roles.get(i).rank();
            if (rank > last || rank == last && kept++ >= room) {
                roles.remove(i);
            } else {
                i++;
            }
        }
    }
}
