package luthier.tensor.joml;

import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.joml.Matrix3f;
import org.joml.Matrix3fc;
import org.joml.Matrix4f;
import org.joml.Matrix4fc;
import org.joml.Quaternionf;
import org.joml.Quaternionfc;
import org.joml.Vector2f;
import org.joml.Vector2fc;
import org.joml.Vector3f;
import org.joml.Vector3fc;
import org.joml.Vector4f;
import org.joml.Vector4fc;

/**
 * Converts between F32 tensors and JOML. A matrix tensor is indexed [row, column] as in mathematics: JOML's {@code m21} is column 2,
 * row 1 and becomes element [1, 2], although both store it differently (JOML by columns, tensors by rows). So products agree:
 * {@code tensor(a.mul(b))} is {@code tensor(a)} times {@code tensor(b)}, and {@code m.transform(v)} is the matrix times the
 * vector as a column. Quaternions are [x, y, z, w].
 *
 * <p>JOML is an optional dependency: add {@code org.joml:joml} to use this class. Every result is a copy. Conversions to JOML
 * accept F32 and F64 of exactly the shape named and throw {@link ShapeException} otherwise.
 */
public final class Joml {
    private Joml() {}

    /** Returns {@code [2]}. */
    public static Tensor tensor(Vector2fc v) {
        return Tensor.of(new float[] {v.x(), v.y()}, 2);
    }

    /** Returns {@code [3]}. */
    public static Tensor tensor(Vector3fc v) {
        return Tensor.of(new float[] {v.x(), v.y(), v.z()}, 3);
    }

    /** Returns {@code [4]}. */
    public static Tensor tensor(Vector4fc v) {
        return Tensor.of(new float[] {v.x(), v.y(), v.z(), v.w()}, 4);
    }

    /** Returns {@code [4]} in the order x, y, z, w. */
    public static Tensor tensor(Quaternionfc q) {
        return Tensor.of(new float[] {q.x(), q.y(), q.z(), q.w()}, 4);
    }

    /** Returns {@code [3, 3]}, [row, column]. */
    public static Tensor tensor(Matrix3fc m) {
        return columns(m.get(new float[9]), 3);
    }

    /** Returns {@code [4, 4]}, [row, column]. */
    public static Tensor tensor(Matrix4fc m) {
        return columns(m.get(new float[16]), 4);
    }

    private static Tensor columns(float[] byColumns, int n) {
        return Tensor.of(byColumns, n, n).transpose(0, 1).contiguous();
    }

    /** Returns a {@code [2]} tensor as a vector. */
    public static Vector2f vector2(Tensor t) {
        float[] v = values(t, 2);
        return new Vector2f(v[0], v[1]);
    }

    /** Returns a {@code [3]} tensor as a vector. */
    public static Vector3f vector3(Tensor t) {
        float[] v = values(t, 3);
        return new Vector3f(v[0], v[1], v[2]);
    }

    /** Returns a {@code [4]} tensor as a vector. */
    public static Vector4f vector4(Tensor t) {
        float[] v = values(t, 4);
        return new Vector4f(v[0], v[1], v[2], v[3]);
    }

    /** Returns a {@code [4]} tensor, x, y, z, w, as a quaternion; it is not normalised. */
    public static Quaternionf quaternion(Tensor t) {
        float[] v = values(t, 4);
        return new Quaternionf(v[0], v[1], v[2], v[3]);
    }

    /** Returns a {@code [3, 3]} tensor, [row, column], as a matrix. */
    public static Matrix3f matrix3(Tensor t) {
        return new Matrix3f().set(values(t, 3, 3));
    }

    /** Returns a {@code [4, 4]} tensor, [row, column], as a matrix. */
    public static Matrix4f matrix4(Tensor t) {
        return new Matrix4f().set(values(t, 4, 4));
    }

    /** The elements in JOML's order: matrices by columns. */
    private static float[] values(Tensor t, long... shape) {
        if (!t.shape().equals(Shape.of(shape))) {
            throw new ShapeException("joml: the tensor must be of shape " + Shape.of(shape) + "; got " + t.shape());
        }
        Tensor byColumns = t.rank() == 2 ? t.transpose(0, 1) : t;
        return byColumns.to(DType.F32).toFloatArray();
    }
}
