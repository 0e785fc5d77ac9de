package luthier.finetune.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.Safetensors;

/**
 * The files of one checkpoint: weights and optimizer as safetensors, state and identity as JSON, and a manifest of all of them, with
 * sizes and SHA-256, which is written last. A checkpoint is whole if the manifest says so of every file.
 */
final class CheckpointFiles {
    /** The version of the layout. */
    static final int FORMAT = 1;

    static final String MANIFEST = "MANIFEST.json";
    static final String WEIGHTS = "weights.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String STATE = "state.json";
    static final String IDENTITY = "identity.json";
    private static final Set<String> FILES = Set.of(WEIGHTS, OPTIMIZER, STATE, IDENTITY);

    private final Storage storage;

    CheckpointFiles(Storage storage) {
        this.storage = storage;
    }

    /** Writes a checkpoint into a new folder; when it returns, all of it is on the disk. */
    void write(Path folder, Checkpoint checkpoint) throws IOException {
        storage.createFolder(folder);
        Map<String, Object> files = new LinkedHashMap<>();
        add(files, folder.resolve(WEIGHTS), out -> Safetensors.write(out, checkpoint.weights(), Map.of()));
        add(files, folder.resolve(OPTIMIZER), out -> Safetensors.write(out, checkpoint.optimizer(), Map.of()));
        add(files, folder.resolve(STATE), text(checkpoint.state().toJson()));
        add(files, folder.resolve(IDENTITY), text(checkpoint.identity().toJson()));
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("format", FORMAT);
        manifest.put("step", checkpoint.state().step());
        manifest.put("files", files);
        storage.write(folder.resolve(MANIFEST), text(Json.of(manifest).toJson(2) + "\n"));
        storage.forceFolder(folder);
    }

    static Storage.Content text(String text) {
        return channel -> {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        };
    }

    private void add(Map<String, Object> files, Path file, Storage.Content content) throws IOException {
        MessageDigest digest = Fingerprint.newDigest();
        long[] size = {0};
        storage.write(
                file,
                channel -> content.write(new WritableByteChannel() {
                    @Override
                    public int write(ByteBuffer source) throws IOException {
                        ByteBuffer copy = source.duplicate();
                        int n = channel.write(source);
                        digest.update(copy.limit(copy.position() + n));
                        size[0] += n;
                        return n;
                    }

                    @Override
                    public boolean isOpen() {
                        return channel.isOpen();
                    }

                    @Override
                    public void close() {
                        // The storage closes what it opened.
                    }
                }));
        files.put(
                file.getFileName().toString(), new Entry(size[0], HexFormat.of().formatHex(digest.digest())).fields());
    }

    /** What the manifest says of a file. */
    private record Entry(long size, String sha256) {
        Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("size", size);
            fields.put("sha256", sha256);
            return fields;
        }

        static Entry of(JsonObject json) {
            return new Entry(json.get("size").asLong(), json.get("sha256").asString());
        }
    }

    /**
     * Reads a checkpoint after looking at every byte of it.
     *
     * @param notes takes a line for each file that does not belong to it
     * @throws DamagedCheckpointException if it is not whole or not the one of this step
     * @throws CheckpointException if it is of a newer format
     */
    Checkpoint read(Path folder, long step, List<String> notes) throws DamagedCheckpointException {
        String name = String.valueOf(folder.getFileName());
        try {
            verify(folder, name, step, notes);
            RunState state = RunState.of(json(folder.resolve(STATE)));
            if (state.step() != step) {
                throw new DamagedCheckpointException(name + ": " + STATE + " is that of step " + state.step());
            }
            return new Checkpoint(
                    RunIdentity.of(json(folder.resolve(IDENTITY))),
                    state,
                    Safetensors.read(folder.resolve(WEIGHTS)),
                    Safetensors.read(folder.resolve(OPTIMIZER)));
        } catch (NoSuchFileException e) {
            throw new DamagedCheckpointException(
                    name + ": " + Path.of(e.getFile()).getFileName() + " is missing");
        } catch (IOException e) {
            throw new DamagedCheckpointException(name + ": cannot be read: " + e);
        } catch (ModelFormatException | IllegalArgumentException e) {
            throw new DamagedCheckpointException(name + ": " + e.getMessage());
        }
    }

    /** Compares every file with the manifest. */
    void verify(Path folder, String name, long step, List<String> notes)
            throws DamagedCheckpointException, IOException {
        JsonObject manifest = json(folder.resolve(MANIFEST));
        long format = manifest.get("format").asLong();
        if (format > FORMAT) {
            throw new CheckpointException("resume: a checkpoint must have format " + FORMAT + " or older; got format "
                    + format + " in " + folder + "; use the version that wrote it, or a newer one");
        }
        if (format < FORMAT) {
            throw new DamagedCheckpointException(name + ": there is no format " + format);
        }
        long written = manifest.get("step").asLong();
        if (written != step) {
            throw new DamagedCheckpointException(
                    name + ": its manifest says step " + written + "; it was copied or renamed");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        manifest.get("files")
                .asObject()
                .members()
                .forEach((file, value) -> entries.put(file, Entry.of(value.asObject())));
        if (!entries.keySet().equals(FILES)) {
            throw new DamagedCheckpointException(name + ": its manifest must list " + new TreeSet<>(FILES) + "; got "
                    + new TreeSet<>(entries.keySet()));
        }
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            String wrong = compare(folder.resolve(entry.getKey()), entry.getValue());
            if (!wrong.isEmpty()) {
                throw new DamagedCheckpointException(name + ": " + entry.getKey() + " " + wrong);
            }
        }
        notes.addAll(strangers(folder, name));
    }

    private static String compare(Path file, Entry entry) throws IOException {
        long size = Files.size(file);
        if (size != entry.size) {
            return "must have " + entry.size + " bytes; got " + size;
        }
        return Fingerprint.sha256(file).equals(entry.sha256)
                ? ""
                : "is not what was written: its SHA-256 is another than the manifest's";
    }

    private static List<String> strangers(Path folder, String name) throws IOException {
        List<String> notes = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String own = String.valueOf(file.getFileName());
                if (!FILES.contains(own) && !own.equals(MANIFEST)) {
                    notes.add(name + ": " + own + " does not belong to the checkpoint and is not used");
                }
            }
        }
        return notes;
    }

    private static JsonObject json(Path file) throws IOException {
        return Json.read(file).asObject();
    }
}
