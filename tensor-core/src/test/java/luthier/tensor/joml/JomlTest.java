package luthier.tensor.joml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import luthier.tensor.DType;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.joml.Matrix3f;
import org.joml.Matrix4f;
import org.joml.Quaternionf;
import org.joml.Vector2f;
import org.joml.Vector3f;
import org.joml.Vector4f;
import org.junit.jupiter.api.Test;

/** Rows and columns agree with JOML's own products. */
class JomlTest {
    private final Random random = new Random(7);

    private Matrix4f matrix4() {
        float[] values = new float[16];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return new Matrix4f().set(values);
    }

    private Matrix3f matrix3() {
        return new Matrix3f(matrix4());
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        assertArrayEquals(expected.toFloatArray(), actual.toFloatArray(), 1e-6f);
    }

    @Test
    void productsAgree() {
        Matrix4f a = matrix4();
        Matrix4f b = matrix4();
        assertClose(Joml.tensor(a.mul(b, new Matrix4f())), Joml.tensor(a).matmul(Joml.tensor(b)));
        Matrix3f c = matrix3();
        Matrix3f d = matrix3();
        assertClose(Joml.tensor(c.mul(d, new Matrix3f())), Joml.tensor(c).matmul(Joml.tensor(d)));
    }

    @Test
    void transformsAreProductsWithAColumn() {
        Matrix4f m = matrix4();
        Vector4f v = new Vector4f(1, -2, 3, 0.5f);
        Tensor column = Joml.tensor(v).unsqueeze(1);
        assertClose(
                Joml.tensor(m.transform(v, new Vector4f())),
                Joml.tensor(m).matmul(column).squeeze(1));
        Matrix3f n = matrix3();
        Vector3f u = new Vector3f(1, -2, 3);
        assertClose(
                Joml.tensor(n.transform(u, new Vector3f())),
                Joml.tensor(n).matmul(Joml.tensor(u).unsqueeze(1)).squeeze(1));
    }

    @Test
    void quaternionsAreOrderedXyzw() {
        Quaternionf q = new Quaternionf().rotateXYZ(0.3f, -0.7f, 1.1f);
        assertArrayEquals(new float[] {q.x, q.y, q.z, q.w}, Joml.tensor(q).toFloatArray());
        Vector3f v = new Vector3f(1, 2, 3);
        Tensor rotation = Joml.tensor(Joml.quaternion(Joml.tensor(q)).get(new Matrix3f()));
        assertClose(
                Joml.tensor(q.transform(v, new Vector3f())),
                rotation.matmul(Joml.tensor(v).unsqueeze(1)).squeeze(1));
    }

    @Test
    void roundTripsAreExact() {
        Matrix4f m = matrix4();
        assertEquals(m, Joml.matrix4(Joml.tensor(m)));
        Matrix3f n = matrix3();
        assertEquals(n, Joml.matrix3(Joml.tensor(n).to(DType.F64)));
        assertEquals(new Vector2f(1, 2), Joml.vector2(Joml.tensor(new Vector2f(1, 2))));
        assertEquals(new Vector3f(1, 2, 3), Joml.vector3(Joml.tensor(new Vector3f(1, 2, 3))));
        assertEquals(new Vector4f(1, 2, 3, 4), Joml.vector4(Joml.tensor(new Vector4f(1, 2, 3, 4))));
    }

    @Test
    void elementsAreIndexedByRowAndColumn() {
        Matrix3f m = new Matrix3f().m20(5); // column 2, row 0
        assertEquals(5, Joml.tensor(m).get(0, 2));
    }

    @Test
    void refusesOtherShapes() {
        Tensor wrong = Tensor.zeros(DType.F32, 3, 4);
        ShapeException e = assertThrows(ShapeException.class, () -> Joml.matrix3(wrong));
        assertEquals("joml: the tensor must be of shape [3, 3]; got [3, 4]", e.getMessage());
    }
}
