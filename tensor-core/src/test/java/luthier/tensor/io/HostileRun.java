package luthier.tensor.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import luthier.tensor.io.HostileFiles.Case;
import luthier.tensor.io.HostileFiles.Format;

/** Reads all hostile files and mutations of the legal ones in this JVM, which has little memory, and prints every wrong outcome. */
final class HostileRun {
    private static final int MUTATIONS = 2000;
    private static final long MAX_NANOS = 1_000_000_000;

    private final Path folder;
    private final List<String> faults = new ArrayList<>();
    private int refused;
    private int read;

    private HostileRun(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        HostileRun run = new HostileRun(Path.of(arguments[0]));
        List<Case> cases = HostileFiles.all();
        // A first round loads the classes, which the budgets of time and memory are not about.
        for (Format format : Format.values()) {
            run.read(
                    format,
                    run.place(cases.stream()
                            .filter(c -> c.format() == format)
                            .findFirst()
                            .orElseThrow()));
        }
        for (Case c : cases) {
            run.check(c, run.place(c));
        }
        System.out.println(cases.size() + " cases: " + run.read + " read, " + run.refused + " refused");
        run.mutate(cases);
        System.out.println("with mutations: " + run.read + " read, " + run.refused + " refused");
        run.faults.stream().limit(40).forEach(fault -> System.out.println("FAULT " + fault));
        System.out.println("faults: " + run.faults.size());
    }

    private Path place(Case c) throws IOException {
        Path main = folder;
        for (Map.Entry<String, byte[]> file : c.files().entrySet()) {
            Path path = Files.write(folder.resolve(file.getKey()), file.getValue());
            main = main.equals(folder) ? path : main;
        }
        return main;
    }

    private void check(Case c, Path file) throws IOException {
        long size = 0;
        for (byte[] content : c.files().values()) {
            size += content.length;
        }
        long nanos = thread("getCurrentThreadCpuTime");
        long bytes = thread("getCurrentThreadAllocatedBytes");
        String outcome;
        try {
            outcome = read(c.format(), file);
            read++;
        } catch (ModelFormatException e) {
            outcome = Case.REFUSED;
            refused++;
            boolean named = e.getMessage().startsWith(folder.toString())
                    && e.getMessage().contains("(at byte ");
            if (!named || e.getMessage().chars().anyMatch(ch -> ch < 0x20 || ch == 0x202E)) {
                faults.add(c.id() + ": the message " + e.getMessage());
            }
        } catch (IOException | RuntimeException | Error e) {
            outcome = e.toString();
        }
        bytes = thread("getCurrentThreadAllocatedBytes") - bytes;
        nanos = thread("getCurrentThreadCpuTime") - nanos;
        if (!c.expected().isEmpty() && !outcome.equals(c.expected())
                || c.expected().isEmpty()
                        && (outcome.equals(Case.REFUSED)
                                || outcome.contains("Exception")
                                || outcome.contains("Error"))) {
            faults.add(c.id() + ": must be " + c.expected() + "; got " + outcome);
        }
        if (nanos > MAX_NANOS || outcome.equals(Case.REFUSED) && bytes > 16 * size + (4 << 20)) {
            faults.add(c.id() + ": " + nanos / 1_000_000 + " ms, " + bytes + " bytes for a file of " + size);
        }
    }

    private String read(Format format, Path file) throws IOException {
        return switch (format) {
            case SAFETENSORS -> Safetensors.read(file).toString();
            case INDEX -> new TreeMap<>(Safetensors.read(file)).toString();
            case NPY -> Npy.read(file).toString();
            case NPZ -> Npz.read(file).toString();
            case TORCH -> TorchZip.read(file).toString();
            case GGUF -> gguf(file);
            case JSON -> Json.read(file).toJson(0);
            case ONNX ->
                OnnxWeights.read(new ByteArrayInputStream(Files.readAllBytes(file)), file.toString())
                        .toString();
        };
    }

    private static String gguf(Path file) throws IOException {
        try (GgufFile opened = GgufFile.open(file)) {
            opened.tensors().keySet().forEach(name -> opened.frozen(name).ifPresent(matrix -> matrix.dequantize()));
            return opened.metadata() + " " + opened.readAll();
        }
    }

    /** Changes, cuts, repeats and copies bytes of legal files; what comes out is read or refused, nothing else. */
    private void mutate(List<Case> cases) throws IOException {
        Map<Format, List<Case>> legal = new EnumMap<>(Format.class);
        for (Case c : cases) {
            if (!c.expected().equals(Case.REFUSED) && c.main().length < 5000) {
                legal.computeIfAbsent(c.format(), format -> new ArrayList<>()).add(c);
            }
        }
        Random random = new Random(20260101);
        for (Map.Entry<Format, List<Case>> entry : legal.entrySet()) {
            Path file = place(entry.getValue().getFirst());
            for (int i = 0; i < MUTATIONS; i++) {
                Case c = entry.getValue().get(random.nextInt(entry.getValue().size()));
                byte[] bytes = mutated(c.main(), random);
                Files.write(file, bytes);
                mutation(c.id() + " mutation " + i, entry.getKey(), file, bytes.length);
            }
        }
    }

    private void mutation(String id, Format format, Path file, long size) {
        long nanos = thread("getCurrentThreadCpuTime");
        long bytes = thread("getCurrentThreadAllocatedBytes");
        try {
            read(format, file);
            read++;
        } catch (ModelFormatException e) {
            refused++;
        } catch (IOException | RuntimeException | Error e) {
            faults.add(id + ": " + e);
        }
        bytes = thread("getCurrentThreadAllocatedBytes") - bytes;
        nanos = thread("getCurrentThreadCpuTime") - nanos;
        if (nanos > MAX_NANOS || bytes > 16 * size + (4 << 20)) {
            faults.add(id + ": " + nanos / 1_000_000 + " ms, " + bytes + " bytes for a file of " + size);
        }
    }

    private static byte[] mutated(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int edits = 1 + random.nextInt(4); edits > 0 && bytes.length > 0; edits--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = (byte) "09-[]{}\",:\0\u00ff\u007f".charAt(random.nextInt(13));
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                case 4 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(16));
                default -> System.arraycopy(original, 0, bytes, at, Math.min(original.length, bytes.length - at));
            }
        }
        return bytes;
    }

    /** Asks the JVM about this thread. By name, because the module under test does not read the one that knows. */
    private static long thread(String question) {
        try {
            Object threads = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            Method method = Class.forName("com.sun.management.ThreadMXBean").getMethod(question);
            return (long) method.invoke(threads);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a JVM of another maker", e);
        }
    }
}
