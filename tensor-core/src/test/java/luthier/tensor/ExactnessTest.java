package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The same bits from every JVM: scalar and vector kernels, any number of threads, every vector width that the processor has, the
 * interpreter and the first compiler. Each setting but the number of threads runs {@link ExactnessProgram} in a JVM of its own; a
 * change of that number comes last in the JVM that is compared with, so its code is compiled by then.
 */
class ExactnessTest {
    private static final String ALL = "TINY MIDDLE LARGE";
    private static final List<String> OTHER_THREADS = List.of("LARGE@1", "LARGE@3");

    /** Options of a JVM, and the sizes that it can bear. */
    private record Setting(String options, String sizes) {}

    // Without fused multiply-add in hardware, below UseAVX=2, Math.fma goes through BigDecimal; uncompiled vectors are
    // objects.
    private static final Setting REFERENCE =
            new Setting("-Dluthier.threads=2", ALL + " " + String.join(" ", OTHER_THREADS));
    private static final List<Setting> SETTINGS = List.of(
            new Setting("-Dluthier.kernels=scalar", ALL),
            new Setting("-XX:UseAVX=0", "TINY"),
            new Setting("-XX:UseAVX=1", "TINY"),
            new Setting("-XX:UseAVX=2", "MIDDLE LARGE"),
            new Setting("-XX:UseAVX=3", "MIDDLE LARGE"),
            new Setting("-XX:TieredStopAtLevel=1", "TINY MIDDLE"),
            new Setting("-Xint", "TINY"));

    /** Neither operations nor values: how many threads work together, and whose an array is. */
    private static final Set<String> SETTERS =
            Set.of("Threads.count", "Threads.set", "Pool.current", "Pool.hold", "Pool.keep");

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> noSettingChangesABit() throws Exception {
        String usual = usualWidth();
        Map<String, Future<Map<String, String>>> runs = new LinkedHashMap<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            Future<Map<String, String>> expected = pool.submit(() -> run(REFERENCE));
            SETTINGS.stream()
                    .filter(setting -> !setting.options().equals(usual))
                    .forEach(setting -> runs.put(setting.options(), pool.submit(() -> run(setting))));
            Stream<DynamicTest> settings = runs.entrySet().stream()
                    .map(run -> DynamicTest.dynamicTest(
                            run.getKey(),
                            () -> assertSameBits(expected.get(), run.getValue().get())));
            Stream<DynamicTest> threads = OTHER_THREADS.stream()
                    .map(size -> DynamicTest.dynamicTest(
                            size, () -> assertSameBits(expected.get(), only(size, expected.get()))));
            return Stream.concat(settings, threads);
        }
    }

    /** Returns the vector width that a JVM takes by itself, as the reference does; nothing where there is no such choice. */
    private static String usualWidth() throws IOException {
        Process flags = new ProcessBuilder(java().toString(), "-XX:+PrintFlagsFinal", "-version").start();
        return flags.inputReader()
                .lines()
                .filter(line -> line.contains(" UseAVX "))
                .map(line -> "-XX:UseAVX=" + line.replaceFirst(".*= *(\\d).*", "$1"))
                .findFirst()
                .orElse("");
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static Map<String, String> only(String size, Map<String, String> hashes) {
        Map<String, String> found = new LinkedHashMap<>(hashes);
        found.keySet().removeIf(operation -> !operation.startsWith(size + " "));
        return found;
    }

    private static void assertSameBits(Map<String, String> expected, Map<String, String> got) {
        assertTrue(got.size() > 500, "the program must print its lines; got " + got.size());
        List<String> differ = got.keySet().stream()
                .filter(operation -> !got.get(operation).equals(expected.get(operation.replaceFirst("@\\d+ ", " "))))
                .toList();
        assertEquals(List.of(), differ);
    }

    /** Returns the hashes by operation. */
    private static Map<String, String> run(Setting setting) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(java().toString());
        command.addAll(List.of("--add-modules=jdk.incubator.vector", "-Xmx512m", "-XX:+UseSerialGC"));
        command.addAll(List.of("-XX:+IgnoreUnrecognizedVMOptions", setting.options(), "-cp"));
        command.add(PublicOperations.root(Tensor.class)
                + File.pathSeparator
                + PublicOperations.root(ExactnessProgram.class));
        command.add(ExactnessProgram.class.getName());
        command.addAll(List.of(setting.sizes().split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it must end");
        assertEquals(
                0,
                process.exitValue(),
                () -> setting + " must run; got " + output.substring(Math.max(0, output.length() - 3000)));
        Map<String, String> hashes = new LinkedHashMap<>();
        output.lines().filter(line -> line.matches("[A-Z@0-9]+ .* [0-9a-f]+")).forEach(line -> {
            int end = line.lastIndexOf(' ');
            hashes.put(line.substring(0, end), line.substring(end + 1));
        });
        return hashes;
    }

    @Test
    void everyPublicOperationIsInTheProgram() throws Exception {
        Set<String> present = new TreeSet<>();
        ExactnessProgram.operations(ExactnessProgram.Size.TINY)
                .keySet()
                .forEach(name -> present.add(name.replaceAll(",.*", "")));
        Set<String> missing = new TreeSet<>();
        for (Class<?> family : PublicOperations.families()) {
            for (Method method : family.getDeclaredMethods()) {
                String name = family.getSimpleName() + "." + method.getName();
                if (isOperation(family, method) && !present.contains(name) && !SETTERS.contains(name)) {
                    missing.add(name);
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    /** Public static methods, and what a tensor, a random stream or a quantized matrix returns as numbers. */
    private static boolean isOperation(Class<?> family, Method method) {
        if (family == ShapeRule.class || family == Operand.class) {
            return false; // Rules and texts of errors compute nothing.
        }
        boolean numbers = family == Rng.class || method.getReturnType() == Tensor.class && !family.isRecord();
        return Modifier.isPublic(method.getModifiers())
                && !method.isSynthetic()
                && (Modifier.isStatic(method.getModifiers()) || numbers);
    }

    @Test
    void theHashSeesEveryBit() {
        Tensor x = Tensor.of(new float[] {1, 0}, 2);
        long hash = ExactnessProgram.digest(1, x);
        assertTrue(hash != ExactnessProgram.digest(1, Tensor.of(new float[] {1, -0f}, 2)));
        assertTrue(hash != ExactnessProgram.digest(1, Tensor.of(new float[] {Math.nextUp(1f), 0}, 2)));
        assertTrue(hash != ExactnessProgram.digest(1, x.unsqueeze(0)));
        assertEquals(hash, ExactnessProgram.digest(1, x.copy()));
    }
}
