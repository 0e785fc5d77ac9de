package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.tensor.Attention;
import luthier.tensor.Convolution;
import luthier.tensor.Convolution3d;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Normalization;
import luthier.tensor.Quantized;
import luthier.tensor.Rng;
import luthier.tensor.Rotary;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.Window;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calls every public operation with arguments of all kinds, most of which do not fit, and holds each error of a shape or a type to the form of
 * a report: the operation first, then a line for each variable with its path. What an operation asks for is not known here, so nothing has to
 * be listed when one is added; only that no error of it was ever seen must be explained.
 */
@Tag("slow")
class MisfitCoverageTest {
    private static final int CALLS = 80;

    /** Operations that no operand can misfit, and why. */
    private static final Map<String, String> ACCEPT_ALL =
            Map.of("roll[Variable, long]", "moves the elements of every shape and type on, over all axes");

    private static final DType[] TYPES = {DType.F32, DType.F32, DType.F32, DType.F64, DType.I64, DType.BOOL, DType.BF16
    };
    private static final long[][] SHAPES = {
        {}, {0}, {1}, {5}, {2, 3}, {3, 2}, {4, 4}, {0, 3}, {2, 3, 4}, {3, 2, 4, 4}, {2, 4, 3, 3}, {1, 2, 1, 7, 2}
    };

    @Test
    void everyErrorIsAReport() throws Exception {
        TreeMap<String, String> bare = new TreeMap<>();
        TreeSet<String> silent = new TreeSet<>();
        int operations = 0;
        for (Method method : operations()) {
            operations++;
            String name = signature(method);
            Random random = new Random(method.getName().hashCode());
            int errors = 0;
            for (int call = 0; call < CALLS; call++) {
                List<Variable> variables = new ArrayList<>();
                Object[] arguments = Arrays.stream(method.getGenericParameterTypes())
                        .map(type -> argument(type, random, variables))
                        .toArray();
                Optional<String> message = error(method, arguments);
                errors += message.isPresent() ? 1 : 0;
                if (message.isPresent() && !isReport(method, message.get(), variables)) {
                    bare.putIfAbsent(name, message.get());
                }
            }
            if (errors == 0) {
                silent.add(name);
            }
        }
        assertEquals(Map.of(), bare);
        assertEquals(
                ACCEPT_ALL.keySet(),
                silent,
                "no error was seen of an operation that should have some, or one of an exception");
        assertTrue(operations > 150, () -> "only few operations were found");
    }

    /** The first line is the operation's, and all variables follow by their paths. */
    private static boolean isReport(Method method, String message, List<Variable> variables) {
        List<String> lines = message.lines().toList();
        return lines.getFirst().startsWith(method.getName() + ": ")
                && variables.stream()
                        .map(variable -> variable.name().orElseThrow())
                        .allMatch(path -> lines.stream()
                                .skip(1)
                                .anyMatch(
                                        line -> line.matches("  [a-zA-Z]+(\\[\\d+])? >?\\[.*") && line.endsWith(path)));
    }

    private static Optional<String> error(Method method, Object[] arguments) throws IllegalAccessException {
        try {
            method.invoke(null, arguments);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            boolean misfit = e.getCause() instanceof ShapeException || e.getCause() instanceof DTypeException;
            boolean option =
                    e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof ArithmeticException;
            if (!misfit && !option) {
                return Optional.of(e.getCause().toString());
            }
            return misfit ? Optional.of(e.getCause().getMessage()) : Optional.empty();
        }
    }

    // ---- arguments
    // ------------------------------------------------------------------------------------------------------

    private static Object argument(Type type, Random random, List<Variable> variables) {
        if (type instanceof Class<?> choice && choice.isEnum()) {
            return choice.getEnumConstants()[random.nextInt(choice.getEnumConstants().length)];
        }
        return switch (type.getTypeName()) {
            case "luthier.autograd.Variable" -> variable(random, variables);
            case "java.util.List<luthier.autograd.Variable>", "luthier.autograd.Variable[]" -> {
                List<Variable> parts = List.of(variable(random, variables), variable(random, variables));
                yield type.getTypeName().endsWith("[]") ? parts.toArray(Variable[]::new) : parts;
            }
            case "luthier.tensor.Tensor" -> tensor(random);
            case "luthier.tensor.FrozenMatrix" ->
                Quantized.int8(Tensor.ones(DType.F32, random.nextInt(1, 5), random.nextInt(1, 5)));
            case "java.util.Optional<luthier.tensor.Tensor>" -> Optional.of(tensor(random));
            case "luthier.tensor.Shape" -> Shape.of(SHAPES[random.nextInt(SHAPES.length)]);
            case "int" -> random.nextInt(-2, 4);
            case "long" -> (long) random.nextInt(-1, 4);
            case "double" -> random.nextBoolean() ? 0.5 : 2;
            case "boolean" -> random.nextBoolean();
            case "int[]" -> random.ints(random.nextInt(3), -1, 3).toArray();
            case "long[]" -> random.longs(random.nextInt(5), -1, 4).toArray();
            case "java.lang.String" -> "ij,jk->ik";
            case "luthier.tensor.Window" -> Window.of(3).stride(2);
            case "luthier.tensor.Rng" -> Rng.of(1);
            case "luthier.tensor.Convolution$Options" -> Convolution.Options.DEFAULT;
            case "luthier.tensor.Convolution3d$Options" -> Convolution3d.Options.DEFAULT;
            case "luthier.tensor.Attention$Options" -> Attention.Options.scaled(1);
            case "luthier.tensor.Rotary$Angles" ->
                Rotary.Angles.of(Rotary.Layout.HALF, Rotary.positions(0, 3), new double[] {1}, 1);
            case "luthier.tensor.Rotary" -> Rotary.half();
            case "luthier.autograd.ops.CrossEntropyOptions" -> CrossEntropyOptions.usual();
            case "luthier.tensor.Normalization$RunningStatistics" ->
                new Normalization.RunningStatistics(Tensor.zeros(DType.F32, 3), Tensor.ones(DType.F32, 3));
            default -> throw new IllegalArgumentException("no argument is known for " + type);
        };
    }

    private static Variable variable(Random random, List<Variable> variables) {
        DType type = TYPES[random.nextInt(TYPES.length)];
        Shape shape = Shape.of(SHAPES[random.nextInt(SHAPES.length)]);
        Tensor value = Tensor.full(DType.F32, 0.5, shape).to(type);
        Variable result = Variable.constant(value).named("layer." + variables.size() + ".weight");
        variables.add(result);
        return result;
    }

    private static Tensor tensor(Random random) {
        DType type = random.nextBoolean() ? DType.I64 : DType.BOOL;
        return Tensor.full(type, 1, Shape.of(SHAPES[random.nextInt(SHAPES.length)]));
    }

    // ---- operations
    // -----------------------------------------------------------------------------------------------------

    private static String signature(Method method) {
        return method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList();
    }

    /** Returns the public static methods of all families that take a variable, so that a new one is seen without being listed. */
    private static List<Method> operations() throws IOException, URISyntaxException, ClassNotFoundException {
        Path classes = Path.of(ElementwiseOps.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Method> result = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes.resolve("luthier/autograd/ops"))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith("Ops.class")) {
                    Class<?> family = Class.forName("luthier.autograd.ops." + name.replace(".class", ""));
                    Arrays.stream(family.getDeclaredMethods())
                            .filter(method -> Modifier.isPublic(method.getModifiers())
                                    && Modifier.isStatic(method.getModifiers())
                                    && Arrays.stream(method.getGenericParameterTypes())
                                            .anyMatch(type -> type.getTypeName().contains("luthier.autograd.Variable")))
                            .forEach(result::add);
                }
            }
        }
        return result;
    }
}
