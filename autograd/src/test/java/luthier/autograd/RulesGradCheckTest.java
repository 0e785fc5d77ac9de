package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.autograd.ops.ElementwiseOps;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** First and second derivatives of every public operation against finite differences, in double precision. */
class RulesGradCheckTest {
    @TestFactory
    Stream<DynamicTest> firstOrder() {
        return GradSamples.all().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(
                        e.getKey(),
                        () -> GradCheck.check(e.getValue().f(), e.getValue().inputs())
                                .assertPassed()));
    }

    @TestFactory
    Stream<DynamicTest> secondOrder() {
        return GradSamples.all().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(
                        e.getKey(),
                        () -> GradCheck.checkSecondOrder(
                                        e.getValue().f(), e.getValue().inputs())
                                .assertPassed()));
    }

    @Test
    void everyPublicOperationHasASample() throws Exception {
        TreeSet<String> sampled = GradSamples.all().keySet().stream()
                .map(name -> name.replaceAll(",.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> without = new TreeSet<>();
        List<Class<?>> families = families();
        assertTrue(families.size() >= 12, families.toString());
        for (Class<?> family : families) {
            for (Method method : family.getDeclaredMethods()) {
                boolean differentiable = Modifier.isPublic(method.getModifiers())
                        && Modifier.isStatic(method.getModifiers())
                        && (method.getReturnType() == Variable.class
                                || method.getReturnType() == List.class
                                || method.getReturnType().isRecord());
                if (differentiable && !sampled.contains(method.getName())) {
                    without.add(family.getSimpleName() + "." + method.getName());
                }
            }
        }
        assertEquals(new TreeSet<>(), without);
    }

    /** Returns the public classes of the package of operations, so that a new family is seen without being listed. */
    private static List<Class<?>> families() throws IOException, URISyntaxException, ClassNotFoundException {
        Path classes = Path.of(ElementwiseOps.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> result = new java.util.ArrayList<>();
        try (Stream<Path> files = Files.list(classes.resolve("luthier/autograd/ops"))) {
            for (String name : files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith("Ops.class"))
                    .sorted()
                    .toList()) {
                result.add(Class.forName("luthier.autograd.ops." + name.replace(".class", "")));
            }
        }
        return result;
    }

    @Test
    void findsAWrongDerivative() {
        assertEquals(
                false,
                GradCheck.check(
                                in -> Variable.record(
                                                luthier.tensor.Elementwise.square(
                                                        in.get(0).value()),
                                                (dY, gradients) -> gradients.set(0, ElementwiseOps.mul(dY, in.get(0))),
                                                in.get(0))
                                        .sum(),
                                GradSamples.normal(30, 3))
                        .passed());
    }
}
