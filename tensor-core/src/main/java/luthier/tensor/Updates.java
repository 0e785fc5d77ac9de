package luthier.tensor;

import luthier.tensor.kernel.AdamW;
import luthier.tensor.kernel.AdamWRates;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.SoftmaxRows;

/**
 * Writes to the storage of parameters, for optimizers and gradient accumulation. Targets must be contiguous. All throw {@link
 * ShapeException} and {@link DTypeException} if shapes or types differ.
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
        check("adamW", parameter, gradient);
        check("adamW", parameter, m);
        check("adamW", parameter, v);
        requireContiguous("adamW", parameter);
        parameter.written();
        m.written();
        v.written();
        Tensor g = gradient.contiguous();
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
     * Multiplies every element of x, F32 or F64, by a factor rounded to the type. NaN and infinities as they multiply.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2}, 2);
     * Updates.scaleInPlace(x, 3);
     * x; // F32[2][3.0, 6.0]
     * }
     */
    public static void scaleInPlace(Tensor x, double factor) {
        Operands.requireFloating("scaleInPlace", x);
        requireContiguous("scaleInPlace", x);
        x.written();
        int n = (int) x.elementCount();
        if (x.dtype() == DType.F32) {
            Elementwise.forBlocks(
                    n, (start, length) -> SoftmaxRows.scale(x.floats(), x.offset() + start, (float) factor, length));
            return;
        }
        for (int i = 0; i < n; i++) {
            x.doubles()[x.offset() + i] *= factor;
        }
    }

    /**
     * Adds y to x, both F32 or both F64 and of one shape.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 2}, 2);
     * Updates.addInPlace(x, x);
     * x; // F32[2][2.0, 4.0]
     * }
     */
    public static void addInPlace(Tensor x, Tensor y) {
        check("addInPlace", x, y);
        requireContiguous("addInPlace", x);
        x.written();
        Tensor from = y.contiguous();
        int n = (int) x.elementCount();
        if (x.dtype() == DType.F32) {
            float[] to = x.floats();
            Elementwise.forBlocks(
                    n,
                    (start, length) -> Binary.ADD.apply(
                            to,
                            x.offset() + start,
                            from.floats(),
                            from.offset() + start,
                            to,
                            x.offset() + start,
                            length));
            return;
        }
        for (int i = 0; i < n; i++) {
            x.doubles()[x.offset() + i] += from.doubles()[from.offset() + i];
        }
    }

    private static void check(String name, Tensor a, Tensor b) {
        Operands.requireFloating(name, a);
        Operands.requireSameType(name, a, b);
        if (!a.shape().equals(b.shape())) {
            throw new ShapeException(name + ": shapes must agree; got " + a.shape() + " and " + b.shape());
        }
    }

    private static void requireContiguous(String name, Tensor x) {
        if (!x.isContiguous()) {
            throw new ShapeException(
                    name + ": the target must be contiguous; got a strided view of shape " + x.shape());
        }
    }
}
