import com.sun.management.OperatingSystemMXBean;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the shell script {@code luthier} does, for systems without a shell: {@code luthier.cmd} finds a JDK and runs this source with it. It
 * builds what is missing, sizes the heap, chooses the JVM's options by the command's words, takes the one line on incubator modules out of
 * standard error, and ends with the command's exit code. A test holds both to the same options. Differences: no ahead-of-time cache, so
 * short commands start more slowly.
 */
final class Launch {
    private static final String WARNING = "WARNING: Using incubator modules: jdk.incubator.vector";
    private static final List<String> SOURCES = List.of("tensor-core", "autograd", "nn", "finetune", "app");
    private static final List<String> HELP = List.of("-h", "--help", "-V", "--version");
    private static final List<String> LONG =
            List.of("finetune", "resume", "plan", "evaluate", "interpolate", "merge", "generate", "chat");
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})([gGmM])");
    private static final int LEAST = 64;
    private static final int WIDE_REFERENCES = 30720;

    private final Path home;
    /** The JVM of commands: this one's, unless a test puts another in its place. */
    private final String java = System.getProperty(
            "luthier.java", Path.of(System.getProperty("java.home"), "bin", "java").toString());

    private Launch(Path home) {
        this.home = home;
    }

    /** Runs a command: the project's folder first, then the command's words. */
    public static void main(String[] words) throws Exception {
        try {
            System.exit(new Launch(Path.of(words[0])).run(new ArrayList<>(List.of(words).subList(1, words.length))));
        } catch (IllegalArgumentException | IllegalStateException refused) {
            System.err.println("luthier: " + refused.getMessage());
            System.exit(2);
        }
    }

    private int run(List<String> words) throws IOException, InterruptedException {
        if (words.equals(List.of("--jdk-home"))) {
            System.out.println(System.getProperty("java.home"));
            return 0;
        }
        if (!words.isEmpty() && words.getFirst().equals("build")) {
            return wait(maven(words.subList(1, words.size())).inheritIO().start());
        }
        int heap = heap(words);
        if (isStale()) {
            System.err.println("luthier: building (a first build also fetches the model and the data, about 100 MB)");
            build();
        }
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(isLong(words) ? longOptions(heap) : shortOptions(heap));
        String more = System.getenv("LUTHIER_JAVA_OPTS");
        if (more != null && !more.isBlank()) {
            command.addAll(List.of(more.strip().split("\\s+")));
        }
        command.addAll(List.of("-cp", classes(), "luthier.app.Main"));
        command.addAll(words);
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread errors = Thread.ofPlatform().start(() -> pass(process.getErrorStream(), System.err));
        int code = wait(process);
        errors.join();
        return code;
    }

    /** Waits also while this is asked to end: the command has the same signal, and the last word. */
    private static int wait(Process process) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        return process.waitFor();
    }

    // ---- memory

    /** Takes {@code --memory} out of the words and returns the heap in MB. */
    private static int heap(List<String> words) {
        String size = null;
        for (int i = 0; i < words.size() && !words.get(i).equals("--"); i++) {
            if (words.get(i).equals("--memory")) {
                words.remove(i);
                if (i == words.size()) {
                    throw new IllegalArgumentException("--memory: must be followed by a size such as 8g; got nothing");
                }
                size = words.remove(i--);
            } else if (words.get(i).startsWith("--memory=")) {
                size = words.remove(i--).substring("--memory=".length());
            }
        }
        return size == null ? usual() : megabytes(size);
    }

    private static int megabytes(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("--memory: must be a size such as 8g or 800m; got " + size);
        }
        int megabytes = Integer.parseInt(matcher.group(1)) * (matcher.group(2).equalsIgnoreCase("g") ? 1024 : 1);
        if (megabytes < LEAST) {
            throw new IllegalArgumentException("--memory: must be at least 64m; got " + size);
        }
        return megabytes;
    }

    /** Three quarters of the machine's or container's memory. */
    private static int usual() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return (int) (system.getTotalMemorySize() / 1024 / 1024 * 3 / 4);
    }

    // ---- options

    private boolean isLong(List<String> words) {
        if (words.isEmpty() || words.stream().anyMatch(HELP::contains)) {
            return false;
        }
        boolean asks = List.of("predict", "embed").contains(words.getFirst());
        return LONG.contains(words.getFirst())
                || asks && words.stream().skip(2).anyMatch(word -> word.equals("-") || new File(word).isFile());
    }

    private static int young(int heap) {
        return heap <= 2048 ? heap * 1400 / 2048 : 1400 + (heap - 2048) / 3;
    }

    private static List<String> longOptions(int heap) {
        int first = Math.min(heap, 2048);
        return List.of(
                "--add-modules=jdk.incubator.vector",
                "-Xms" + first + "m",
                "-Xmx" + heap + "m",
                "-XX:NewSize=" + young(first) + "m",
                "-XX:MaxNewSize=" + young(heap) + "m",
                "-XX:+UseParallelGC");
    }

    private static List<String> shortOptions(int heap) {
        return List.of(
                "-XX:AOTMode=off",
                "-Xlog:disable",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx" + Math.min(heap, WIDE_REFERENCES) + "m",
                "-Dluthier.kernels=scalar");
    }

    private String classes() throws IOException {
        try (Stream<Path> jars = Files.list(home.resolve("app/target/lib"))) {
            return Stream.concat(
                            Stream.of(home.resolve("app/target/app-0.1.0-SNAPSHOT.jar")),
                            jars.filter(jar -> jar.toString().endsWith(".jar")).sorted())
                    .map(Path::toString)
                    .reduce((all, jar) -> all + File.pathSeparator + jar)
                    .orElseThrow();
        }
    }

    // ---- standard error

    /** Passes bytes on: line by line up to the warning, which is left out, then as they come. */
    private static void pass(InputStream from, OutputStream to) {
        try (from) {
            StringBuilder line = new StringBuilder();
            ByteArrayOutputStream held = new ByteArrayOutputStream();
            for (int next = from.read(); next >= 0; next = from.read()) {
                held.write(next);
                line.append((char) next);
                if (next != '\n') {
                    continue;
                }
                if (line.toString().strip().equals(WARNING)) {
                    from.transferTo(to);
                    return;
                }
                held.writeTo(to);
                to.flush();
                held.reset();
                line.setLength(0);
            }
            held.writeTo(to);
            to.flush();
        } catch (IOException closed) {
            // Nobody reads any more, or the command has ended.
            return;
        }
    }

    // ---- building

    private ProcessBuilder maven(List<String> words) {
        List<String> command = new ArrayList<>(List.of(File.separatorChar == '\\' ? "mvn.cmd" : "mvn"));
        command.addAll(words);
        ProcessBuilder process = new ProcessBuilder(command).directory(home.toFile());
        process.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return process;
    }

    /** Newer sources than the last build, or no build at all. */
    private boolean isStale() throws IOException {
        Path stamp = home.resolve("app/target/lib/.built");
        if (!Files.isRegularFile(stamp)) {
            return true;
        }
        FileTime built = Files.getLastModifiedTime(stamp);
        for (Path root : Stream.concat(Stream.of(""), SOURCES.stream()).map(home::resolve).toList()) {
            if (isNewer(root.resolve("pom.xml"), built)) {
                return true;
            }
            Path sources = root.resolve("src/main");
            if (!root.equals(home.resolve("")) && Files.isDirectory(sources)) {
                try (Stream<Path> files = Files.walk(sources)) {
                    for (Path file : (Iterable<Path>) files::iterator) {
                        if (Files.isRegularFile(file) && isNewer(file, built)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    private static boolean isNewer(Path file, FileTime built) throws IOException {
        return Files.isRegularFile(file) && Files.getLastModifiedTime(file).compareTo(built) > 0;
    }

    private void build() throws IOException, InterruptedException {
        ProcessBuilder maven = maven(List.of(
                "-q", "-B", "-ntp", "-DskipTests", "-Dspotless.check.skip=true", "-pl", "app", "-am", "package"));
        Process process;
        try {
            process = maven.inheritIO().start();
        } catch (IOException e) {
            throw new IllegalStateException("needs Maven 3.8 or newer to build; install it and put it on the PATH");
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the build failed; the lines above say why");
        }
        Files.writeString(home.resolve("app/target/lib/.built"), "");
    }
}
