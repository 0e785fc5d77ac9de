package luthier.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import luthier.autograd.Backward;
import luthier.autograd.Variable;
import luthier.autograd.ops.NormalizationOps;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.optim.GradientClipping;
import luthier.tensor.DType;
import luthier.tensor.Distance;
import luthier.tensor.Norms;
import luthier.tensor.Reduction;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Compares norms and normalisations of single rows with their formulas in 50 decimal digits, over lengths of rows, offsets (how often
 * the deviation fits into the mean; of equal numbers too) and magnitudes, and prints the worst error of each function. The unit is the
 * spacing of the type's numbers at 1, times the size of what is right: for normalized rows at least 1, for their gradients at least
 * rstd. What is beyond the type's range is right if it is infinite. All rows of F32 take minutes, of F64 half a minute.
 *
 * <pre>java -cp benchmarks.jar luthier.benchmarks.NormalizationSweep [longest row]</pre>
 */
public final class NormalizationSweep {
    private static final MathContext DIGITS = new MathContext(50);

    /** Enough for the distance of a mean to any number of the row to have 50 digits. */
    private static final MathContext MANY_DIGITS = new MathContext(300);

    private static final int[] LENGTHS = {1, 2, 3, 7, 16, 17, 64, 97, 384, 768, 1000, 4096, 4097, 20000};
    private static final double[] OFFSETS = {0, 0.5, 3, 30, 1e3, 1e4, 1e6, 1e8};
    private static final double[] MAGNITUDES = {
        1e-38, 1e-30, 1e-25, 1e-20, 1e-15, 1e-10, 1e-5, 1e-2, 1, 10, 1e3, 1e5, 1e10, 1e15, 1e19, 1e20, 1e25, 1e30, 1e38
    };

    private static final int LONGEST_DOUBLE = 5000;

    private final DType dtype;
    private final Map<String, Worst> worst = new LinkedHashMap<>();
    private String row = "";

    private NormalizationSweep(DType dtype) {
        this.dtype = dtype;
    }

    /**
     * The largest error of a function and where it was made.
     *
     * @param error in units of the type's spacing at 1
     */
    public record Worst(double error, String where) {}

    /** Sweeps everything, or rows up to a length. */
    public static void main(String[] arguments) {
        int longest = arguments.length > 0 ? Integer.parseInt(arguments[0]) : Integer.MAX_VALUE;
        System.out.printf(Locale.ROOT, "%-5s %-28s %12s  %s%n", "type", "function", "error", "at");
        double[] second = IntStream.range(0, MAGNITUDES.length)
                .filter(i -> i % 2 == 0)
                .mapToDouble(i -> MAGNITUDES[i])
                .toArray();
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            // Sums in double precision do not care for magnitudes, and their rows need not be long to be summed in
            // blocks.
            boolean single = dtype == DType.F32;
            int most = single ? longest : Math.min(longest, LONGEST_DOUBLE);
            int[] lengths = Arrays.stream(LENGTHS).filter(n -> n <= most).toArray();
            sweep(dtype, lengths, OFFSETS, single ? MAGNITUDES : second)
                    .forEach((name, found) -> System.out.printf(
                            Locale.ROOT, "%-5s %-28s %12.3f  %s%n", dtype, name, found.error(), found.where()));
        }
    }

    /** Returns the worst error of each function over all rows {@code magnitude (offset + deviation)}. */
    public static Map<String, Worst> sweep(DType dtype, int[] lengths, double[] offsets, double[] magnitudes) {
        NormalizationSweep sweep = new NormalizationSweep(dtype);
        for (int n : lengths) {
            Tensor deviations = Rng.of(n).normal(DType.F64, Shape.of(n), 0, 1);
            for (double offset : offsets) {
                for (double magnitude : magnitudes) {
                    for (double spread : new double[] {1, 0}) {
                        Tensor x = deviations
                                .mul(spread)
                                .add(Tensor.scalar(offset))
                                .mul(magnitude)
                                .to(dtype);
                        // A row of zeros has no direction, one beyond the range no values.
                        if (Reduction.allFinite(x)
                                && Norms.norm(x).to(DType.F64).item() != 0) {
                            sweep.row = n + " numbers " + offset + (spread == 0 ? "" : " +- 1") + " times " + magnitude;
                            sweep.check(x);
                        }
                    }
                }
            }
        }
        return sweep.worst;
    }

    private void check(Tensor x) {
        Exact exact = Exact.of(x);
        int n = exact.x.length;
        compare("norm", Norms.norm(x).item(), exact.norm, smallest());
        compare("variance", Reduction.variance(x, new int[0], 0, false).item(), exact.variance, smallest());
        compare("std", Reduction.std(x, new int[0], 0, false).item(), sqrt(exact.variance), smallest());
        compare("cosineSimilarity", Distance.cosineSimilarity(x, x, 0, 0).item(), BigDecimal.ONE, 1);
        Tensor dY = Rng.of(n + 1).normal(dtype, Shape.of(n), 0, 1);
        for (double eps : new double[] {1e-5, 1e-12}) {
            // The type's own eps: what is lost when a number becomes one of the type is not the function's.
            double held = dtype == DType.F32 ? (float) eps : eps;
            check("layerNorm", x, dY, held, exact.mean, exact.variance);
            check("rmsNorm", x, dY, held, BigDecimal.ZERO, exact.meanSquare);
        }
        clip(x, exact);
    }

    private void check(String name, Tensor x, Tensor dY, double eps, BigDecimal center, BigDecimal power) {
        boolean centered = name.equals("layerNorm");
        BigDecimal[] values = decimals(x);
        int n = values.length;
        BigDecimal rstd = BigDecimal.ONE.divide(sqrt(power.add(new BigDecimal(eps))), DIGITS);
        BigDecimal[] z = new BigDecimal[n];
        Arrays.setAll(z, i -> values[i].subtract(center, DIGITS).multiply(rstd, DIGITS));
        Variable input = Variable.parameter(x);
        Variable y = centered ? NormalizationOps.layerNorm(input, 1, eps) : NormalizationOps.rmsNorm(input, 1, eps);
        double[] got = y.value().toDoubleArray();
        for (int i = 0; i < n; i++) {
            compare(name, got[i], z[i], 1);
        }
        BigDecimal[] g = decimals(dY);
        BigDecimal meanG = centered ? mean(g).round(DIGITS) : BigDecimal.ZERO;
        BigDecimal[] products = new BigDecimal[n];
        Arrays.setAll(products, i -> g[i].multiply(z[i], DIGITS));
        BigDecimal meanGZ = mean(products).round(DIGITS);
        double least = Math.max(rstd.doubleValue(), smallest());
        Variable s = y.mul(Variable.constant(dY)).sum();
        double[] plain = Backward.fromScalar(s)
                .retainGraph()
                .gradients(input)
                .getFirst()
                .value()
                .toDoubleArray();
        double[] recorded = Backward.fromScalar(s)
                .createGraph()
                .gradients(input)
                .getFirst()
                .value()
                .toDoubleArray();
        for (int i = 0; i < n; i++) {
            BigDecimal dX = g[i].subtract(meanG, DIGITS)
                    .subtract(z[i].multiply(meanGZ, DIGITS), DIGITS)
                    .multiply(rstd, DIGITS);
            compare(name + " gradient", plain[i], dX, least);
            compare(name + " gradient, recorded", recorded[i], dX, least);
        }
    }

    private void clip(Tensor x, Exact exact) {
        Parameter parameter =
                new Parameter("x", x.shape(), (type, shape, rng) -> x).initialize(new Seed(dtype, Rng.of(0)));
        parameter.variable().setGrad(x);
        double norm = GradientClipping.byNorm(Map.of("x", parameter), 1);
        BigDecimal factor = BigDecimal.ONE
                .divide(exact.norm.add(new BigDecimal("1e-6")), DIGITS)
                .min(BigDecimal.ONE);
        compare("norm for clipping", dtype == DType.F32 ? (float) norm : norm, exact.norm, smallest());
        double[] clipped = parameter.grad().orElseThrow().toDoubleArray();
        for (int i = 0; i < clipped.length; i++) {
            compare("clipped", clipped[i], exact.x[i].multiply(factor, DIGITS), smallest());
        }
    }

    private double smallest() {
        return dtype == DType.F32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    }

    private void compare(String name, double got, BigDecimal right, double least) {
        double largest = dtype == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        double unit = dtype == DType.F32 ? 0x1p-23 : 0x1p-52;
        double size = right.abs().doubleValue();
        double error;
        if (size > largest) {
            error = Double.isInfinite(got) ? 0 : Double.POSITIVE_INFINITY;
        } else if (!Double.isFinite(got)) {
            error = Double.POSITIVE_INFINITY;
        } else {
            double distance = new BigDecimal(got).subtract(right).abs().doubleValue();
            error = distance / Math.max(size, least) / unit;
        }
        worst.merge(name, new Worst(error, row), (a, b) -> b.error() > a.error() ? b : a);
    }

    /** A row's numbers and what is known of them, exact or in 50 digits. */
    private record Exact(BigDecimal[] x, BigDecimal mean, BigDecimal variance, BigDecimal meanSquare, BigDecimal norm) {
        static Exact of(Tensor row) {
            BigDecimal[] x = decimals(row);
            BigDecimal mean = NormalizationSweep.mean(x);
            BigDecimal[] squares = new BigDecimal[x.length];
            Arrays.setAll(squares, i -> x[i].subtract(mean, DIGITS).pow(2, DIGITS));
            BigDecimal variance = NormalizationSweep.mean(squares);
            Arrays.setAll(squares, i -> x[i].pow(2, DIGITS));
            BigDecimal meanSquare = NormalizationSweep.mean(squares);
            BigDecimal sum = meanSquare.multiply(BigDecimal.valueOf(x.length), DIGITS);
            return new Exact(x, mean, variance, meanSquare, sqrt(sum));
        }
    }

    private static BigDecimal[] decimals(Tensor x) {
        return Arrays.stream(x.toDoubleArray()).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
    }

    private static BigDecimal mean(BigDecimal[] values) {
        BigDecimal sum = BigDecimal.ZERO;
        for (BigDecimal value : values) {
            sum = sum.add(value);
        }
        return sum.divide(BigDecimal.valueOf(values.length), MANY_DIGITS);
    }

    private static BigDecimal sqrt(BigDecimal value) {
        return value.signum() == 0 ? BigDecimal.ZERO : value.sqrt(DIGITS);
    }
}
