package luthier.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import luthier.tensor.Activation;
import luthier.tensor.DType;
import luthier.tensor.Elementary;
import luthier.tensor.Elementwise;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Compares F32 functions of one number with their F64 forms over all 2^32 inputs and prints how far they are off, in units of the
 * last place of the true value. Results beyond the largest float count as right if they are infinite.
 *
 * <pre>java -cp benchmarks.jar luthier.benchmarks.AccuracySweep [stride] [function ...]</pre>
 *
 * <p>With a stride of s every s-th input is taken; 1 by default, a full sweep takes half a minute a function on two processors. Uses all processors.
 */
public final class AccuracySweep {
    private static final int BATCH = 1 << 14;
    private static final Map<String, UnaryOperator<Tensor>> FUNCTIONS = new LinkedHashMap<>();

    static {
        FUNCTIONS.put("exp", Elementary::exp);
        FUNCTIONS.put("log", Elementary::log);
        FUNCTIONS.put("tanh", Elementary::tanh);
        FUNCTIONS.put("erf", Elementary::erf);
        FUNCTIONS.put("sigmoid", Activation::sigmoid);
        FUNCTIONS.put("sin", Elementary::sin);
        FUNCTIONS.put("cos", Elementary::cos);
        FUNCTIONS.put("tan", Elementary::tan);
        FUNCTIONS.put("exp2", Elementary::exp2);
        FUNCTIONS.put("expm1", Elementary::expm1);
        FUNCTIONS.put("log2", Elementary::log2);
        FUNCTIONS.put("log1p", Elementary::log1p);
        FUNCTIONS.put("asin", Elementary::asin);
        FUNCTIONS.put("acos", Elementary::acos);
        FUNCTIONS.put("atan", Elementary::atan);
        FUNCTIONS.put("sinh", Elementary::sinh);
        FUNCTIONS.put("cosh", Elementary::cosh);
        FUNCTIONS.put("sqrt", Elementwise::sqrt);
        FUNCTIONS.put("rsqrt", Elementwise::rsqrt);
        FUNCTIONS.put("pow(x, 1.7)", x -> Elementwise.pow(x, (double) 1.7f));
        FUNCTIONS.put("gelu", Activation::gelu);
        FUNCTIONS.put("geluTanh", Activation::geluTanh);
        FUNCTIONS.put("silu", Activation::silu);
        FUNCTIONS.put("mish", Activation::mish);
        FUNCTIONS.put("softplus", Activation::softplus);
        FUNCTIONS.put("logSigmoid", Activation::logSigmoid);
        FUNCTIONS.put("elu", x -> Activation.elu(x, 1));
        FUNCTIONS.put("selu", Activation::selu);
    }

    private AccuracySweep() {}

    /** Sweeps the functions named, all by default. */
    public static void main(String[] arguments) throws InterruptedException {
        long stride = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1;
        List<String> wanted = Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
        System.out.printf(
                Locale.ROOT,
                "%-12s %10s %16s %16s %12s %12s%n",
                "function",
                "max ulp",
                "at",
                "inputs",
                "> 0.5 ulp",
                "> 1 ulp");
        for (Map.Entry<String, UnaryOperator<Tensor>> entry : FUNCTIONS.entrySet()) {
            if (wanted.isEmpty() || wanted.contains(entry.getKey())) {
                System.out.println(sweep(entry.getKey(), entry.getValue(), stride));
            }
        }
    }

    private static String sweep(String name, UnaryOperator<Tensor> function, long stride) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        Worst total = new Worst();
        Thread[] threads = new Thread[Runtime.getRuntime().availableProcessors()];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                Worst mine = new Worst();
                for (long i = next.getAndIncrement(); i * BATCH * stride < 1L << 32; i = next.getAndIncrement()) {
                    mine.batch(function, i * BATCH * stride, stride);
                }
                total.join(mine);
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return String.format(
                Locale.ROOT,
                "%-12s %10.4f %16s %16d %12d %12d",
                name,
                total.error,
                total.input,
                total.inputs,
                total.aboveHalf,
                total.aboveOne);
    }

    /** What a thread has seen. */
    private static final class Worst {
        private double error;
        private float input;
        private long inputs;
        private long aboveHalf;
        private long aboveOne;

        synchronized void join(Worst other) {
            if (other.error > error) {
                error = other.error;
                input = other.input;
            }
            inputs += other.inputs;
            aboveHalf += other.aboveHalf;
            aboveOne += other.aboveOne;
        }

        void batch(UnaryOperator<Tensor> function, long first, long stride) {
            int n = (int) Math.min(BATCH, ((1L << 32) - first + stride - 1) / stride);
            float[] x = new float[n];
            for (int i = 0; i < n; i++) {
                x[i] = Float.intBitsToFloat((int) (first + i * stride));
            }
            Tensor inputsOf = Tensor.wrap(x, Shape.of(n));
            float[] got = function.apply(inputsOf).toFloatArray();
            double[] reference = function.apply(inputsOf.to(DType.F64)).toDoubleArray();
            for (int i = 0; i < n; i++) {
                double ulps = ulps(got[i], reference[i]);
                aboveHalf += ulps > 0.5 ? 1 : 0;
                aboveOne += ulps > 1 ? 1 : 0;
                if (ulps > error) {
                    error = ulps;
                    input = x[i];
                }
            }
            inputs += n;
        }

        private static double ulps(float got, double reference) {
            float rounded = (float) reference;
            if (Float.compare(got, rounded) == 0 && !Float.isFinite(got)) {
                return 0;
            }
            if (!Float.isFinite(got) || Double.isNaN(reference)) {
                return Double.POSITIVE_INFINITY;
            }
            double spacing = Float.isInfinite(rounded) ? Math.ulp(Float.MAX_VALUE) : Math.ulp(rounded);
            return Math.abs(got - reference) / spacing;
        }
    }
}
