package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import luthier.autograd.Anomaly;
import luthier.autograd.Variable;
import luthier.tensor.Attention.Options;
import luthier.tensor.Convolution;
import luthier.tensor.Creation;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Rotary;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The whole text of errors: the rule, the operands with the axes that break it, where they are from, and a repair that fits. */
class MisfitTest {
    private static Variable of(long... shape) {
        return Variable.parameter(Tensor.zeros(DType.F32, shape));
    }

    private static Tensor mask(long... shape) {
        return Tensor.full(DType.BOOL, 1, Shape.of(shape));
    }

    private static Tensor index(long... values) {
        return Tensor.of(values, values.length);
    }

    private static void assertShapes(String text, Executable body) {
        assertEquals(text.strip(), assertThrows(ShapeException.class, body).getMessage());
    }

    private static void assertTypes(String text, Executable body) {
        assertEquals(text.strip(), assertThrows(DTypeException.class, body).getMessage());
    }

    // ---- products
    // -------------------------------------------------------------------------------------------------------

    @Test
    void matmulTriesTransposes() {
        Variable w = of(512, 384).named("w");
        assertShapes("""
                matmul: inner sizes must agree ([.., m, k] x [.., k, n]); got [32, 384] and [512, 384] (384 and 512); transpose the second
                  a [32, >384<] F32, from Relu
                  b [>512<, 384] F32, w
                  try b.transpose(0, 1): [384, 512] fits
                """, () -> ActivationOps.relu(of(32, 384)).matmul(w));
    }

    @Test
    void matmulTriesTheOtherOrder() {
        assertShapes("""
                matmul: inner sizes must agree ([.., m, k] x [.., k, n]); got [4, 5] and [3, 4] (5 and 3)
                  a [4, >5<] F32
                  b [>3<, 4] F32
                  try matmul(b, a): [3, 4] and [4, 5] fit
                """, () -> MatmulOps.matmul(of(4, 5), of(3, 4)));
    }

    /** A row is reported as it was given, not as the matrix it became. */
    @Test
    void matmulKeepsVectors() {
        assertShapes("""
                matmul: inner sizes must agree ([.., m, k] x [.., k, n]); got [1, 4] and [3, 4] (4 and 3); transpose the second
                  a [>4<] F32
                  b [>3<, 4] F32
                  try b.transpose(0, 1): [4, 3] fits
                """, () -> MatmulOps.matmul(of(4), of(3, 4)));
    }

    /** Nothing helps two batches of different sizes, and nothing is said. */
    @Test
    void batchesOfMatrices() {
        assertShapes("""
                matmul: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [8] and [3], which differ at axis -1 (8 and 3)
                  a [>8<, 4, 5] F32
                  b [>3<, 5, 4] F32
                """, () -> MatmulOps.matmul(of(8, 4, 5), of(3, 5, 4)));
    }

    @Test
    void linearTriesToFlattenPictures() {
        assertShapes(
                """
                linear: x must be [.., in] and weight [out, in]; got x [8, 16, 5, 5] and weight [120, 400]
                  x [8, 16, 5, >5<] F32
                  weight [120, >400<] F32, head.weight
                  bias [120] F32, head.bias
                  try ShapeOps.flatten(x, 1, -1): [8, 400] fits
                """,
                () -> MatmulOps.linear(of(8, 16, 5, 5), of(120, 400).named("head.weight"), of(120).named("head.bias")));
    }

    @Test
    void linearTriesTheOtherConvention() {
        assertShapes("""
                linear: the bias must be [out] for a weight [out, in]; got bias [512] and weight [384, 512]
                  x [32, >384<] F32
                  weight [>384<, >512<] F32
                  bias [>512<] F32
                  try weight.transpose(0, 1): [512, 384] fits
                """, () -> MatmulOps.linear(of(32, 384), of(384, 512), of(512)));
    }

    @Test
    void einsumFollowsItsLetters() {
        assertShapes("""
                einsum: every letter has one size (or 1, which repeats) in 'ij,jk->ik'; got j = 3 in operand 0 [2, 3] and j = 4 in operand 1 [4, 3]
                  operands[0] [2, >3<] F32
                  operands[1] [>4<, 3] F32
                  try operands[1].transpose(0, 1): [3, 4] fits
                """, () -> EinsumOps.einsum("ij,jk->ik", of(2, 3), of(4, 3)));
    }

    // ---- element by element
    // -----------------------------------------------------------------------------------------------

    @Test
    void broadcastingTriesANewAxis() {
        assertShapes("""
                add: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [2], which differ at axis -1 (3 and 2)
                  a [2, >3<] F32
                  b [>2<] F32, rowBias
                  try ShapeOps.unsqueeze(b, 1): [2, 1] fits
                """, () -> of(2, 3).add(of(2).named("rowBias")));
    }

    /** An outer sum would be possible, but is hardly meant. */
    @Test
    void broadcastingNeverGrowsBoth() {
        assertShapes("""
                mul: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [3] and [4], which differ at axis -1 (3 and 4)
                  a [>3<] F32
                  b [>4<] F32
                """, () -> of(3).mul(of(4)));
    }

    @Test
    void whereAndMasks() {
        assertShapes("""
                where: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [2], which differ at axis -1 (3 and 2)
                  condition [>2<] BOOL
                  a [2, >3<] F32
                  b [2, >3<] F32
                  try condition.unsqueeze(1): [2, 1] fits
                """, () -> SelectionOps.where(mask(2), of(2, 3), of(2, 3)));
        assertShapes("""
                maskedFill: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [2], which differ at axis -1 (3 and 2)
                  x [2, >3<] F32
                  mask [>2<] BOOL
                  try mask.unsqueeze(1): [2, 1] fits
                """, () -> SelectionOps.maskedFill(of(2, 3), mask(2), 0));
        assertShapes("""
                dropout: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [3, 2] and [2, 3], which differ at axis -1 (2 and 3)
                  x [>2<, >3<] F32
                  keep [>3<, >2<] BOOL
                  try keep.transpose(0, 1): [2, 3] fits
                """, () -> DropoutOps.dropout(of(2, 3), mask(3, 2), 0.5));
    }

    // ---- shapes and axes
    // --------------------------------------------------------------------------------------------------

    @Test
    void partsThatAreJoined() {
        assertShapes("""
                concat: shapes must agree but for axis 0; got [2, 3] and [3, 4]
                  parts[0] [2, >3<] F32
                  parts[1] [3, >4<] F32
                  try parts[1].transpose(0, 1): [4, 3] fits
                """, () -> JoiningOps.concat(List.of(of(2, 3), of(3, 4)), 0));
        assertShapes("""
                stack: shapes must agree; got [2, 3] and [1, 2, 3]
                  parts[0] [2, 3] F32
                  parts[1] >[1, 2, 3]< F32
                  try ShapeOps.unsqueeze(parts[0], 0): [1, 2, 3] fits
                """, () -> JoiningOps.stack(List.of(of(2, 3), of(1, 2, 3)), 0));
    }

    @Test
    void reshapeTriesAnOpenSize() {
        assertShapes("""
                reshape: element counts must agree; got [32, 384] (12288) to [16, 128]
                  x [32, 384] F32, hidden
                  try x.reshape(-1, 128): [96, 128] fits
                """, () -> of(32, 384).named("hidden").reshape(16, 128));
        assertShapes("""
                reshape: element counts must agree; got [6] (6) to [4294967296, 4]
                  x [6] F32
                """, () -> of(6).reshape(1L << 32, 4));
    }

    @Test
    void axesThatCountFromOne() {
        assertShapes("""
                sum: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32
                  try axis 1: counted from 0 it lies inside the shape
                """, () -> ReductionOps.sum(of(2, 3), 2));
        assertShapes("""
                transpose: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32
                  try axes 0, 1: counted from 0 they lie inside the shape
                """, () -> of(2, 3).transpose(1, 2));
        assertShapes("""
                softmax: axis must be in [-2, 2) for shape [2, 3]; got 3
                  x [2, 3] F32
                """, () -> SoftmaxOps.softmax(of(2, 3), 3));
    }

    // ---- models
    // ---------------------------------------------------------------------------------------------------------

    @Test
    void normalization() {
        assertShapes("""
                layerNorm: weight and bias must have the trailing shape of x; got x [32, 384], weight [512] and bias [512]
                  x [32, >384<] F32
                  weight [>512<] F32
                  bias [>512<] F32
                """, () -> NormalizationOps.layerNorm(of(32, 384), of(512), of(512), 1e-5));
        assertShapes("""
                rmsNorm: the weight must have the trailing shape of x; got x [32, 384, 20] and weight [384]
                  x [32, 384, >20<] F32
                  weight [>384<] F32
                  try x.transpose(-2, -1): [32, 20, 384] fits
                """, () -> NormalizationOps.rmsNorm(of(32, 384, 20), of(384), 1e-5));
        assertShapes("""
                batchNorm: x must be [N, C, ..] and what belongs to channels [C]; got x [8, 32, 32, 16], [16] and [16]
                  x [8, >32<, 32, 16] F32
                  weight [>16<] F32
                  bias [>16<] F32
                  try MovementOps.moveAxis(x, -1, 1): [8, 16, 32, 32] fits
                """, () -> NormalizationOps.batchNorm(of(8, 32, 32, 16), of(16), of(16), 1e-5));
    }

    @Test
    void convolution() {
        assertShapes(
                """
                conv2d: the weight must take in / groups = 32 channels; got x [8, 32, 32, 3], weight [16, 3, 5, 5] and 1 groups
                  x [8, >32<, 32, 3] F32
                  weight [16, >3<, 5, 5] F32
                  bias [16] F32
                  try MovementOps.moveAxis(x, -1, 1): [8, 3, 32, 32] fits
                """,
                () -> ConvolutionOps.conv2d(of(8, 32, 32, 3), of(16, 3, 5, 5), of(16), Convolution.Options.DEFAULT));
        assertShapes("""
                conv2d: x must be [n, in, height, width] and weight [out, in / groups, rows, columns], no axis of the weight empty; got x [3, 32, 32] and weight [16, 3, 5, 5]
                  x >[3, 32, 32]< F32
                  weight [16, 3, 5, 5] F32
                  try ShapeOps.unsqueeze(x, 0): [1, 3, 32, 32] fits
                """, () -> ConvolutionOps.conv2d(of(3, 32, 32), of(16, 3, 5, 5), Convolution.Options.DEFAULT));
    }

    @Test
    void attention() {
        assertShapes(
                """
                attention: shapes must be q [B, H, T, d], k [B, G, S, d], v [B, G, S, e], G a divisor of H; got q [2, 5, 4, 8], k [2, 7, 4, 8], v [2, 7, 4, 8]
                  q [2, >5<, 4, 8] F32
                  k [2, >7<, 4, 8] F32
                  v [2, 7, 4, 8] F32
                  try q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2): [2, 4, 5, 8], [2, 4, 7, 8], [2, 4, 7, 8] fit
                """, () -> AttentionOps.attention(of(2, 5, 4, 8), of(2, 7, 4, 8), of(2, 7, 4, 8), Options.scaled(1)));
        assertShapes(
                """
                attention: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 7] and [2, 4, 5, 7], which differ at axis -2 (2 and 5)
                  q [2, 4, 5, 8] F32
                  k [2, 4, 7, 8] F32
                  v [2, 4, 7, 8] F32
                  visible [>2<, 7] BOOL
                  try visible.reshape(2, 1, 1, 7): [2, 1, 1, 7] fits
                """,
                () -> AttentionOps.attention(
                        of(2, 4, 5, 8),
                        of(2, 4, 7, 8),
                        of(2, 4, 7, 8),
                        Options.scaled(1).seeing(mask(2, 7))));
    }

    // ---- indices and targets
    // ----------------------------------------------------------------------------------------------

    @Test
    void indicesShowTheirBounds() {
        assertShapes("""
                embedding: indices must be in [0, 3); got 3 at place 2
                  weight [>3<, 4] F32, words
                  index [3] I64, values 1 to 3
                  try Elementwise.sub(index, 1): counted from 0 they lie in [0, 3)
                """, () -> IndexingOps.embedding(of(3, 4).named("words"), index(1, 2, 3)));
        assertShapes("""
                embedding: indices must be in [0, 3); got 9 at place 1
                  weight [>3<, 4] F32
                  index [2] I64, values 1 to 9
                """, () -> IndexingOps.embedding(of(3, 4), index(1, 9)));
        assertShapes("""
                gather: the index must have the rank of x and lie inside its other axes; got x [3, 4], index [3] and axis 1
                  x [3, 4] F32
                  index >[3]< I64, values 0 to 2
                  try index.unsqueeze(1): [3, 1] fits
                """, () -> IndexingOps.gather(of(3, 4), 1, index(0, 1, 2)));
    }

    @Test
    void crossEntropy() {
        assertShapes("""
                crossEntropy: targets must have the logits' shape without the axis of the classes; got [8, 16] for [8, 100, 16] with classes along axis 2
                  logits [8, >100<, 16] F32
                  target [8, >16<] I64, values 0 to 0
                  try logits.transpose(-2, -1): [8, 16, 100] fits
                """, () -> LossOps.crossEntropy(of(8, 100, 16), Tensor.zeros(DType.I64, 8, 16)));
        assertShapes("""
                crossEntropy: targets must have the logits' shape without the axis of the classes; got [128] for [8, 16, 100] with classes along axis 2
                  logits [8, 16, 100] F32
                  target >[128]< I64, values 0 to 0
                  try ShapeOps.flatten(logits, 0, 1): [128, 100] fits
                """, () -> LossOps.crossEntropy(of(8, 16, 100), Tensor.zeros(DType.I64, 128)));
        assertShapes("""
                crossEntropy: targets must be in [0, 5) or the ignore index -100; got -1 in row 2
                  logits [3, >5<] F32
                  target [3] I64, values -1 to 4
                  try the option ignoring(-1): all other targets lie in [0, 5)
                """, () -> LossOps.crossEntropy(of(3, 5), index(0, 4, -1)));
        assertShapes("""
                crossEntropy: targets must be in [0, 5) or the ignore index -100; got 5 in row 2
                  logits [3, >5<] F32
                  target [3] I64, values 1 to 5
                  try Elementwise.sub(target, 1): counted from 0 they lie in [0, 5)
                """, () -> LossOps.crossEntropy(of(3, 5), index(1, 4, 5)));
    }

    @Test
    void positionsAndEquations() {
        assertShapes("""
                rotate: x must be [.., T, d] with an even d and positions [T]; got x [2, 7, 4, 8] and positions [7]
                  x [2, 7, >4<, 8] F32
                  positions [>7<] I64
                  try x.transpose(1, 2): [2, 4, 7, 8] fits
                """, () -> RotaryOps.rotate(of(2, 7, 4, 8), Creation.arange(0, 7, 1), Rotary.half()));
        Variable a = Variable.constant(Tensor.of(new float[] {2, 1, 1, 2}, 2, 2));
        assertShapes("""
                solve: A and B must have as many rows, [.., m, n] and [.., m, k] or [m]; got [2, 2] and [3, 2]
                  a [>2<, 2] F32
                  b [>3<, 2] F32
                  try b.transpose(0, 1): [2, 3] fits
                """, () -> LinearAlgebraOps.solve(a, of(3, 2)));
    }

    @Test
    void losses() {
        assertShapes("""
                mse: prediction and target must have one shape; got [8, 1] and [8]; expand the smaller one if it is meant to be repeated
                  x [8, 1] F32
                  target >[8]< F32
                  try ShapeOps.unsqueeze(target, 1): [8, 1] fits
                """, () -> DistanceOps.mse(of(8, 1), of(8), LossReduction.MEAN));
    }

    // ---- types, places
    // ----------------------------------------------------------------------------------------------------

    @Test
    void typesAreMarked() {
        Variable doubles = Variable.constant(Tensor.zeros(DType.F64, 3));
        assertTypes("""
                mul: types must agree; got F32 and F64; convert with to()
                  a [3] F32
                  b [3] >F64<
                  try Variable.constant(b.value().to(DType.F32))
                """, () -> of(3).mul(doubles));
        assertTypes("""
                embedding: indices must be I64; got F32; convert with to()
                  weight [3, 4] F32
                  index [3] >F32<
                  try index.to(DType.I64)
                """, () -> IndexingOps.embedding(of(3, 4), Tensor.zeros(DType.F32, 3)));
        // Two parameters: to convert one would cut its gradient off.
        Variable more = Variable.parameter(Tensor.zeros(DType.F64, 3));
        assertTypes("""
                add: types must agree; got F32 and F64; convert with to()
                  a [3] F32
                  b [3] >F64<
                """, () -> of(3).add(more));
    }

    @Test
    void debuggingShowsWhereOperandsWereMade() {
        Anomaly.detect(() -> {
            int line = new Throwable().getStackTrace()[0].getLineNumber();
            Variable x = Variable.constant(Tensor.zeros(DType.F32, 2, 3));
            Variable y = of(3, 4).mul(2);
            String[] lines = assertThrows(ShapeException.class, () -> y.matmul(x))
                    .getMessage()
                    .split("\n");
            assertEquals("  a [3, >4<] F32, from Mul, made at " + y.place().orElseThrow(), lines[1]);
            assertEquals("  b [>2<, 3] F32, made at " + x.place().orElseThrow(), lines[2]);
            assertEquals("MisfitTest.java:" + (line + 1), x.place().orElseThrow());
            return true;
        });
    }

    /** The trace leads to the place where the rule was broken, not to the report. */
    @Test
    void keepsTheTrace() {
        StackTraceElement top =
                assertThrows(ShapeException.class, () -> of(3).add(of(4))).getStackTrace()[0];
        assertTrue(top.getClassName().startsWith("luthier.tensor."), top.toString());
    }
}
