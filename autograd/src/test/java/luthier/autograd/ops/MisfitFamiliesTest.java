package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import luthier.autograd.Anomaly;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Pooling;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The whole text of errors of the families whose operands come alone: windows, paddings, matrices, functions, moved axes; and of losses. */
class MisfitFamiliesTest {
    private static Variable of(long... shape) {
        return Variable.parameter(Tensor.zeros(DType.F32, shape));
    }

    private static Variable integers(long... shape) {
        return Variable.constant(Tensor.zeros(DType.I64, shape));
    }

    private static void assertShapes(String text, Executable body) {
        assertEquals(text.strip(), assertThrows(ShapeException.class, body).getMessage());
    }

    private static void assertTypes(String text, Executable body) {
        assertEquals(text.strip(), assertThrows(DTypeException.class, body).getMessage());
    }

    // ---- element by element
    // -----------------------------------------------------------------------------------------------

    @Test
    void broadcasting() {
        assertShapes("""
                addScaled: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [2], which differ at axis -1 (3 and 2)
                  a [2, >3<] F32
                  b [>2<] F32, head.bias
                  try ShapeOps.unsqueeze(b, 1): [2, 1] fits
                """, () -> ElementwiseOps.addScaled(of(2, 3), of(2).named("head.bias"), 2));
        assertShapes("""
                lerp: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [3, 2], which differ at axis -1 (3 and 2)
                  a [>2<, >3<] F32
                  b [>3<, >2<] F32
                  try b.transpose(0, 1): [2, 3] fits
                """, () -> ElementwiseOps.lerp(of(2, 3), of(3, 2), 0.5));
        assertShapes("""
                lerp: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [2, 3] and [2], which differ at axis -1 (3 and 2)
                  a [2, >3<] F32
                  b [2, >3<] F32
                  w [>2<] F32
                  try ShapeOps.unsqueeze(w, 1): [2, 1] fits
                """, () -> ElementwiseOps.lerp(of(2, 3), of(2, 3), of(2)));
        assertShapes("""
                pow: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [3] and [4], which differ at axis -1 (3 and 4)
                  a [>3<] F32
                  b [>4<] F32
                """, () -> ElementwiseOps.pow(of(3), of(4)));
    }

    /** The conversion is named because the operation ran with it. */
    @Test
    void functionsTryAnotherType() {
        assertTypes("""
                exp: needs F32 or F64; got I64; convert with to()
                  x [3] >I64<, tokens
                  try Variable.constant(x.value().to(DType.F32))
                """, () -> ElementaryOps.exp(integers(3).named("tokens")));
        assertTypes("""
                softmax: needs F32 or F64; got I64; convert with to()
                  x [3] >I64<
                  try Variable.constant(x.value().to(DType.F32))
                """, () -> SoftmaxOps.softmax(integers(3), 0));
        assertTypes("""
                pow: needs F32, F64, I64 or I32; got BOOL; convert with to()
                  x [2] >BOOL<
                  try Variable.constant(x.value().to(DType.F32))
                """, () -> ElementwiseOps.pow(Variable.constant(Tensor.full(DType.BOOL, 1, Shape.of(2))), 2));
    }

    /** F32 alone would not help a matrix that is not square, and is not named. */
    @Test
    void noConversionThatDoesNotFit() {
        assertTypes("""
                inverse: needs F32 or F64; got I64; convert with to()
                  a [2, 3] >I64<
                """, () -> LinearAlgebraOps.inverse(integers(2, 3)));
    }

    @Test
    void operandsThatAreAllOfAWrongType() {
        assertTypes("""
                linear: needs F32 or F64; got I64; convert with to()
                  x [2, 2] >I64<
                  weight [2, 2] >I64<
                """, () -> MatmulOps.linear(integers(2, 2), integers(2, 2)));
    }

    // ---- windows
    // --------------------------------------------------------------------------------------------------------

    @Test
    void pooling() {
        assertShapes("""
                maxPool2d: the window must fit into the padded width; got 5 taps of dilation 1, which span 5, over 3 + 0 + 0; pad more
                  x [8, 32, 32, >3<] F32, from Relu
                  try MovementOps.moveAxis(x, -1, 1): [8, 3, 32, 32] fits
                """, () -> PoolingOps.maxPool2d(ActivationOps.relu(of(8, 32, 32, 3)), Window.of(5)));
        assertShapes("""
                avgPool1d: the window must fit into the padded width; got 4 taps of dilation 1, which span 4, over 3 + 0 + 0; pad more
                  x [2, >3<] F32
                """, () -> PoolingOps.avgPool1d(of(2, 3), Window.of(4), Pooling.Divisor.INSIDE));
        assertShapes("""
                adaptiveAvgPool2d: x must be [.., height, width]; got [6]
                  x >[6]< F32
                  try ShapeOps.unsqueeze(x, 1): [6, 1] fits
                """, () -> PoolingOps.adaptiveAvgPool2d(of(6), 1, 1));
    }

    @Test
    void unfolding() {
        assertShapes("""
                unfold2d: x must be [.., channels, height, width]; got [4, 4]
                  x >[4, 4]< F32
                  try ShapeOps.unsqueeze(x, 0): [1, 4, 4] fits
                """, () -> UnfoldOps.unfold2d(of(4, 4), Window.of(2)));
        assertShapes("""
                fold2d: columns must be [.., channels x 4, 2 x 2] for height 4 and width 4; got [5, 4]
                  columns [>5<, 4] F32
                """, () -> UnfoldOps.fold2d(of(5, 4), 4, 4, Window.of(2)));
        assertShapes("""
                windows: the window must fit into its axis; got size 5 for axis 1 of [2, 3]
                  x [2, >3<] F32
                """, () -> UnfoldOps.windows(of(2, 3), 1, 5, 1));
    }

    @Test
    void padding() {
        assertShapes("""
                reflect: widths must be smaller than the axis; got 3 and 0 for axis 1 of [2, 3]
                  x [2, >3<] F32
                """, () -> PaddingOps.reflect(of(2, 3), 3, 0));
        assertShapes("""
                constant: widths must be pairs (before, after), at most one pair an axis; got [1] for shape [2, 3]
                  x [2, 3] F32
                """, () -> PaddingOps.constant(of(2, 3), 0, 1));
    }

    // ---- matrices
    // -------------------------------------------------------------------------------------------------------

    @Test
    void matrices() {
        assertShapes("""
                inverse: the matrix must be square, [.., n, n]; got [3, 4]
                  a [>3<, >4<] F32, mixing.weight
                """, () -> LinearAlgebraOps.inverse(of(3, 4).named("mixing.weight")));
        assertShapes("""
                cholesky: the matrix must be square, [.., n, n]; got [3, 3, 8]
                  a [3, >3<, >8<] F32
                  try a.transpose(0, 2): [8, 3, 3] fits
                """, () -> DecompositionOps.cholesky(of(3, 3, 8)));
        assertShapes("""
                qr: the tensor must be a matrix or a batch of them, [.., m, n]; got [5]; add axes with unsqueeze
                  a >[5]< F32
                  try ShapeOps.unsqueeze(a, 1): [5, 1] fits
                """, () -> DecompositionOps.qr(of(5)));
        assertShapes("""
                triangularSolve: A and B must have as many rows, [.., m, n] and [.., m, k] or [m]; got [2, 2] and [3, 2]
                  t [>2<, 2] F32
                  b [>3<, 2] F32
                  try b.transpose(0, 1): [2, 3] fits
                """, () -> LinearAlgebraOps.triangularSolve(of(2, 2), of(3, 2), true, true));
        assertShapes("""
                triu: needs at least two axes [.., rows, columns]; got [4]
                  x >[4]< F32
                  try ShapeOps.unsqueeze(x, 1): [4, 1] fits
                """, () -> DiagonalsOps.triu(of(4), 0));
    }

    // ---- axes and sums
    // --------------------------------------------------------------------------------------------------

    @Test
    void axes() {
        assertShapes("""
                sort: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32, scores
                  try axis 1: counted from 0 it lies inside the shape
                """, () -> SortingOps.sort(of(2, 3).named("scores"), 2, false));
        assertShapes("""
                topk: k must be between 0 and the size of the axis; got k 4 for axis -1 of [2, 3]
                  x [2, >3<] F32
                """, () -> SortingOps.topk(of(2, 3), 4, -1, true));
        assertShapes("""
                cummax: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32
                  try axis 1: counted from 0 it lies inside the shape
                """, () -> ScanOps.cummax(of(2, 3), 2));
        assertShapes("""
                quantile: every axis may be named once; got [1, -1]
                  x [2, 3] F32
                """, () -> QuantilesOps.quantile(of(2, 3), 0.5, 1, -1));
        assertShapes("""
                median: the axis must not be empty; got axis 1 of [2, 0]
                  x [2, >0<] F32
                """, () -> QuantilesOps.median(of(2, 0), 1, false));
        assertTypes("""
                quantile: needs F32 or F64; got I64; convert with to()
                  x [3] >I64<
                  try Variable.constant(x.value().to(DType.F32))
                """, () -> QuantilesOps.quantile(integers(3), 0.5));
        assertShapes("""
                moveAxis: axis must be in [-2, 2) for shape [2, 3]; got 2
                  x [2, 3] F32
                  try axes 0, 1: counted from 0 they lie inside the shape
                """, () -> MovementOps.moveAxis(of(2, 3), 1, 2));
        assertShapes("""
                select: index must lie inside axis 1 of [2, 3]; got 3
                  x [2, >3<] F32
                """, () -> ShapeOps.select(of(2, 3), 1, 3));
        Variable line = of(2, 3);
        assertEquals(
                "  x [>2<, 3] F32",
                assertThrows(ShapeException.class, () -> ReductionOps.sumTo(line, Shape.of(4, 3)))
                        .getMessage()
                        .lines()
                        .toList()
                        .get(1));
    }

    // ---- what is made of others
    // -------------------------------------------------------------------------------------------

    /** The outermost names itself and its own arguments, whatever inside found the error. */
    @Test
    void composed() {
        assertShapes("""
                cosineSimilarity: shapes must broadcast (equal sizes or 1, aligned at the last axis); got [8, 3] and [3, 8], which differ at axis -1 (3 and 8)
                  a [>8<, >3<] F32
                  b [>3<, >8<] F32
                  try b.transpose(0, 1): [8, 3] fits
                """, () -> DistanceOps.cosineSimilarity(of(8, 3), of(3, 8), 1, 1e-8));
        assertShapes("""
                klDiv: prediction and target must have one shape; got [2, 3] and [3, 2]; expand the smaller one if it is meant to be repeated
                  logP [>2<, >3<] F32, from LogSoftmax
                  target [>3<, >2<] F32
                  try target.transpose(0, 1): [2, 3] fits
                """, () -> LossOps.klDiv(SoftmaxOps.logSoftmax(of(2, 3), 1), of(3, 2), false, LossReduction.SUM));
    }

    @Test
    void places() {
        Anomaly.detect(() -> {
            Variable x = of(3, 4).named("a.b");
            String operand = assertThrows(ShapeException.class, () -> LinearAlgebraOps.determinant(x))
                    .getMessage()
                    .lines()
                    .toList()
                    .get(1);
            assertEquals("  a [>3<, >4<] F32, a.b, made at " + x.place().orElseThrow(), operand);
            return true;
        });
    }
}
