package luthier.finetune.train;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.tensor.DType;
import luthier.tensor.Tensor;

/** Identifies values by their bits. */
public final class Fingerprint {
    private static final int PIECE = 1 << 16;

    private Fingerprint() {}

    /** Returns a 64-bit hash of a tensor's bits in row-major order; any changed bit changes it almost surely. */
    static long of(Tensor tensor) {
        long hash = 0xcbf29ce484222325L ^ tensor.shape().hashCode();
        if (tensor.dtype() == DType.F32) {
            for (float value : tensor.toFloatArray()) {
                hash = (hash ^ Float.floatToRawIntBits(value)) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 32;
            }
        } else {
            for (double value : tensor.toDoubleArray()) {
                hash = (hash ^ Double.doubleToRawLongBits(value)) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 32;
            }
        }
        return hash;
    }

    /** Returns the SHA-256, in hexadecimal, of names and F32 values (little endian), in the map's order. */
    public static String sha256(Map<String, Tensor> tensors) {
        MessageDigest digest = newDigest();
        tensors.forEach((name, tensor) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            float[] values = tensor.toFloatArray();
            ByteBuffer bytes =
                    ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            digest.update(bytes);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns the SHA-256, in hexadecimal, of texts in UTF-8, each with its length before it. */
    public static String sha256(List<String> texts) {
        MessageDigest digest = newDigest();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Returns the SHA-256, in hexadecimal, of a file's bytes, or of a folder: the names and bytes of all files in it, sorted by name.
     *
     * @throws IOException if it cannot be read
     */
    public static String sha256(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return HexFormat.of().formatHex(digest(path));
        }
        MessageDigest all = newDigest();
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                byte[] name = path.relativize(file)
                        .toString()
                        .replace(File.separatorChar, '/')
                        .getBytes(StandardCharsets.UTF_8);
                all.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(name.length).flip());
                all.update(name);
                all.update(digest(file));
            }
        }
        return HexFormat.of().formatHex(all.digest());
    }

    private static byte[] digest(Path file) throws IOException {
        MessageDigest digest = newDigest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] piece = new byte[PIECE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                digest.update(piece, 0, n);
            }
        }
        return digest.digest();
    }

    /** Returns a new digest of SHA-256. */
    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
