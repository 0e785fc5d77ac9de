/**
 * Tensors and their operations on values: n-dimensional arrays without history. The automatic derivatives are built upon them in the
 * module {@code luthier.autograd}.
 *
 * {@snippet :
 * Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
 * Tensor y = Matmul.matmul(x, x.transpose(0, 1));
 * Reduction.sum(y, false, 0); // F32[2][16.0, 36.0]
 * }
 *
 * <p>A {@link luthier.tensor.Tensor} is a type, a shape and a view of a Java array, immutable to its users. What one does every day is
 * a method of it; everything else is a static method of its family, one family a class:
 *
 * <ul>
 *   <li>to make tensors: {@link luthier.tensor.Creation}, and {@link luthier.tensor.Rng} for random ones;
 *   <li>element by element: {@link luthier.tensor.Elementwise}, {@link luthier.tensor.Elementary}, {@link luthier.tensor.Activation},
 *       {@link luthier.tensor.Rounding},
 *       {@link luthier.tensor.Selection}, {@link luthier.tensor.Comparison};
 *   <li>along axes: {@link luthier.tensor.Reduction}, {@link luthier.tensor.Norms}, {@link luthier.tensor.Counting}, {@link
 *       luthier.tensor.Scan}, {@link luthier.tensor.Sorting}, {@link luthier.tensor.Softmax}, {@link luthier.tensor.Normalization};
 *   <li>shape and place: {@link luthier.tensor.Movement}, {@link luthier.tensor.Joining}, {@link luthier.tensor.Padding}, {@link
 *       luthier.tensor.Diagonals}, {@link luthier.tensor.Indexing}, {@link luthier.tensor.Unfold};
 *   <li>products: {@link luthier.tensor.Matmul}, {@link luthier.tensor.Product}, {@link luthier.tensor.Einsum}, {@link
 *       luthier.tensor.Attention}, with {@link luthier.tensor.Quantized} weights;
 *   <li>matrices: {@link luthier.tensor.linalg};
 *   <li>images and signals: {@link luthier.tensor.Convolution}, {@link luthier.tensor.Pooling}, {@link luthier.tensor.Resize};
 *   <li>training: {@link luthier.tensor.Loss}, and {@link luthier.tensor.Updates}, which writes in place.
 * </ul>
 *
 * <p>F32 and F64 compute, I64, I32 and BOOL where it makes sense, the other types of {@link luthier.tensor.DType} store. Operands must
 * agree in type; shapes broadcast. Every result is one: neither the number of {@link luthier.tensor.Threads}, nor the width of
 * vectors, nor the state of the compiler changes a bit of it. What does not fit is refused before anything is computed, with a text
 * that names the rule, what was given and what to do.
 */
package luthier.tensor;
