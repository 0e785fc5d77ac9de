/**
 * Files: tensors in safetensors, GGUF, npy, npz and PyTorch's own files, the weights inside ONNX files, and strict JSON.
 *
 * {@snippet :
 * Path file = Files.createTempFile("weights", ".safetensors");
 * Safetensors.write(file, Map.of("w", Tensor.of(new float[] {1, 2}, 2)), Map.of("format", "pt"));
 * try (TensorFile weights = Safetensors.open(file)) {
 *     weights.tensors().keySet(); // [w]
 *     weights.read("w").to(DType.F64); // F64[2][1.0, 2.0]
 * }
 * }
 *
 * <p><b>Files are untrusted.</b> Whatever its bytes are, a file is either read as the tensors that every other strict reader finds in it, or
 * refused with one {@link luthier.tensor.io.ModelFormatException}, which names the file, the byte and the rule that was broken; never with an error
 * of the machine, never slowly, and without taking memory that the file's own size does not explain. Lengths are compared with what is there
 * before anything is allocated, sizes are multiplied exactly, nesting is bounded, nothing of a file is ever run, and names are printed
 * with what could steer a terminal escaped.
 *
 * <p><b>Types are kept.</b> A BF16 file gives BF16 tensors; convert with {@link luthier.tensor.Tensor#to} where numbers are computed with.
 * {@link luthier.tensor.io.StoredType} tells what becomes of the types that tensors do not have.
 *
 * <p><b>Writers are atomic and reproducible.</b> A file appears whole or not at all, beside readers that have the old one mapped; the same
 * tensors give the same bytes.
 *
 * <p>{@link luthier.tensor.io.Safetensors#open} maps a checkpoint of one file or many and reads one tensor at a time, by any number of
 * threads; it must be closed. {@link luthier.tensor.io.TorchZip} does the same for PyTorch's files, whose pickle it reads and never runs; {@link
 * luthier.tensor.io.GgufFile} for GGUF, whose blocks it unpacks or hands out as they are; {@link luthier.tensor.io.WeightSource#open} takes any of these formats. Files must not be rewritten in place while they are open: that is noticed, as far as it can be, and refused.
 */
package luthier.tensor.io;
