package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the launcher makes of a command's words, before a JVM that only prints what it is given. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String WARNING = "WARNING: Using incubator modules: jdk.incubator.vector";

    @TempDir
    private Path directory;

    private record Ended(int code, String out, String err) {}

    /** A project that is built, and a JDK whose JVM is a script. */
    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectories(directory.resolve("app/target/lib"));
        for (String module : List.of("tensor-core", "autograd", "nn", "finetune")) {
            Files.createDirectories(directory.resolve(module));
        }
        Files.writeString(directory.resolve("pom.xml"), "");
        Files.copy(Path.of("..", "luthier"), directory.resolve("luthier"), StandardCopyOption.COPY_ATTRIBUTES);
        Path bin = Files.createDirectories(directory.resolve("jdk/bin"));
        Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
        jvm("for word; do printf '[%s]' \"$word\"; done; echo");
        Files.copy(bin.resolve("java"), bin.resolve("javac"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(directory.resolve("app/target/lib/.built"), "");
    }

    private void jvm(String script) throws IOException {
        Path java = directory.resolve("jdk/bin/java");
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        assertTrue(java.toFile().setExecutable(true));
    }

    private Process start(String... words) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(directory.resolve("luthier").toString()));
        command.addAll(List.of(words));
        ProcessBuilder process = new ProcessBuilder(command).directory(directory.toFile());
        process.environment().put("LUTHIER_JDK", directory.resolve("jdk").toString());
        process.environment().remove("LUTHIER_JAVA_OPTS");
        return process.redirectError(directory.resolve("err").toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .start();
    }

    private Ended run(String... words) throws IOException, InterruptedException {
        return end(start(words));
    }

    private Ended end(Process process) throws IOException, InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it must end");
        return new Ended(
                process.exitValue(),
                Files.readString(directory.resolve("out")),
                Files.readString(directory.resolve("err")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        finetune --memory 8g --rank 4|[-Xms2048m][-Xmx8192m][-XX:NewSize=1400m][-XX:MaxNewSize=3448m]|[finetune][--rank][4]
        --memory=2g finetune|[-Xms2048m][-Xmx2048m][-XX:NewSize=1400m][-XX:MaxNewSize=1400m]|[finetune]
        finetune --rank 4 --memory 1024M|[-Xms1024m][-Xmx1024m][-XX:NewSize=700m][-XX:MaxNewSize=700m]|[finetune][--rank][4]
        resume runs/a --memory 3G|[-Xms2048m][-Xmx3072m]|[resume][runs/a]
        plan --memory 3g|[-Xmx3072m]|[plan]
        generate a text --memory 3g|[-XX:+UseParallelGC]|[generate][a][text]
        chat a|[-XX:+UseParallelGC]|[chat][a]
        evaluate a --memory 3g|[-XX:+UseParallelGC]|[evaluate][a]
        merge a --memory 3g|[-XX:+UseParallelGC]|[merge][a]
        interpolate a|[-XX:+UseParallelGC]|[interpolate][a]
        embed a -|[-XX:+UseParallelGC]|[embed][a][-]
        embed a pom.xml|[-XX:+UseParallelGC]|[embed][a][pom.xml]
        predict a pom.xml|[-XX:+UseParallelGC]|[predict][a][pom.xml]
        predict a text --memory 900m|[-XX:+UseSerialGC][-Xmx900m][-Dluthier.kernels=scalar]|[predict][a][text]
        embed a text|[-XX:+UseSerialGC]|[embed][a][text]
        methods lora|[-XX:+UseSerialGC]|[methods][lora]
        inspect pom.xml|[-XX:+UseSerialGC]|[inspect][pom.xml]
        data --model a|[-XX:+UseSerialGC]|[data][--model][a]
        compare a b|[-XX:+UseSerialGC]|[compare][a][b]
        finetune --help|[-XX:+UseSerialGC]|[finetune][--help]
        predict a -- --memory 9g|[-XX:+UseSerialGC]|[predict][a][--][--memory][9g]
        """)
    void choosesTheJvmByTheWords(String words, String options, String passed) throws Exception {
        Ended ended = run(words.split(" ", -1));
        assertEquals(0, ended.code(), ended.toString());
        String given = ended.out().strip();
        assertTrue(given.endsWith("[luthier.app.Main]" + passed), given);
        assertTrue(given.contains(options), given);
    }

    /** The launcher for systems without a shell, run from its source by this JVM; the JDK that it starts is the script. */
    private Ended launch(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dluthier.java=" + directory.resolve("jdk/bin/java"),
                Path.of("launch", "Launch.java").toAbsolutePath().toString(),
                directory.toString()));
        command.addAll(List.of(words));
        ProcessBuilder process = new ProcessBuilder(command).directory(directory.toFile());
        process.environment().remove("LUTHIER_JAVA_OPTS");
        return end(process.redirectError(directory.resolve("err").toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .start());
    }

    @ParameterizedTest
    @CsvSource({
        "finetune --memory 8g --rank 4",
        "finetune --rank 4 --memory 1024M",
        "--memory=2g generate a text",
        "embed a pom.xml --memory 900m",
        "predict a -- --memory 9g",
        "predict a text --memory 900m"
    })
    void bothLaunchersGiveTheSameOptions(String words) throws Exception {
        String ofShell = run(words.split(" ", -1)).out();
        String ofJava = launch(words.split(" ", -1)).out();
        assertEquals(comparable(ofShell), comparable(ofJava));
    }

    /** Without the cache, which one of them lacks, and the usual heap, which both ask of the system in their own way. */
    private static String comparable(String given) {
        return given.replaceAll("\\[-XX:AOT[^]]*]", "")
                .replaceAll("-Xmx\\d{5,}m", "-Xmx?")
                .replaceAll("\\[-cp]\\[[^]]*]", "[-cp]");
    }

    @Test
    void theOtherLauncherRefusesAndFiltersAsTheShellDoes() throws Exception {
        for (String size : List.of("8", "0g", "08g", "32m", "12345678g")) {
            assertEquals(
                    run("finetune", "--memory", size).err(),
                    launch("finetune", "--memory", size).err());
        }
        jvm("echo first >&2; echo '" + WARNING + "' >&2; echo 'WARNING: another' >&2; echo '" + WARNING
                + "' >&2; printf 'no end' >&2; echo said; exit 3");
        Ended ended = launch("finetune");
        assertEquals(new Ended(3, "said\n", "first\nWARNING: another\n" + WARNING + "\nno end"), ended);
    }

    @Test
    void theCommandFileRunsTheOtherLauncher() throws IOException {
        String text = Files.readString(Path.of("..", "luthier.cmd"));
        assertTrue(text.contains("\"%~dp0app\\launch\\Launch.java\" \"%~dp0.\" %*\r\nexit /b %ERRORLEVEL%\r\n"), text);
        assertTrue(text.lines().allMatch(line -> line.chars().allMatch(c -> c < 128)), text);
    }

    @ParameterizedTest
    @CsvSource({"8", "0g", "g", "8k", "-1g", "1.5g", "eight", "32m", "08g", "12345678g"})
    void refusesSizesThatAreNone(String size) throws Exception {
        Ended ended = run("finetune", "--memory", size);
        assertEquals(2, ended.code());
        assertTrue(ended.err().startsWith("luthier: --memory: must be "), ended.err());
        assertTrue(ended.err().strip().endsWith("; got " + size), ended.err());
        assertEquals("", ended.out());
    }

    @Test
    void needsASize() throws Exception {
        Ended ended = run("finetune", "--memory");
        assertEquals(2, ended.code());
        assertEquals("luthier: --memory: must be followed by a size such as 8g; got nothing\n", ended.err());
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void takesThreeQuartersOfTheMemoryAtMost() throws Exception {
        String given = run("finetune").out();
        long heap = Long.parseLong(given.replaceAll("(?s).*-Xmx(\\d+)m.*", "$1"));
        long machine = 0;
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            machine = line.startsWith("MemTotal:") ? Long.parseLong(line.replaceAll("\\D", "")) / 1024 : machine;
        }
        assertTrue(heap > 0 && heap <= machine * 3 / 4, given);
    }

    @Test
    void hidesTheLineOnIncubatorModulesAlone() throws Exception {
        jvm("echo first >&2; echo '" + WARNING + "' >&2; echo 'WARNING: another' >&2; echo '" + WARNING
                + "' >&2; printf 'no end' >&2; echo said; exit 3");
        Process process = start("finetune");
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String wanted = "first\nWARNING: another\n" + WARNING + "\nno end";
        for (int i = 0; i < 500 && !Files.readString(directory.resolve("err")).equals(wanted); i++) {
            Thread.sleep(10);
        }
        assertEquals(wanted, Files.readString(directory.resolve("err")), "what the program itself says is passed on");
        assertEquals("said\n", Files.readString(directory.resolve("out")));
        assertEquals(3, process.exitValue());
        jvm("echo first >&2; printf 'no end' >&2");
        process = start("finetune");
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        for (int i = 0; i < 500 && !Files.readString(directory.resolve("err")).endsWith("no end"); i++) {
            Thread.sleep(10);
        }
        assertEquals("first\nno end", Files.readString(directory.resolve("err")));
    }

    @ParameterizedTest
    @CsvSource({"INT,130", "TERM,143", "HUP,129"})
    void signalsReachTheJvmAndItsLastWordsTheUser(String signal, int code) throws Exception {
        jvm("trap 'echo bye >&2; exit " + code + "' " + signal + "; echo '" + WARNING
                + "' >&2; echo ready; while :; do sleep 0.05; done");
        Process process = start("finetune");
        while (process.isAlive() && Files.size(directory.resolve("out")) == 0) {
            Thread.sleep(10);
        }
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(code, process.exitValue());
        for (int i = 0; i < 500 && !Files.readString(directory.resolve("err")).endsWith("bye\n"); i++) {
            Thread.sleep(10);
        }
        assertEquals("bye\n", Files.readString(directory.resolve("err")));
    }

    @Test
    void leavesNoPipeBehind() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        ProcessBuilder process =
                new ProcessBuilder(directory.resolve("luthier").toString(), "finetune").directory(directory.toFile());
        process.environment().put("LUTHIER_JDK", directory.resolve("jdk").toString());
        process.environment().put("TMPDIR", temporary.toString());
        assertEquals(0, process.start().waitFor());
        for (int i = 0; i < 500 && !isEmpty(temporary); i++) {
            Thread.sleep(10);
        }
        assertTrue(isEmpty(temporary));
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
