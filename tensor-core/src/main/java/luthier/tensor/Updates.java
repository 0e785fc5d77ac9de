package luthier.tensor;

import luthier.tensor.kernel.Accumulate;
import luthier.tensor.kernel.AdamW;
import luthier.tensor.kernel.AdamWRates;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.BinaryKernel;
import luthier.tensor.kernel.DoubleFunctions;
import luthier.tensor.kernel.SoftmaxRows;

/**
 * Writes to the storage of parameters, for optimizers and gradient accumulation: of F32 and F64, element by element, NaN and infinities as they compute.
 * All throw {@link ShapeException} if shapes differ, the target is not contiguous, or an operand shares a part of its memory at another place, and
 * {@link DTypeException} if types differ or are not floating. Numbers are rounded to the type.
 *
 * <p>The rules of optimizers are made of these, with m, v the running means: SGD {@code scale(m), addScaled(m, g), addScaled(p, m)}; Adam {@code lerp(m,
 * g), scale(v), addProduct(v, g, g), addRootRatio(p, m, v)}; AMSGrad's {@code maximum}; Adamax' {@code addRatio}. {@link #adamWInPlace} is the
 * fused form of its own rule, with the same bits in F32.
 */
public final class Updates {
    private Updates() {}

    /**
     * Takes one step of AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2) with g the gradient and t the step: p *=
     * 1 - lr decay; m = m + (1 - beta1) (g - m); v = beta2 v + (1 - beta2) g^2; p -= lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 -
     * beta2^t) + eps).
     *
     * {@snippet :
     * Tensor p = Tensor.zeros(DType.F64, 1);
     * Tensor m = p.copy();
     * Tensor v = p.copy();
     * Updates.adamWInPlace(p, Tensor.ones(DType.F64, 1), m, v, 0.5, 0.5, 0.5, 0, 0, 1);
     * p; // F64[1][-0.5]
     * }
     *
     * @param step the number of this step, from 1
     */
    public static void adamWInPlace(
            Tensor parameter,
            Tensor gradient,
            Tensor m,
            Tensor v,
            double learningRate,
            double beta1,
            double beta2,
            double eps,
            double weightDecay,
            long step) {
        Tensor g = operand("adamW", parameter, gradient);
        for (Tensor state : new Tensor[] {m, v}) {
            requireSame("adamW", parameter, state);
            requireContiguous("adamW", state);
            requireApart("adamW", parameter, state, false);
            requireApart("adamW", state, g, false);
        }
        requireApart("adamW", m, v, false);
        requireContiguous("adamW", parameter);
        parameter.written();
        m.written();
        v.written();
        double keep = 1 - learningRate * weightDecay;
        double rootCorrection = Math.sqrt(1 - StrictMath.pow(beta2, (double) step));
        double stepSize = learningRate / (1 - StrictMath.pow(beta1, (double) step));
        int n = (int) parameter.elementCount();
        if (parameter.dtype() == DType.F32) {
            AdamWRates rates = new AdamWRates(
                    (float) keep,
                    (float) (1 - beta1),
                    (float) beta2,
                    (float) (1 - beta2),
                    (float) rootCorrection,
                    (float) eps,
                    (float) stepSize);
            Elementwise.forBlocks(
                    n,
                    (start, length) -> AdamW.step(
                            parameter.floats(),
                            parameter.offset() + start,
                            g.floats(),
                            g.offset() + start,
                            m.floats(),
                            m.offset() + start,
                            v.floats(),
                            v.offset() + start,
                            rates,
                            length));
            return;
        }
        for (int i = 0; i < n; i++) {
            double gradientAt = g.doubles()[g.offset() + i];
            double mean = m.doubles()[m.offset() + i];
            mean += (1 - beta1) * (gradientAt - mean);
            double square = beta2 * v.doubles()[v.offset() + i] + (1 - beta2) * gradientAt * gradientAt;
            m.doubles()[m.offset() + i] = mean;
            v.doubles()[v.offset() + i] = square;
            double root = Math.sqrt(square) / rootCorrection + eps;
            int at = parameter.offset() + i;
            parameter.doubles()[at] = parameter.doubles()[at] * keep - stepSize * (mean / root);
        }
    }

    /**
     * x = factor x.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2}, 2);
     * Updates.scaleInPlace(x, 3);
     * x; // F32[2][3.0, 6.0]
     * }
     */
    public static void scaleInPlace(Tensor x, double factor) {
        write(
                "scaleInPlace",
                x,
                x,
                x,
                (p, po, a, ao, b, bo, n) -> SoftmaxRows.scale(p, po, (float) factor, n),
                (p, a, b) -> p * factor);
    }

    /**
     * x = x + y.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2}, 2);
     * Updates.addInPlace(x, x);
     * x; // F32[2][2.0, 4.0]
     * }
     */
    public static void addInPlace(Tensor x, Tensor y) {
        write("addInPlace", x, y, y, both(Binary.ADD), (p, a, b) -> p + a);
    }

    /**
     * x = x + scale y, the product rounded before the sum, as {@link Elementwise#addScaled} does.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2}, 2);
     * Updates.addScaledInPlace(x, Tensor.of(new float[] {10, 20}, 2), -0.5);
     * x; // F32[2][-4.0, -8.0]
     * }
     */
    public static void addScaledInPlace(Tensor x, Tensor y, double scale) {
        write(
                "addScaledInPlace",
                x,
                y,
                y,
                (p, po, a, ao, b, bo, n) -> Accumulate.scaled(p, po, a, ao, (float) scale, n),
                (p, a, b) -> p + a * scale);
    }

    /**
     * x = x + weight (y - x), as {@link Elementwise#lerp(Tensor, Tensor, double)} does.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {0, 10}, 2);
     * Updates.lerpInPlace(x, Tensor.of(new float[] {4, 20}, 2), 0.25);
     * x; // F32[2][1.0, 12.5]
     * }
     */
    public static void lerpInPlace(Tensor x, Tensor y, double weight) {
        write(
                "lerpInPlace",
                x,
                y,
                y,
                both(Binary.lerp((float) weight)),
                (p, a, b) -> DoubleFunctions.lerp(p, a, weight));
    }

    /**
     * x = x y.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {2, 3}, 2);
     * Updates.mulInPlace(x, x);
     * x; // F32[2][4.0, 9.0]
     * }
     */
    public static void mulInPlace(Tensor x, Tensor y) {
        write("mulInPlace", x, y, y, both(Binary.MUL), (p, a, b) -> p * a);
    }

    /**
     * x = max(x, y); NaN if either is.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 5}, 2);
     * Updates.maximumInPlace(x, Tensor.of(new float[] {4, 2}, 2));
     * x; // F32[2][4.0, 5.0]
     * }
     */
    public static void maximumInPlace(Tensor x, Tensor y) {
        write("maximumInPlace", x, y, y, both(Binary.MAX), (p, a, b) -> Math.max(p, a));
    }

    /**
     * x = x + scale a b, {@code fma(a b, scale, x)}; with a = b a sum of squares.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 1}, 2);
     * Tensor g = Tensor.of(new float[] {2, 3}, 2);
     * Updates.addProductInPlace(x, g, g, 0.5);
     * x; // F32[2][3.0, 5.5]
     * }
     */
    public static void addProductInPlace(Tensor x, Tensor a, Tensor b, double scale) {
        write(
                "addProductInPlace",
                x,
                a,
                b,
                (p, po, u, uo, v, vo, n) -> Accumulate.product(p, po, u, uo, v, vo, (float) scale, n),
                (p, u, v) -> Math.fma(u * v, scale, p));
    }

    /**
     * x = x + scale a / b, {@code fma(a / b, scale, x)}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 1}, 2);
     * Updates.addRatioInPlace(x, Tensor.of(new float[] {2, 3}, 2), Tensor.of(new float[] {4, 2}, 2), -1);
     * x; // F32[2][0.5, -0.5]
     * }
     */
    public static void addRatioInPlace(Tensor x, Tensor a, Tensor b, double scale) {
        write(
                "addRatioInPlace",
                x,
                a,
                b,
                (p, po, u, uo, v, vo, n) -> Accumulate.ratio(p, po, u, uo, v, vo, (float) scale, n),
                (p, u, v) -> Math.fma(u / v, scale, p));
    }

    /**
     * x = x + scale a / (sqrt(v) / correction + eps), the step of Adam and its kin; without a correction give 1.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1}, 1);
     * Updates.addRootRatioInPlace(x, Tensor.of(new float[] {3}, 1), Tensor.of(new float[] {4}, 1), -1, 1, 1);
     * x; // F32[1][0.0]
     * }
     */
    public static void addRootRatioInPlace(Tensor x, Tensor a, Tensor v, double scale, double correction, double eps) {
        float root = (float) correction;
        write(
                "addRootRatioInPlace",
                x,
                a,
                v,
                (p, po, u, uo, w, wo, n) ->
                        Accumulate.rootRatio(p, po, u, uo, w, wo, (float) scale, root, (float) eps, n),
                (p, u, w) -> Math.fma(u / (Math.sqrt(w) / correction + eps), scale, p));
    }

    /** Writes n elements of p, from those of p, a and b. */
    private interface Floats {
        void apply(float[] p, int po, float[] a, int ao, float[] b, int bo, int n);
    }

    /** Returns an element of p, from those of p, a and b. */
    private interface Doubles {
        double of(double p, double a, double b);
    }

    private static Floats both(BinaryKernel kernel) {
        return (p, po, a, ao, b, bo, n) -> kernel.apply(p, po, a, ao, p, po, n);
    }

    private static void write(String name, Tensor x, Tensor first, Tensor second, Floats floats, Doubles doubles) {
        Tensor a = operand(name, x, first);
        Tensor b = operand(name, x, second);
        requireContiguous(name, x);
        x.written();
        int n = (int) x.elementCount();
        if (x.dtype() == DType.F32) {
            Elementwise.forBlocks(
                    n,
                    (start, length) -> floats.apply(
                            x.floats(),
                            x.offset() + start,
                            a.floats(),
                            a.offset() + start,
                            b.floats(),
                            b.offset() + start,
                            length));
            return;
        }
        for (int i = 0; i < n; i++) {
            int at = x.offset() + i;
            x.doubles()[at] = doubles.of(x.doubles()[at], a.doubles()[a.offset() + i], b.doubles()[b.offset() + i]);
        }
    }

    /** Returns a checked operand, contiguous. */
    private static Tensor operand(String name, Tensor x, Tensor operand) {
        requireSame(name, x, operand);
        Tensor contiguous = operand.contiguous();
        requireApart(name, x, contiguous, true);
        return contiguous;
    }

    private static void requireSame(String name, Tensor a, Tensor b) {
        Require.floating(name, a);
        Require.sameType(name, a, b);
        if (!a.shape().equals(b.shape())) {
            throw ShapeRule.SAME.broken(
                    name + ": shapes must agree; got " + a.shape() + " and " + b.shape(), "x, operand", a, b);
        }
    }

    private static void requireContiguous(String name, Tensor x) {
        if (!x.isContiguous()) {
            throw Require.broken(name + ": the target must be contiguous; got a strided view of shape " + x.shape(), x);
        }
    }

    /** Throws if an element that is written lies where another one is read. */
    @SuppressWarnings("ReferenceEquality") // Whether two tensors view one array is the question.
    private static void requireApart(String name, Tensor x, Tensor y, boolean orSame) {
        int distance = Math.abs(x.offset() - y.offset());
        if (x.storage() == y.storage() && distance < x.elementCount() && !(orSame && distance == 0)) {
            throw Require.broken(
                    name + ": an operand must not overlap the target; got two views of one memory, " + distance
                            + " elements apart, of shape " + x.shape() + "; copy() one of them",
                    x);
        }
    }
}
