package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import luthier.tensor.linalg.LinearAlgebra;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The whole text of errors of plain tensors: the rule, the operands with the axes that break it, and a repair that fits. */
class ShapeExceptionTest {
    private static Tensor of(long... shape) {
        return Tensor.zeros(DType.F32, shape);
    }

    private static Tensor mask(long... shape) {
        return Tensor.full(DType.BOOL, 1, Shape.of(shape));
    }

    private static void assertText(String text, Executable body) {
        assertEquals(text.strip(), assertThrows(ShapeException.class, body).getMessage());
    }

    @Test
    void broadcasting() {
        assertText("""
                add: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [2], which differ at axis -1 (3 and 2)
                  a [2, >3<] F32
                  b [>2<] F32
                  try b.unsqueeze(1): [2, 1] fits
                """, () -> Elementwise.add(of(2, 3), of(2)));
        assertText("""
                lerp: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [4], which differ at axis -1 (3 and 4)
                  a [2, >3<] F32
                  b [2, >3<] F32
                  w [>4<] F32
                """, () -> Elementwise.lerp(of(2, 3), of(2, 3), of(4)));
        assertText("""
                maskedFill: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [2], which differ at axis -1 (3 and 2)
                  x [2, >3<] F32
                  mask [>2<] BOOL
                  try mask.unsqueeze(1): [2, 1] fits
                """, () -> Selection.maskedFill(of(2, 3), mask(2), 0));
        assertText("""
                clamp: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [4], which differ at axis -1 (3 and 4)
                  x [2, >3<] F32
                  low [] F32
                  high [>4<] F32
                """, () -> Selection.clamp(of(2, 3), of(), of(4)));
        assertText("""
                logicalAnd: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [3, 2], which differ at axis -1 (3 and 2)
                  a [>2<, >3<] BOOL
                  b [>3<, >2<] BOOL
                  try b.transpose(0, 1): [2, 3] fits
                """, () -> Comparison.logicalAnd(mask(2, 3), mask(3, 2)));
    }

    @Test
    void products() {
        assertText("""
                matmul: inner sizes must agree ([.., m, k] x [.., k, n]); got [4, 5] and [3, 4] (5 and 3)
                  a [4, >5<] F32
                  b [>3<, 4] F32
                  try matmul(b, a): [3, 4] and [4, 5] fit
                """, () -> Matmul.matmul(of(4, 5), of(3, 4)));
        assertText("""
                matmul: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [8] and [3], which differ at axis -1 (8 and 3)
                  a [>8<, 4, 5] F32
                  b [>3<, 5, 4] F32
                """, () -> Matmul.matmul(of(8, 4, 5), of(3, 5, 4)));
        assertText("""
                linear: x must be [.., in] and weight [out, in]; got x [32, 384] and weight [384, 512]; transpose the weight
                  x [32, >384<] F32
                  weight [384, >512<] F32
                  try weight.transpose(0, 1): [512, 384] fits
                """, () -> Matmul.linear(of(32, 384), of(384, 512)));
        assertText("""
                linear: the bias must be [out] for a weight [out, in]; got bias [512] and weight [384, 512]
                  x [32, >384<] F32
                  weight [>384<, >512<] F32
                  bias [>512<] F32
                  try weight.transpose(0, 1): [512, 384] fits
                """, () -> Matmul.linear(of(32, 384), of(384, 512), of(512)));
    }

    /** A frozen matrix has no views, and none is tried. */
    @Test
    void frozenWeights() {
        assertText("""
                linear: x must be [.., in] and weight [out, in]; got x [2, 3] and weight [3, 2]; transpose the weight
                  x [2, >3<] F32
                  weight [3, >2<]
                  try x.transpose(0, 1): [3, 2] fits
                """, () -> Matmul.linear(of(2, 3), Quantized.int8(of(3, 2))));
    }

    @Test
    void norms() {
        assertText("""
                layerNorm: weight and bias must have the trailing shape of x; got x [2, 3], weight [4] and bias [3]
                  x [2, >3<] F32
                  weight [>4<] F32
                  bias [3] F32
                """, () -> Normalization.layerNorm(of(2, 3), of(4), of(3), 0));
        // What was not given is not reported.
        assertText("""
                layerNorm: weight and bias must have the trailing shape of x; got x [2, 3], weight [2] and bias [2]
                  x [2, >3<] F32
                  weight [>2<] F32
                  try x.transpose(0, 1): [3, 2] fits
                """, () -> Normalization.layerNorm(of(2, 3), of(2), null, 0));
        assertText("""
                rmsNorm: must cover 1 to all trailing axes of x; got 0 for shape [2, 3]
                  x [2, 3] F32
                  weight >[]< F32
                """, () -> Normalization.rmsNorm(of(2, 3), of(), 0));
        Normalization.RunningStatistics statistics = new Normalization.RunningStatistics(of(3), of(4));
        assertText("""
                batchNorm: x must be [N, C, ..] and the running statistics [C]; got x [8, 5, 3], mean [3] and variance [4]
                  x [8, >5<, 3] F32
                  mean [>3<] F32
                  variance [>4<] F32
                """, () -> statistics.updated(of(8, 5, 3), 0.5));
    }

    @Test
    void indices() {
        Tensor index = Tensor.of(new long[] {0, 1, 2}, 3);
        assertText("""
                embedding: indices must be in [0, 2); got 2 at place 2
                  weight [>2<, 4] F32
                  index [3] I64, values 0 to 2
                """, () -> Indexing.embedding(of(2, 4), index));
        assertText("""
                gather: the index must have the rank of x and lie inside its other axes; got x [3, 4], index [3] and axis 1
                  x [3, 4] F32
                  index >[3]< I64, values 0 to 2
                  try index.unsqueeze(1): [3, 1] fits
                """, () -> Indexing.gather(of(3, 4), 1, index));
        assertText("""
                indexAdd: the source must be [2, 3] for x [2, 5] and 3 indices; got [3, 2]
                  x [>2<, 5] F32
                  index [>3<] I64, values 0 to 2
                  source [>3<, >2<] F32
                  try source.transpose(0, 1): [2, 3] fits
                """, () -> Indexing.indexAdd(of(2, 5), 1, index, of(3, 2)));
        assertText("""
                maskedSelect: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2] and [2, 3], which differ at axis -1 (2 and 3)
                  x [2, >3<] F32
                  mask [>2<] BOOL
                  try mask.unsqueeze(1): [2, 1] fits
                """, () -> Indexing.maskedSelect(of(2, 3), mask(2)));
    }

    @Test
    void indicesThatCountFromOne() {
        Tensor index = Tensor.of(new long[] {1, 2, 3}, 3);
        assertText("""
                indexSelect: indices must be in [0, 3); got 3 at place 2
                  x [2, >3<] F32
                  index [3] I64, values 1 to 3
                  try Elementwise.sub(index, 1): counted from 0 they lie in [0, 3)
                """, () -> Indexing.indexSelect(of(2, 3), 1, index));
        assertText("""
                scatterAdd: indices must be in [0, 3); got 3 at place 2
                  x [>3<] F32
                  index [3] I64, values 1 to 3
                  source [3] F32
                  try Elementwise.sub(index, 1): counted from 0 they lie in [0, 3)
                """, () -> Indexing.scatterAdd(of(3), 0, index, of(3)));
        assertText("""
                take: indices must be in [0, 3); got 3 at place 2
                  x [3, 1] F32
                  index [3] I64, values 1 to 3
                  try Elementwise.sub(index, 1): counted from 0 they lie in [0, 3)
                """, () -> Indexing.take(of(3, 1), index));
        assertText("""
                oneHot: indices must be in [0, 3); got 3 at place 2
                  index [3] I64, values 1 to 3
                  try Elementwise.sub(index, 1): counted from 0 they lie in [0, 3)
                """, () -> Indexing.oneHot(index, 3, DType.F32));
        assertText("""
                crossEntropy: targets must be in [0, 3) or the ignore index -100; got 3 in row 2
                  logits [3, >3<] F32
                  target [3] I64, values 1 to 3
                  try Elementwise.sub(target, 1): counted from 0 they lie in [0, 3)
                """, () -> Loss.crossEntropy(of(3, 3), index, 0, -100));
        // Neither all above 0 nor a number between.
        assertText("""
                take: indices must be in [0, 3); got -1 at place 0
                  x [3] F32
                  index [2] I64, values -1 to 3
                """, () -> Indexing.take(of(3), Tensor.of(new long[] {-1, 3}, 2)));
    }

    @Test
    void axes() {
        assertText("""
                softmax: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32
                  try axis 1: counted from 0 it lies inside the shape
                """, () -> Softmax.softmax(of(2, 3), 2));
        assertText("""
                sum: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32
                  try axes 0, 1: counted from 0 they lie inside the shape
                """, () -> Reduction.sum(of(2, 3), 1, 2));
        assertText("""
                transpose: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32
                  try axes 0, 1: counted from 0 they lie inside the shape
                """, () -> of(2, 3).transpose(1, 2));
        assertText("""
                permute: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32
                  try axes 1, 0: counted from 0 they lie inside the shape
                """, () -> of(2, 3).permute(2, 1));
        assertText("""
                concat: axis must be in [-1, 1) for shape [2]; got 1
                  parts[0] [2] F32
                  try axis 0: counted from 0 it lies inside the shape
                """, () -> Joining.concat(List.of(of(2), of(2)), 1));
        assertText("""
                sum: axis must be in [-2, 2) for shape [2, 3]; got 5
                  x [2, 3] F32
                """, () -> Reduction.sum(of(2, 3), 5));
        assertText("""
                flip: every axis may be named once; got [0, -2]
                  x [2, 3] F32
                """, () -> Movement.flip(of(2, 3), 0, -2));
    }

    @Test
    void viewsAndPadding() {
        assertText("""
                reshape: element counts must agree; got [32, 384] (12288) to [16, 128]
                  x [32, 384] F32
                  try x.reshape(-1, 128): [96, 128] fits
                """, () -> of(32, 384).reshape(16, 128));
        assertText("""
                squeeze: the axis must have size 1; got axis 1 of [2, 3]
                  x [2, >3<] F32
                """, () -> of(2, 3).squeeze(1));
        assertText("""
                select: index must lie inside axis 0 of [2, 3]; got 2
                  x [>2<, 3] F32
                """, () -> of(2, 3).select(0, 2));
        assertText("""
                reflect: widths must be smaller than the axis; got 3 and 0 for axis 1 of [2, 3]
                  x [2, >3<] F32
                """, () -> Padding.reflect(of(2, 3), 3, 0));
        assertText("""
                windows: the window must fit into its axis; got size 4 for axis 1 of [2, 3]
                  x [2, >3<]
                """, () -> Unfold.windows(of(2, 3), 1, 4, 1));
        assertText("""
                get: indices must lie inside the shape; got [1, 3] for shape [2, 3]
                  x [2, >3<] F32
                """, () -> of(2, 3).get(1, 3));
    }

    @Test
    void gradients() {
        assertText("""
                attentionBackward: dY must have the shape of y, [1, 2, 3, 4]; got [1, 3, 2, 4]
                  dY [1, >3<, >2<, 4] F32
                  try dY.transpose(1, 2): [1, 2, 3, 4] fits
                """, () -> {
            Tensor q = of(1, 2, 3, 4);
            Attention.Options plain = Attention.Options.scaled(1);
            Attention.attentionBackward(q, q, q, Optional.empty(), plain, false, of(1, 3, 2, 4));
        });
        assertText("""
                embeddingBackward: dY must have the shape of y, [3, 4]; got [2, 4]
                  dY [>2<, 4] F32
                """, () -> Indexing.embeddingBackward(of(2, 4), Tensor.zeros(DType.I64, 3), 5));
        Tensor target = Tensor.zeros(DType.I64, 2);
        Loss.CrossEntropy done = Loss.crossEntropy(of(2, 3), target, 0, -100);
        assertText("""
                crossEntropyBackward: dY must have the shape of y, [2]; got [1]
                  dY [>1<] F32
                """, () -> Loss.crossEntropyBackward(of(2, 3), target, 0, -100, done, of(1)));
    }

    @Test
    void joining() {
        assertText("""
                concat: shapes must agree but for axis 1; got [2, 3] and [4, 2]
                  parts[0] [>2<, 3] F32
                  parts[1] [>4<, 2] F32
                  try parts[1].transpose(0, 1): [2, 4] fits
                """, () -> Joining.concat(List.of(of(2, 3), of(4, 2)), 1));
        assertText("""
                stack: shapes must agree; got [2, 3] and [3, 2]
                  parts[0] [>2<, >3<] F32
                  parts[1] [>3<, >2<] F32
                  try parts[1].transpose(0, 1): [2, 3] fits
                """, () -> Joining.stack(List.of(of(2, 3), of(3, 2)), 0));
        assertText("""
                expand: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2] and [2, 3], which differ at axis -1 (2 and 3)
                  x [>2<] F32
                  try x.unsqueeze(1): [2, 1] fits
                """, () -> of(2).expand(Shape.of(2, 3)));
    }

    @Test
    void windows() {
        assertText("""
                conv2d: the weight must take in / groups = 32 channels; got x [8, 32, 32, 3], weight [16, 3, 5, 5] and 1 groups
                  x [8, >32<, 32, 3] F32
                  weight [16, >3<, 5, 5] F32
                  try Movement.moveAxis(x, -1, 1): [8, 3, 32, 32] fits
                """, () -> Convolution.conv2d(of(8, 32, 32, 3), of(16, 3, 5, 5), Convolution.Options.DEFAULT));
        assertText("""
                conv1d: x, weight and gradients must have three axes, [n, channels, length]; got [3, 9]
                  x >[3, 9]< F32
                  weight [4, 3, 2] F32
                  try x.unsqueeze(0): [1, 3, 9] fits
                """, () -> Convolution.conv1d(of(3, 9), of(4, 3, 2), Convolution.Options.DEFAULT));
        assertText(
                """
                convTranspose2d: the bias must be [out] = [5]; got [4]
                  x [1, 4, 3, 3] F32
                  weight [4, >5<, 2, 2] F32
                  bias [>4<] F32
                """,
                () -> Convolution.convTranspose2d(of(1, 4, 3, 3), of(4, 5, 2, 2), of(4), Convolution.Options.DEFAULT));
        assertText("""
                maxPool2d: the window must fit into the padded width; got 5 taps of dilation 1, which span 5, over 3 + 0 + 0; pad more
                  x [8, 32, 32, >3<] F32
                  try Movement.moveAxis(x, -1, 1): [8, 3, 32, 32] fits
                """, () -> Pooling.maxPool2d(of(8, 32, 32, 3), Window.of(5)));
        assertText("""
                fold2d: columns must be [.., channels x 4, 2 x 2] for height 4 and width 4; got [5, 4]
                  columns [>5<, 4] F32
                """, () -> Unfold.fold2d(of(5, 4), 4, 4, Window.of(2)));
    }

    @Test
    void attention() {
        assertText(
                """
                attention: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 7] and [2, 4, 5, 7], which differ at axis -2 (2 and 5)
                  q [2, 4, 5, 8] F32
                  k [2, 4, 7, 8] F32
                  v [2, 4, 7, 8] F32
                  visible [>2<, 7] BOOL
                  try visible.reshape(2, 1, 1, 7): [2, 1, 1, 7] fits
                """,
                () -> Attention.attention(
                        of(2, 4, 5, 8),
                        of(2, 4, 7, 8),
                        of(2, 4, 7, 8),
                        Optional.empty(),
                        Attention.Options.scaled(1).seeing(mask(2, 7))));
        assertText("""
                rotary: x must be [.., T, d] with an even d and positions [T]; got x [2, 7, 4, 8] and positions [7]
                  x [2, 7, >4<, 8] F32
                  positions [>7<] I64
                  try x.transpose(1, 2): [2, 4, 7, 8] fits
                """, () -> Rotary.half().rotate(of(2, 7, 4, 8), Rotary.positions(0, 7)));
    }

    @Test
    void losses() {
        assertText("""
                crossEntropy: logits must be [n, classes] and target [n]; got [5, 8] and [8]
                  logits [>5<, 8] F32
                  target [>8<] I64, values 0 to 0
                  try logits.transpose(0, 1): [8, 5] fits
                """, () -> Loss.crossEntropy(of(5, 8), Tensor.zeros(DType.I64, 8), 0, -100));
    }

    @Test
    void matrices() {
        assertText("""
                solve: A and B must have as many rows, [.., m, n] and [.., m, k] or [m]; got [2, 2] and [3, 2]
                  a [>2<, 2] F32
                  b [>3<, 2] F32
                  try b.transpose(0, 1): [2, 3] fits
                """, () -> LinearAlgebra.solve(Tensor.of(new float[] {2, 1, 1, 2}, 2, 2), of(3, 2)));
        assertText("""
                inverse: the matrix must be square, [.., n, n]; got [3, 4]
                  a [>3<, >4<] F32
                """, () -> LinearAlgebra.inverse(of(3, 4)));
        assertText("""
                dot: operands must be [.., n] and [.., n], whose leading axes broadcast; got [8, 3] and [3, 8]
                  a [>8<, >3<] F32
                  b [>3<, >8<] F32
                  try b.transpose(0, 1): [8, 3] fits
                """, () -> Product.dot(of(8, 3), of(3, 8)));
    }

    @Test
    void einsum() {
        assertText("""
                einsum: every letter has one size (or 1, which repeats) in 'ij,jk->ik'; got j = 3 in operand 0 [2, 3] and j = 4 in operand 1 [4, 3]
                  operands[0] [2, >3<] F32
                  operands[1] [>4<, 3] F32
                  try operands[1].transpose(0, 1): [3, 4] fits
                """, () -> Einsum.einsum("ij,jk->ik", of(2, 3), of(4, 3)));
    }
}
