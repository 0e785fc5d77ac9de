package luthier.tensor.io;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Tells by its first bytes what a file seems to be that is not what it should be. */
final class OtherFormat {
    private static final Map<String, String> STARTS = Map.of(
            "version https://git-lfs", "a Git LFS pointer: fetch the file itself (git lfs pull)",
            "PK\u0003\u0004", "a zip (a PyTorch .bin or an npz?)",
            "\u0080\u0002", "a Python pickle (an old PyTorch .bin?)",
            "\u0080\u0003", "a Python pickle (an old PyTorch .bin?)",
            "\u0080\u0004", "a Python pickle (an old PyTorch .bin?)",
            "GGUF", "a GGUF file",
            "\u0093NUMPY", "an npy file",
            "\u0089HDF", "an HDF5 file",
            "<", "a web page");

    private OtherFormat() {}

    /** Returns an end for a message, {@code "; this is a web page, not safetensors"}, or nothing if the bytes say nothing. */
    static String hint(byte[] start, String wanted) {
        String text = new String(start, StandardCharsets.ISO_8859_1).strip();
        return STARTS.entrySet().stream()
                .filter(format -> text.startsWith(format.getKey()))
                .map(format -> "; this is " + format.getValue() + ", not " + wanted)
                .findFirst()
                .orElse("");
    }
}
