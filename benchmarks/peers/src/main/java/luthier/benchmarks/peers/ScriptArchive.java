package luthier.benchmarks.peers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The file of a TorchScript module, as {@code torch.jit.save} writes it: a zip of stored entries with the source and a pickle of
 * the module's attributes, of which ours has one.
 */
final class ScriptArchive {
    /** Protocol 2: the global {@code __torch__.M}, an empty tuple, NEWOBJ, the state {@code {"training": False}}, BUILD, STOP. */
    private static final byte[] MODULE =
            "\u0080\2c__torch__\nM\n)\u0081}(X\b\0\0\0training\u0089ub.".getBytes(StandardCharsets.ISO_8859_1);

    /** An empty tuple. */
    private static final byte[] CONSTANTS = "\u0080\2).".getBytes(StandardCharsets.ISO_8859_1);

    private ScriptArchive() {}

    /** The archive of a module of class {@code M} with this source. */
    static byte[] of(String source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
            put(zip, "data.pkl", MODULE);
            put(zip, "constants.pkl", CONSTANTS);
            put(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry("m/" + name);
        CRC32 sum = new CRC32();
        sum.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
