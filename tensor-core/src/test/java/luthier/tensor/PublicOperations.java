package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Operations, found by their signatures so that a new one is tested without being listed. */
final class PublicOperations {
    private static final List<Class<?>> FAMILIES = List.of(
            Elementwise.class, Elementary.class, Activation.class, Comparison.class, Rounding.class, Selection.class);

    private PublicOperations() {}

    /** An operation on tensors alone. */
    record Operation(String name, int operands, Function<Tensor[], Tensor> body) {
        Tensor apply(Tensor... operands) {
            return body.apply(operands);
        }

        boolean isLogical() {
            return name.contains("logical");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Returns the operations element by element of {@code count} tensors that broadcast them; prelu has a rule of its own. */
    static Stream<Operation> of(int count) {
        Class<?>[] parameters = new Class<?>[count];
        Arrays.fill(parameters, Tensor.class);
        return FAMILIES.stream()
                .map(family -> Arrays.asList(family.getDeclaredMethods()))
                .flatMap(Collection::stream)
                .filter(method -> Modifier.isPublic(method.getModifiers())
                        && Arrays.equals(method.getParameterTypes(), parameters)
                        && !method.getName().equals("prelu")
                        && !method.getName().equals("where"))
                .map(PublicOperations::operation)
                .sorted(Comparator.comparing(Operation::name));
    }

    private static Operation operation(Method method) {
        return new Operation(
                method.getDeclaringClass().getSimpleName() + "." + method.getName(),
                method.getParameterCount(),
                operands -> {
                    try {
                        return (Tensor) method.invoke(null, (Object[]) operands);
                    } catch (IllegalAccessException | InvocationTargetException e) {
                        throw new IllegalStateException(method.toString(), e);
                    }
                });
    }

    /** Returns the folder of classes that a class lies in. */
    static Path root(Class<?> type) throws Exception {
        Path path = Path.of(type.getResource(type.getSimpleName() + ".class").toURI());
        for (String part : type.getName().split("\\.")) {
            path = path.getParent();
            assertTrue(!part.isEmpty());
        }
        return path;
    }

    /** Returns the public classes of the packages of operations, so that a new family is seen without being listed. */
    static List<Class<?>> families() throws Exception {
        List<Class<?>> result = new ArrayList<>();
        for (String name : List.of("luthier.tensor", "luthier.tensor.linalg")) {
            try (Stream<Path> files = Files.list(root(Tensor.class).resolve(name.replace('.', '/')))) {
                for (String file : files.map(path -> path.getFileName().toString())
                        .filter(file -> file.matches("\\w+\\.class"))
                        .sorted()
                        .toList()) {
                    Class<?> type = Class.forName(name + "." + file.replace(".class", ""));
                    if (Modifier.isPublic(type.getModifiers()) && !type.isEnum()) {
                        result.add(type);
                    }
                }
            }
        }
        assertTrue(result.size() > 30, result.toString());
        return result;
    }
}
