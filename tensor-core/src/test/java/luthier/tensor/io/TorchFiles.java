package luthier.tensor.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import luthier.tensor.io.HostileFiles.Zipped;

/** A torch file put together opcode by opcode, as Python's pickler writes them with protocol 2. */
final class TorchFiles {
    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

    /** Starts a pickle: protocol 2 and an empty table. */
    static TorchFiles table() {
        return new TorchFiles().op(0x80, 2, '}');
    }

    /** Starts an empty pickle. */
    static TorchFiles bare() {
        return new TorchFiles();
    }

    TorchFiles op(int... opcodes) {
        for (int opcode : opcodes) {
            pickle.write(opcode);
        }
        return this;
    }

    TorchFiles raw(String bytes) {
        pickle.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    TorchFiles text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X');
        pickle.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .array());
        pickle.writeBytes(bytes);
        return this;
    }

    TorchFiles whole(long number) {
        op(0x8A, 8);
        pickle.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array());
        return this;
    }

    TorchFiles symbol(String module, String name) {
        return raw("c" + module + "\n" + name + "\n");
    }

    TorchFiles wholes(long... numbers) {
        op('(');
        for (long number : numbers) {
            whole(number);
        }
        return op('t');
    }

    /** A storage's id. */
    TorchFiles storage(String type, String key, long count) {
        return op('(').text("storage")
                .symbol("torch", type)
                .text(key)
                .text("cpu")
                .whole(count)
                .op('t', 'Q');
    }

    /** A tensor that is a view of a storage. */
    TorchFiles tensor(String type, String key, long count, long offset, long[] sizes, long[] strides) {
        return symbol("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage(type, key, count)
                .whole(offset)
                .wholes(sizes)
                .wholes(strides)
                .op(0x89)
                .symbol("collections", "OrderedDict")
                .op(')', 'R', 't', 'R');
    }

    /** A pair of the table: a name and a vector that is its storage. */
    TorchFiles vector(String name, String type, String key, long count) {
        return text(name)
                .tensor(type, key, count, 0, new long[] {count}, new long[] {1})
                .op('s');
    }

    /** A pair of the table: a name and a view. */
    TorchFiles view(String name, long count, long offset, long[] sizes, long... strides) {
        return text(name)
                .tensor("FloatStorage", "0", count, offset, sizes, strides)
                .op('s');
    }

    byte[] pickle() {
        return pickle.toByteArray();
    }

    /** Ends the pickle and returns the zip with it and these storages, whose keys count from 0. */
    byte[] zip(byte[]... storages) {
        op('.');
        return zipOf(pickle(), storages);
    }

    static byte[] zipOf(byte[] pickle, byte[]... storages) {
        List<Zipped> entries = new ArrayList<>(List.of(Zipped.stored("archive/data.pkl", pickle)));
        entries.add(Zipped.stored("archive/byteorder", HostileFiles.utf8("little")));
        for (int i = 0; i < storages.length; i++) {
            entries.add(Zipped.stored("archive/data/" + i, storages[i]));
        }
        entries.add(Zipped.stored("archive/version", HostileFiles.utf8("3\n")));
        return HostileFiles.zip(entries.toArray(Zipped[]::new));
    }

    /** A small file that PyTorch wrote. */
    static byte[] written() {
        try (InputStream in = Objects.requireNonNull(TorchFiles.class.getResourceAsStream("state_dict.bin"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of floats, lowest byte first. */
    static byte[] floats(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return bytes.array();
    }
}
