package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An operation that is used wrongly names itself, not the operation that it is made of. */
class ErrorNamesTest {
    /** Operations that errors call by the name of their family. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "Cholesky",
            "cholesky",
            "Qr",
            "qr",
            "Svd",
            "svd",
            "SymmetricEigen",
            "symmetricEigen",
            "FrozenMatrix",
            "frozenMatrix");

    private static final Tensor SQUARE = Tensor.ones(DType.F32, 2, 2);

    /** Ways to use an operation wrongly; the tensors are the first operand and all others. */
    private enum Misuse {
        STORED(SQUARE.to(DType.BF16), SQUARE.to(DType.BF16), 1),
        LOGICAL(SQUARE.to(DType.BOOL), SQUARE.to(DType.BOOL), 1),
        MIXED_TYPES(SQUARE, SQUARE.to(DType.F64), 1),
        MIXED_SHAPES(Tensor.ones(DType.F32, 2, 3), Tensor.ones(DType.F32, 4, 5), 1),
        MIXED_RANKS(Tensor.ones(DType.F32, 2, 3, 4), Tensor.ones(DType.F32, 3), 1),
        SCALARS(Tensor.scalar(1f), Tensor.scalar(1f), 1),
        EMPTY(Tensor.zeros(DType.F32, 0, 3), Tensor.zeros(DType.F32, 0, 3), 1),
        AXIS_TOO_LARGE(SQUARE, SQUARE, 99),
        AXIS_TOO_SMALL(SQUARE, SQUARE, -99);

        private final Tensor first;
        private final Tensor others;
        private final int number;

        Misuse(Tensor first, Tensor others, int number) {
            this.first = first;
            this.others = others;
            this.number = number;
        }

        /** Returns an argument of a type, or nothing if there is none of this type. */
        private Optional<Object> argument(Class<?> type, boolean isFirst) {
            Tensor tensor = isFirst ? first : others;
            if (type == Tensor.class) {
                return Optional.of(tensor);
            }
            if (type == Tensor[].class) {
                return Optional.of(new Tensor[] {first, others});
            }
            if (type == List.class) {
                return Optional.of(List.of(first, others));
            }
            if (type == Optional.class) {
                return Optional.of(Optional.empty());
            }
            if (type == int.class) {
                return Optional.of(number);
            }
            if (type == int[].class) {
                return Optional.of(new int[] {number});
            }
            if (type == long.class) {
                return Optional.of((long) number);
            }
            if (type == long[].class) {
                return Optional.of(new long[] {number, number});
            }
            if (type == double.class) {
                return Optional.of(0.5);
            }
            return type == boolean.class ? Optional.of(true) : Optional.empty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOperationNamesItself(Misuse misuse) throws Exception {
        Set<String> wrong = new TreeSet<>();
        Set<String> failed = new TreeSet<>();
        for (Class<?> family : PublicOperations.families()) {
            for (Method method : family.getDeclaredMethods()) {
                message(method, misuse).ifPresent(message -> {
                    failed.add(method.getName());
                    if (!message.matches("(?s)" + name(method) + "\\w*:.*")) {
                        wrong.add(family.getSimpleName() + "." + method.getName() + " says " + message);
                    }
                });
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(failed.size() > 20, failed.toString());
    }

    private static String name(Method method) {
        String family = method.getDeclaringClass().getSimpleName();
        return OTHER_NAMES.getOrDefault(family, method.getName().replaceAll("(Backward|InPlace)$", ""));
    }

    /** Returns what a public operation on tensors says to its arguments, if it can be called and fails. */
    private static Optional<String> message(Method method, Misuse misuse) throws IllegalAccessException {
        Class<?>[] types = method.getParameterTypes();
        boolean callable = Modifier.isPublic(method.getModifiers()) && Modifier.isStatic(method.getModifiers());
        boolean onTensors = types.length > 0
                && Set.of(Tensor.class, Tensor[].class, List.class).contains(types[0]);
        if (!callable || !onTensors) {
            return Optional.empty();
        }
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            Optional<Object> argument = misuse.argument(types[i], i == 0);
            if (argument.isEmpty()) {
                return Optional.empty();
            }
            arguments[i] = argument.get();
        }
        try {
            method.invoke(null, arguments);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of(String.valueOf(e.getCause().getMessage()));
        }
    }

    @Test
    void outerShowsTheShapesGiven() {
        Tensor a = Tensor.ones(DType.F32, 2, 3);
        assertEquals(
                "outer: operands must be [.., m] and [.., n], whose leading axes broadcast; got [2, 3] and [4, 5]"
                        + "\n  a [>2<, 3] F32" + "\n  b [>4<, 5] F32",
                assertThrows(ShapeException.class, () -> Product.outer(a, Tensor.ones(DType.F32, 4, 5)))
                        .getMessage());
    }
}
