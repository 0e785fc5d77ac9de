package luthier.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import luthier.tensor.Tensor;

/** One torch file, mapped: what {@link TorchZip} promises. */
final class TorchFile implements TensorFile {
    private static final String PICKLE = "/data.pkl";
    private static final int MAX_REPEAT = 16;

    private final MappedFile file;
    private final Map<String, ZipDirectory.Entry> entries = new LinkedHashMap<>();
    private final Map<String, TorchStorage> storages = new HashMap<>();
    private final Map<String, TorchTensor> views = new LinkedHashMap<>();
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Set<String> sound = ConcurrentHashMap.newKeySet();
    private final String root;
    private final ByteOrder order;

    private TorchFile(MappedFile file) throws IOException {
        this.file = file;
        requireZip();
        for (ZipDirectory.Entry entry : new ZipDirectory(file.channel(), file.source()).entries()) {
            if (entries.put(entry.name(), entry) != null) {
                throw error(
                        entry.header(),
                        "names must be unique; got " + ModelFormatException.escape(entry.name()) + " twice");
            }
        }
        root = root();
        order = order();
        ZipDirectory.Entry pickle = stored(root + PICKLE, 0);
        byte[] content = bytes(pickle);
        PickleMachine machine =
                new PickleMachine(new PickleInput(content, file.source(), pickle.data()), this::storage);
        collect(machine.run(), pickle.data());
        file.map();
    }

    /** Returns whether a file begins as a zip or as a bare pickle, which are both torch's. */
    static boolean looksLikeOne(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(16);
            return start.length > 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4
                    || isPickle(start);
        }
    }

    /** A pickle says its protocol first; safetensors whose header has as many bytes as that reads go on with their JSON. */
    private static boolean isPickle(byte[] start) {
        if (start.length < 3 || start[0] != (byte) 0x80 || start[1] < 2 || start[1] > 5) {
            return false;
        }
        boolean safetensors = start.length > 8
                && start[4] == 0
                && start[5] == 0
                && start[6] == 0
                && start[7] == 0
                && "{ \t\r\n".indexOf(start[8]) >= 0;
        return !safetensors;
    }

    static TorchFile open(Path path) throws IOException {
        MappedFile file = MappedFile.open(path);
        boolean opened = false;
        try {
            TorchFile result = new TorchFile(file);
            opened = true;
            return result;
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    // ---- the zip
    // --------------------------------------------------------------------------------------------------------

    private void requireZip() throws IOException {
        byte[] start = file.bytes(0, (int) Math.min(file.length(), 64));
        if (isPickle(start)) {
            throw error(
                    0,
                    "a torch file must be a zip; this is a bare pickle, as torch wrote before 1.6; load it there and save"
                            + " it anew");
        }
        String hint = OtherFormat.hint(start, "a torch file");
        if (start.length < 4 || start[0] != 'P' || start[1] != 'K') {
            throw error(0, "a torch file must be a zip" + hint);
        }
    }

    /** Returns the folder in the zip that holds everything. */
    private String root() {
        String found = "";
        for (ZipDirectory.Entry entry : entries.values()) {
            String name = entry.name();
            if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
                if (!found.isEmpty()) {
                    throw error(entry.header(), "a torch file must hold one data.pkl; got two");
                }
                found = name.substring(0, name.length() - PICKLE.length());
            }
        }
        if (found.isEmpty()) {
            throw error(
                    0,
                    "a torch file must hold NAME/data.pkl; got none"
                            + (entries.keySet().stream().anyMatch(name -> name.endsWith(".npy"))
                                    ? "; this is an npz file"
                                    : ""));
        }
        String program = found + "/constants.pkl";
        if (entries.containsKey(program)) {
            throw error(0, "a torch file must hold weights; got a TorchScript program; save its state_dict()");
        }
        return found;
    }

    private ByteOrder order() throws IOException {
        ZipDirectory.Entry entry = entries.get(root + "/byteorder");
        if (entry == null) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        String said =
                entry.unpacked() > 16 ? "" : new String(bytes(stored(entry.name(), 0)), StandardCharsets.ISO_8859_1);
        return switch (said) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw error(entry.data(), "the byte order must be little or big");
        };
    }

    private ZipDirectory.Entry stored(String name, long place) {
        ZipDirectory.Entry entry = entries.get(name);
        if (entry == null) {
            throw error(place, "the entry " + ModelFormatException.escape(name) + " is missing");
        }
        if (entry.method() != 0) {
            throw error(
                    entry.header(),
                    ModelFormatException.escape(name)
                            + ": entries must be stored as torch stores them, not deflated; unpack the zip and pack it"
                            + " without compression");
        }
        return entry;
    }

    /** Reads a small entry and checks it against the directory's checksum. */
    private byte[] bytes(ZipDirectory.Entry entry) throws IOException {
        if (entry.packed() > Integer.MAX_VALUE - 8) {
            throw error(entry.header(), "a pickle must fit an array; got " + entry.packed() + " bytes");
        }
        byte[] content = file.bytes(entry.data(), (int) entry.packed());
        CRC32 crc = new CRC32();
        crc.update(content);
        requireSound(entry, crc);
        return content;
    }

    private void requireSound(ZipDirectory.Entry entry, CRC32 crc) {
        if (crc.getValue() != entry.crc()) {
            throw error(
                    entry.data(),
                    ModelFormatException.escape(entry.name())
                            + ": the checksum must be the directory's; the data are damaged");
        }
    }

    // ---- the table
    // ------------------------------------------------------------------------------------------------------

    private TorchStorage storage(String key, StoredType type, long count, TorchTensor.Fault fault) {
        TorchStorage known = storages.get(key);
        if (known == null) {
            ZipDirectory.Entry entry = entries.get(root + "/data/" + key);
            if (entry == null) {
                throw fault.error("the entry " + ModelFormatException.escape(root + "/data/" + key) + " is missing");
            }
            long data = stored(entry.name(), 0).data();
            long width = type.bits() / 8;
            if (count != entry.unpacked() / width || entry.unpacked() % width != 0) {
                throw fault.error("a storage must have the size of its entry; got " + count + " elements of " + width
                        + " bytes, " + entry.unpacked() + " bytes in " + ModelFormatException.escape(entry.name()));
            }
            known = new TorchStorage(key, type, count, data);
            storages.put(key, known);
        }
        if (known.type() != type || known.count() != count) {
            throw fault.error("a storage must be the same wherever it is named; got " + key + " as " + type + " ["
                    + count + "] and as " + known.type() + " [" + known.count() + "]");
        }
        return known;
    }

    private void collect(PickleValue value, long place) throws IOException {
        if (!(value instanceof PickleValue.Table(Map<String, PickleValue> table))) {
            throw error(place, "a torch file must hold a table from names to tensors; got " + value.kind());
        }
        long total = 0;
        for (Map.Entry<String, PickleValue> entry : table.entrySet()) {
            String name = entry.getKey();
            if (!(entry.getValue() instanceof TorchTensor view)) {
                throw error(
                        place,
                        ModelFormatException.escape(name) + ": every value of the table must be a tensor; got "
                                + entry.getValue().kind() + "; save the model's state_dict() alone");
            }
            views.put(name, view);
            tensors.put(name, new StoredTensor(name, view.storage().type(), view.shape(), view.bytes()));
            total += view.bytes();
            if (total > MAX_REPEAT * file.length()) {
                throw error(place, "all tensors must take at most " + MAX_REPEAT + " times the file's bytes");
            }
        }
    }

    private ModelFormatException error(long place, String rule) {
        return new ModelFormatException(file.source(), place, rule);
    }

    // ---- reading
    // --------------------------------------------------------------------------------------------------------

    @Override
    public String source() {
        return file.source();
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** Returns nothing: torch files have no free texts. */
    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Tensor read(String name) {
        TorchTensor view = views.get(name);
        if (view == null) {
            throw HeldWeights.absent(name, file.source());
        }
        return file.reading(content -> {
            requireSound(content, view.storage());
            return view.read(
                    content,
                    order,
                    (index, rule) -> error(view.storage().data(), ModelFormatException.escape(name) + ": " + rule));
        });
    }

    /** Checks a storage's checksum before the first tensor is read from it. */
    private void requireSound(MemorySegment content, TorchStorage storage) {
        if (sound.contains(storage.key())) {
            return;
        }
        ZipDirectory.Entry entry = stored(root + "/data/" + storage.key(), 0);
        CRC32 crc = new CRC32();
        for (long done = 0; done < entry.packed(); done += 1 << 24) {
            crc.update(content.asSlice(entry.data() + done, Math.min(1 << 24, entry.packed() - done))
                    .asByteBuffer());
        }
        requireSound(entry, crc);
        sound.add(storage.key());
    }

    @Override
    public void close() {
        file.close();
    }
}
