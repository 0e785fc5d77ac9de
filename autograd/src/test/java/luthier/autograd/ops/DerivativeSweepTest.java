package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.derivatives.DerivativeCase;
import luthier.derivatives.DerivativeCases;
import luthier.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Derivatives of all functions of one number, plain, recorded and second, over the whole range of inputs. */
class DerivativeSweepTest {
    private static final double BOUND = 6;
    private static final List<Class<?>> FAMILIES = List.of(
            ActivationOps.class, ElementwiseOps.class, ElementaryOps.class, RoundingOps.class, SelectionOps.class);

    static Stream<DerivativeCase> derivativesKeepTheirDigits() {
        return DerivativeCases.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void derivativesKeepTheirDigits(DerivativeCase row) {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            DerivativeCase.Errors errors = row.errors(dtype);
            assertTrue(errors.largest().ulps() <= BOUND, () -> row.name() + " " + dtype + ": " + errors);
        }
    }

    /** A public operation of one variable and numbers, element by element, must be swept. */
    @Test
    void everyFunctionIsSwept() {
        Set<String> swept = DerivativeCases.all().stream()
                .map(DerivativeCase::signature)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> missing = new TreeSet<>();
        for (Class<?> family : FAMILIES) {
            for (Method method : family.getMethods()) {
                if (Modifier.isStatic(method.getModifiers()) && isOfOneNumber(method)) {
                    missing.add(signature(method));
                }
            }
        }
        assertTrue(missing.size() > 45, missing.toString());
        missing.removeAll(swept);
        assertEquals(Set.of(), missing);
    }

    private static boolean isOfOneNumber(Method method) {
        List<Class<?>> types = List.of(method.getParameterTypes());
        return Collections.frequency(types, Variable.class) == 1
                && types.stream().allMatch(type -> type == Variable.class || type == double.class);
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(type -> type == Variable.class ? "x" : "c")
                .collect(Collectors.joining(", ", method.getName() + "(", ")"));
    }
}
