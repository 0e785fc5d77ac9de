package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        assertText(
                """
                linear: x must be [.., in] and weight [out, in]; got x [2, 3] and weight [3, 2]; transpose the weight
                  x [2, >3<] F32
                  weight [3, >2<]
                  try x.transpose(0, 1): [3, 2] fits
                """,
                () -> Matmul.linear(of(2, 3), Quantized.int8(of(3, 2))));
    }
}
