package luthier.tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The operations element by element, found by their signatures so that a new one is tested without being listed. */
final class PublicOperations {
    private static final List<Class<?>> FAMILIES =
            List.of(Elementwise.class, Functions.class, Activation.class, Comparison.class);

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

    /** Returns those of {@code count} tensors that broadcast them; prelu has a rule of its own. */
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
        return new Operation(method.getDeclaringClass().getSimpleName() + "." + method.getName(), method.getParameterCount(), operands -> {
            try {
                return (Tensor) method.invoke(null, (Object[]) operands);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException(method.toString(), e);
            }
        });
    }
}
