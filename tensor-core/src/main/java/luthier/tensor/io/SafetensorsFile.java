package luthier.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import luthier.tensor.Tensor;

/** One safetensors file, mapped. */
final class SafetensorsFile implements TensorFile {
    /** What a header's bytes may cost while it is read, as measured with many tiny tensors. */
    private static final int HEADER_COST = 8;

    private final MappedFile file;
    private final SafetensorsHeader header;
    private final long dataStart;
    private final Map<String, StoredTensor> tensors;

    private SafetensorsFile(MappedFile file) throws IOException {
        this.file = file;
        long size = file.length();
        byte[] json = header(size);
        dataStart = 8L + json.length;
        header = SafetensorsHeader.read(json, file.source(), size - dataStart);
        file.map();
        Map<String, StoredTensor> known = new LinkedHashMap<>();
        header.entries().forEach((name, entry) -> known.put(name, entry.tensor()));
        tensors = Collections.unmodifiableMap(known);
    }

    static SafetensorsFile open(Path path) throws IOException {
        MappedFile file = MappedFile.open(path);
        boolean opened = false;
        try {
            SafetensorsFile result = new SafetensorsFile(file);
            opened = true;
            return result;
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    private byte[] header(long size) throws IOException {
        byte[] start = file.bytes(0, (int) Math.min(size, 64));
        if (size < 8) {
            throw error("a safetensors file has at least 8 bytes; got " + size);
        }
        long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String hint = OtherFormat.hint(start, "safetensors");
        if (length < 2 || length > SafetensorsHeader.MAX_BYTES) {
            throw error("the header's length must be 2 to " + SafetensorsHeader.MAX_BYTES + " bytes; got "
                    + Long.toUnsignedString(length) + hint);
        }
        if (length > size - 8) {
            throw error("the header must lie inside the file; got " + length + " bytes of " + (size - 8) + hint);
        }
        if (length > Runtime.getRuntime().maxMemory() / HEADER_COST) {
            throw error("reading the header must fit the heap; got " + length + " bytes of header, which take about "
                    + length * HEADER_COST + "; raise -Xmx");
        }
        return file.bytes(8, (int) length);
    }

    private ModelFormatException error(String rule) {
        return new ModelFormatException(file.source(), 0, rule);
    }

    @Override
    public String source() {
        return file.source();
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public Tensor read(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw HeldWeights.absent(name, file.source());
        }
        return file.reading(
                content -> TensorAssembly.read(content, entry.tensor(), dataStart + entry.begin(), file.source()));
    }

    @Override
    public void close() {
        file.close();
    }
}
