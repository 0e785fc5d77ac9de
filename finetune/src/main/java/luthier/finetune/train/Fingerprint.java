package luthier.finetune.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import luthier.tensor.DType;
import luthier.tensor.Tensor;

/** Identifies values by their bits. */
public final class Fingerprint {
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
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
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
}
