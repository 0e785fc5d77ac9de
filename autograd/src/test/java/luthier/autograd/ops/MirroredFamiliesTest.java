package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** A family {@code X} of operations on tensors and {@code XOps} on variables are one family with the same operations. */
class MirroredFamiliesTest {
    /** Families made of other operations, for losses and training: on tensors there is nothing beneath them. */
    private static final Set<String> COMPOSED_FAMILIES = Set.of("Distance", "Dropout");

    /** Operations of other families, made of their own family's and others. */
    private static final Map<String, Set<String>> COMPOSED = Map.of(
            "Loss", Set.of("bceWithLogits", "crossEntropyRows", "hinge", "klDiv", "nll"),
            "Normalization", Set.of("batchNorm", "groupNorm", "instanceNorm"),
            "Softmax", Set.of("maskedSoftmax"));

    /** On tensors these are records with factories: {@code Qr.of(a)}, {@code Rotary.half(..).rotate(x)}. */
    private static final Map<String, Set<String>> RECORDS = Map.of(
            "Decomposition", Set.of("cholesky", "qr", "singularValues", "svd", "symmetricEigen"),
            "Rotary", Set.of("rotate"));

    /** What has no derivative, or none that is of use: indices, counts, truth values, numbers for people. */
    private static final Map<String, Set<String>> WITHOUT_DERIVATIVE = Map.of(
            "Einsum", Set.of("plan"),
            "Indexing", Set.of("nonZero", "oneHot"),
            "LinearAlgebra", Set.of("conditionNumber", "leastSquares", "matrixNorm", "matrixRank"),
            "Quantiles", Set.of("quantileWithIndices"),
            "Reduction", Set.of("allFinite", "argmax", "argmin", "sumOfSquares"),
            "Rotary", Set.of("half", "interleaved", "positions"),
            "Sorting", Set.of("argsort", "searchsorted", "unique"));

    /** Families that no gradient flows through, and what makes, keeps or describes tensors. */
    private static final Set<String> TENSORS_ALONE = Set.of(
            "BlockQuantized",
            "Comparison",
            "Counting",
            "Creation",
            "DType",
            "FrozenMatrix",
            "Operand",
            "Pool",
            "Quantized",
            "Rng",
            "Shape",
            "ShapeRule",
            "Tensor",
            "Updates",
            "Window");

    @Test
    void everyOperationOnVariablesIsOneOnTensors() throws Exception {
        Map<String, Class<?>> tensors = tensorFamilies();
        Set<String> missing = new TreeSet<>();
        int seen = 0;
        for (Class<?> ops : classes("luthier.autograd.ops", SoftmaxOps.class)) {
            String family = ops.getSimpleName().replaceFirst("Ops$", "");
            if (!ops.getSimpleName().endsWith("Ops") || COMPOSED_FAMILIES.contains(family)) {
                continue;
            }
            seen++;
            Set<String> there = family.equals("Shape")
                    ? names(Tensor.class, false)
                    : tensors.containsKey(family) ? names(tensors.get(family), true) : Set.of();
            for (String operation : names(ops, true)) {
                boolean composed = COMPOSED.getOrDefault(family, Set.of()).contains(operation)
                        || RECORDS.getOrDefault(family, Set.of()).contains(operation);
                if (there.contains(operation) == composed) {
                    missing.add(family + "." + operation);
                }
            }
        }
        assertTrue(seen > 20, "families seen: " + seen);
        assertEquals(Set.of(), missing, "on variables and not on tensors, or listed as composed and on both");
    }

    @Test
    void everyOperationOnTensorsIsOneOnVariables() throws Exception {
        Map<String, Class<?>> variables = new TreeMap<>();
        for (Class<?> ops : classes("luthier.autograd.ops", SoftmaxOps.class)) {
            variables.put(ops.getSimpleName().replaceFirst("Ops$", ""), ops);
        }
        Set<String> missing = new TreeSet<>();
        for (Map.Entry<String, Class<?>> family : tensorFamilies().entrySet()) {
            String name = family.getKey();
            Class<?> ops = variables.get(name);
            Set<String> there = ops == null ? Set.of() : names(ops, true);
            for (String operation : names(family.getValue(), true)) {
                boolean kernelOfARule = operation.matches("\\w+(Backward|Gradients?)");
                boolean listed = WITHOUT_DERIVATIVE.getOrDefault(name, Set.of()).contains(operation);
                if (!kernelOfARule && there.contains(operation) == listed) {
                    missing.add(name + "." + operation);
                }
            }
        }
        assertEquals(Set.of(), missing, "on tensors and not on variables, or listed without a derivative and on both");
    }

    /** Every class of static operations, by its name. */
    private static Map<String, Class<?>> tensorFamilies() throws Exception {
        Map<String, Class<?>> result = new TreeMap<>();
        for (Class<?> type : classes("luthier.tensor", Tensor.class)) {
            if (!TENSORS_ALONE.contains(type.getSimpleName())
                    && !names(type, true).isEmpty()
                    && returnsTensors(type)) {
                result.put(type.getSimpleName(), type);
            }
        }
        Class<?> algebra = Class.forName("luthier.tensor.linalg.LinearAlgebra");
        result.put(algebra.getSimpleName(), algebra);
        assertTrue(result.size() > 20, result.keySet().toString());
        return result;
    }

    private static boolean returnsTensors(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && Modifier.isStatic(method.getModifiers()))
                .anyMatch(method -> Arrays.stream(method.getParameterTypes())
                                .anyMatch(parameter -> parameter == Tensor.class || parameter == Tensor[].class)
                        || method.getReturnType() == type);
    }

    private static Set<String> names(Class<?> type, boolean areStatic) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers())
                        && !method.isSynthetic()
                        && Modifier.isStatic(method.getModifiers()) == areStatic)
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The public classes of a package, found where one of its classes lies. */
    private static List<Class<?>> classes(String name, Class<?> near) throws Exception {
        URI place = near.getResource(near.getSimpleName() + ".class").toURI();
        List<Class<?>> result = new ArrayList<>();
        // A module's classes lie in a folder or, once it is packaged, in a jar.
        try (FileSystem jar = place.getScheme().equals("jar") ? FileSystems.newFileSystem(place, Map.of()) : null) {
            Path file = jar == null ? Path.of(place) : jar.provider().getPath(place);
            try (Stream<Path> files = Files.list(file.getParent())) {
                for (String found : files.map(path -> path.getFileName().toString())
                        .filter(path -> path.matches("\\w+\\.class"))
                        .sorted()
                        .toList()) {
                    Class<?> type = Class.forName(name + "." + found.replace(".class", ""));
                    if (Modifier.isPublic(type.getModifiers())) {
                        result.add(type);
                    }
                }
            }
        }
        return result;
    }
}
