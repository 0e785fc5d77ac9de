package luthier.finetune.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import luthier.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * A storage that works on a real folder and remembers every operation, to make the disk of a machine that lost power after any of them:
 * a change of a folder that was not forced is there or not, a content that was not forced is torn in pieces of 512 bytes.
 */
final class SimulatedDisk implements Storage {
    private static final int PIECE = 512;

    private final Path root;
    private final Storage disk = new UnforcedStorage();
    private final List<Operation> operations = new ArrayList<>();

    SimulatedDisk(Path root) {
        this.root = root;
    }

    /** What survives is a choice of the machine's. */
    enum Loss {
        NOTHING,
        EVERYTHING_NOT_FORCED,
        AT_RANDOM
    }

    private sealed interface Operation {
        record Create(Path path, boolean folder) implements Operation {}

        record Append(Path path, byte[] bytes) implements Operation {}

        record Force(Path path) implements Operation {}

        record Move(Path from, Path to) implements Operation {}

        record Delete(Path path) implements Operation {}
    }

    /** Returns the number of operations so far. */
    int count() {
        return operations.size();
    }

    private Path within(Path path) {
        return root.relativize(path);
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        disk.createFolder(folder);
        operations.add(new Operation.Create(within(folder), true));
    }

    @Override
    public void write(Path file, Content content) throws IOException {
        operations.add(new Operation.Create(within(file), false));
        disk.write(
                file,
                channel -> content.write(new WritableByteChannel() {
                    @Override
                    public int write(ByteBuffer source) throws IOException {
                        byte[] bytes = new byte[source.remaining()];
                        source.duplicate().get(bytes);
                        for (int at = 0; at < bytes.length; at += PIECE) {
                            operations.add(new Operation.Append(
                                    within(file), Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PIECE))));
                        }
                        return channel.write(source);
                    }

                    @Override
                    public boolean isOpen() {
                        return channel.isOpen();
                    }

                    @Override
                    public void close() {}
                }));
        operations.add(new Operation.Force(within(file)));
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        disk.forceFolder(folder);
        operations.add(new Operation.Force(within(folder)));
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        disk.move(from, to);
        operations.add(new Operation.Move(within(from), within(to)));
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
        operations.add(new Operation.Delete(within(path)));
    }

    /** A file or folder; what is on the disk, and what the machine shows. */
    private static final class Node {
        private final boolean folder;
        private byte[] content = new byte[0];
        private byte[] forced = new byte[0];
        private final Map<String, Node> entries = new TreeMap<>();
        private final Map<String, Node> forcedEntries = new TreeMap<>();

        Node(boolean folder) {
            this.folder = folder;
        }
    }

    /** One change of a folder that is not forced yet: what its names stand for afterwards. */
    private record Change(Node folder, Map<String, @Nullable Node> names) {
        void apply(Map<String, Node> entries) {
            names.forEach((name, node) -> {
                if (node == null) {
                    entries.remove(name);
                } else {
                    entries.put(name, node);
                }
            });
        }
    }

    /** The file system while the operations are replayed. */
    private static final class Replay {
        private final Node root = new Node(true);
        private final List<Change> pending = new ArrayList<>();

        private Node node(@Nullable Path path) {
            Node node = root;
            if (path != null && !path.toString().isEmpty()) {
                for (Path name : path) {
                    node = Objects.requireNonNull(node.entries.get(name.toString()), path.toString());
                }
            }
            return node;
        }

        private void change(Path path, @Nullable Node node, @Nullable Path gone) {
            Map<String, @Nullable Node> names = new LinkedHashMap<>();
            if (gone != null) {
                names.put(gone.getFileName().toString(), null);
            }
            names.put(path.getFileName().toString(), node);
            Change change = new Change(node(path.getParent()), names);
            change.apply(change.folder.entries);
            pending.add(change);
        }

        void apply(Operation operation) {
            switch (operation) {
                case Operation.Create(Path path, boolean folder) -> change(path, new Node(folder), null);
                case Operation.Append(Path path, byte[] bytes) -> {
                    Node file = node(path);
                    byte[] longer = Arrays.copyOf(file.content, file.content.length + bytes.length);
                    System.arraycopy(bytes, 0, longer, file.content.length, bytes.length);
                    file.content = longer;
                }
                case Operation.Force(Path path) -> {
                    Node node = node(path);
                    node.forced = node.content;
                    pending.removeIf(change -> {
                        if (change.folder == node) {
                            change.apply(node.forcedEntries);
                        }
                        return change.folder == node;
                    });
                }
                case Operation.Move(Path from, Path to) -> change(to, node(from), from);
                case Operation.Delete(Path path) -> change(path, null, null);
            }
        }

        void crash(Path target, Loss loss, Rng rng) throws IOException {
            long draw = 0;
            for (Change change : pending) {
                if (loss == Loss.NOTHING || loss == Loss.AT_RANDOM && rng.below(draw++, 2) == 1) {
                    change.apply(change.folder.forcedEntries);
                }
            }
            write(root, target, loss, rng.split("contents"));
        }

        private static void write(Node folder, Path target, Loss loss, Rng rng) throws IOException {
            Files.createDirectory(target);
            for (Map.Entry<String, Node> entry : folder.forcedEntries.entrySet()) {
                Path path = target.resolve(entry.getKey());
                Node node = entry.getValue();
                if (node.folder) {
                    write(node, path, loss, rng.split(entry.getKey()));
                } else {
                    Files.write(path, content(node, loss, rng.split(entry.getKey())));
                }
            }
        }

        private static byte[] content(Node file, Loss loss, Rng rng) {
            if (loss == Loss.NOTHING || Arrays.equals(file.content, file.forced)) {
                return file.content;
            }
            if (loss == Loss.EVERYTHING_NOT_FORCED) {
                return file.forced;
            }
            byte[] torn = Arrays.copyOf(file.content, rng.below(0, file.content.length + 1));
            for (int at = 0; at < torn.length; at += PIECE) {
                if (rng.below(1 + at, 2) == 1) {
                    Arrays.fill(torn, at, Math.min(torn.length, at + PIECE), (byte) 0);
                }
            }
            return torn;
        }
    }

    /** Writes to a new folder what a disk holds on which only the first operations were done. */
    void crash(int operationsDone, Path target, Loss loss, Rng rng) throws IOException {
        Replay replay = new Replay();
        operations.subList(0, operationsDone).forEach(replay::apply);
        replay.crash(target, loss, rng);
    }
}
