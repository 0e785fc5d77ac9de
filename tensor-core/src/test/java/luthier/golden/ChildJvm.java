package luthier.golden;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts a program of a module or of its tests in a JVM of its own. */
public final class ChildJvm {
    private ChildJvm() {}

    /** Prepares a process; its standard error is dropped. */
    public static ProcessBuilder prepare(List<String> jvmOptions, Class<?> program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-modules=jdk.incubator.vector");
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(Stream.of(
                        "target/classes",
                        "target/test-classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(program.getName());
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    /** Runs a program to its end and returns what it printed. */
    public static String run(List<String> jvmOptions, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        Process process = prepare(jvmOptions, program, List.of(arguments)).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(program + " " + jvmOptions + " ended with " + process.exitValue() + ": " + output);
        }
        return output;
    }
}
