package luthier.tensor.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import luthier.tensor.Tensor;

/**
 * Weights in PyTorch's own files ({@code pytorch_model.bin}, {@code .pt}, {@code .pth}): a zip with a pickle, which says what the tensors are,
 * and their numbers, an entry a storage. Loading such a file in Python may run code that it brings along. Here <b>no code of a file is
 * ever run</b>: the pickle is read by an interpreter of our own that knows no classes and calls nothing, only builds the tables of
 * tensors, and refuses every other symbol by its name.
 *
 * <p>What a pickle may name: {@code collections.OrderedDict}, {@code torch._utils._rebuild_tensor_v2} and {@code _rebuild_parameter}, {@code
 * torch.FloatStorage} and the storages of the other nine types (Half, BFloat16, Double, Long, Int, Short, Char, Byte, Bool), {@code
 * torch.storage.UntypedStorage}, read as U8. The one object it may fill in is an OrderedDict's {@code _metadata}, which is left aside. What it
 * describes must be one table from names to tensors; a training checkpoint with the table inside is refused. Views (transposed,
 * expanded, cut) are checked against their storage with exact arithmetic, may repeat a storage's numbers at most 16 times, and are read
 * as tensors of their own.
 *
 * <p>Entries must be stored, as torch does, not deflated, and their checksums must be right. Bare pickles, as torch wrote before 1.6, and
 * TorchScript programs are refused by name. Written are only {@link Safetensors}.
 */
public final class TorchZip {
    private TorchZip() {}

    /**
     * Opens a file; the numbers are read one tensor at a time.
     *
     * @throws IOException if the file cannot be read
     * @throws ModelFormatException if it breaks a rule of the format or names what is not on the list
     */
    public static TensorFile open(Path file) throws IOException {
        return TorchFile.open(file);
    }

    /**
     * Reads all tensors of a file, in its order.
     *
     * @throws IOException if the file cannot be read
     * @throws ModelFormatException if it breaks a rule of the format or names what is not on the list
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        try (TensorFile opened = open(file)) {
            return opened.readAll();
        }
    }
}
