package luthier.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import luthier.tensor.Activation;
import luthier.tensor.Comparison;
import luthier.tensor.Counting;
import luthier.tensor.DType;
import luthier.tensor.Elementary;
import luthier.tensor.Elementwise;
import luthier.tensor.Indexing;
import luthier.tensor.Joining;
import luthier.tensor.Movement;
import luthier.tensor.Norms;
import luthier.tensor.Reduction;
import luthier.tensor.Rng;
import luthier.tensor.Rounding;
import luthier.tensor.Scan;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Softmax;
import luthier.tensor.Sorting;
import luthier.tensor.Tensor;
import luthier.tensor.kernel.Parallel;

/**
 * Looks for cliffs: runs operations over 2^20 numbers on one thread, each beside a sibling that does about as much, and prints
 * nanoseconds an element and the ratio of the two, those above 3 marked.
 *
 * <pre>java --add-modules jdk.incubator.vector -cp benchmarks.jar luthier.benchmarks.CliffSweep [pattern]</pre>
 *
 * <p>Times are processor times of the thread, so that a busy machine disturbs little; a ratio is the median over rounds, in which all
 * operations take their turn.
 */
public final class CliffSweep {
    private static final int ROWS = 1 << 10;
    private static final int COLUMNS = 1 << 10;
    private static final long ELEMENTS = (long) ROWS * COLUMNS;
    private static final int ROUNDS = 15;
    private static final int WARM_ROUNDS = 12;
    private static final double CLIFF = 3;

    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    private final Map<String, Supplier<Object>> operations = new LinkedHashMap<>();
    private final Map<String, String> siblings = new LinkedHashMap<>();

    private final Tensor x = Rng.of(1).uniform(DType.F32, Shape.of(ROWS, COLUMNS), -3, 3);
    private final Tensor y = Rng.of(2).uniform(DType.F32, Shape.of(ROWS, COLUMNS), -3, 3);
    private final Tensor x64 = x.to(DType.F64);
    private final Tensor y64 = y.to(DType.F64);
    private final Tensor whole = Elementwise.mul(x, 1000).to(DType.I64);
    private final Tensor divisors =
            Elementwise.add(Selection.abs(Elementwise.mul(y, 100).to(DType.I64)), 1);
    private final Tensor index = Tensor.of(random(ROWS), ROWS);
    private final Tensor places = Tensor.of(random(ROWS * COLUMNS), ROWS, COLUMNS);

    private CliffSweep() {}

    private static long[] random(int n) {
        Tensor numbers = Rng.of(3).uniform(DType.F64, Shape.of(n), 0, ROWS);
        return numbers.to(DType.I64).toLongArray();
    }

    /** Prints the operations whose name the pattern finds, all by default. */
    public static void main(String[] arguments) {
        Parallel.setThreads(1);
        CliffSweep sweep = new CliffSweep();
        sweep.elementwise();
        sweep.powers();
        sweep.comparisons();
        sweep.reductions();
        sweep.order();
        sweep.indices();
        sweep.movement();
        sweep.print(Pattern.compile(arguments.length == 0 ? "" : arguments[0]));
    }

    // ---- the operations
    // -----------------------------------------------------------------------------------------------

    private void operation(String name, String sibling, Supplier<Object> operation) {
        operations.put(name, operation);
        siblings.put(name, sibling);
    }

    /** In F32 beside a sibling, in F64 beside {@code exp F64} or the F64 sum, in both transposed beside itself as it lies. */
    private void unary(String name, String sibling, String sibling64, UnaryOperator<Tensor> f) {
        typed(name, sibling, sibling64, (a, b) -> f.apply(a));
    }

    private void typed(String name, String sibling, String sibling64, BiFunction<Tensor, Tensor, Object> f) {
        operation(name, sibling, () -> f.apply(x, y));
        operation(name + " transposed", name, () -> f.apply(x.transpose(0, 1), y));
        operation(name + " F64", sibling64, () -> f.apply(x64, y64));
        operation(name + " F64 transposed", name + " F64", () -> f.apply(x64.transpose(0, 1), y64));
    }

    private void integers(String name, String sibling, BiFunction<Tensor, Tensor, Object> f) {
        operation(name + " I64", sibling, () -> f.apply(whole, divisors));
        operation(name + " I64 transposed", name + " I64", () -> f.apply(whole.transpose(0, 1), divisors));
    }

    private void elementwise() {
        typed("add", "add", "add", Elementwise::add);
        Map<String, BiFunction<Tensor, Tensor, Object>> arithmetic = new LinkedHashMap<>();
        arithmetic.put("sub", Elementwise::sub);
        arithmetic.put("mul", Elementwise::mul);
        arithmetic.put("maximum", Selection::maximum);
        arithmetic.put("remainder", (a, b) -> Rounding.remainder(a, b));
        arithmetic.put("neg", (a, b) -> Elementwise.neg(a));
        arithmetic.put("abs", (a, b) -> Selection.abs(a));
        arithmetic.put("sign", (a, b) -> Selection.sign(a));
        arithmetic.put("square", (a, b) -> Elementwise.square(a));
        arithmetic.put("clamp", (a, b) -> Selection.clamp(a, -1, 1));
        arithmetic.put("addScaled", (a, b) -> Elementwise.addScaled(a, b, 2));
        arithmetic.put("mul number", (a, b) -> Elementwise.mul(a, 3));
        integers("add", "add", Elementwise::add);
        arithmetic.forEach((name, f) -> {
            typed(name, "add", "add F64", f);
            integers(name, "add I64", f);
        });
        typed("div", "add", "add F64", Elementwise::div);
        typed("lerp", "add", "add F64", (a, b) -> Elementwise.lerp(a, b, 0.3));
        unary("floor", "add", "add F64", Rounding::floor);
        unary("round", "add", "add F64", Rounding::round);
        unary("trunc", "add", "add F64", Rounding::trunc);
        unary("sqrt", "add", "add F64", Elementwise::sqrt);
        unary("rsqrt", "add", "add F64", Elementwise::rsqrt);
        unary("reciprocal", "add", "add F64", Elementwise::reciprocal);
        unary("relu", "add", "add F64", Activation::relu);
        unary("hardSwish", "add", "add F64", Activation::hardSwish);
        unary("leakyRelu", "add", "add F64", a -> Activation.leakyRelu(a, 0.1));
        unary("softsign", "add", "add F64", Activation::softsign);
        Tensor row = x.select(0, 0);
        Tensor column = x.slice(1, 0, 1);
        operation("add row", "add", () -> Elementwise.add(x, row));
        operation("add column", "add", () -> Elementwise.add(x, column));
        operation("add row F64", "add F64", () -> Elementwise.add(x64, x64.select(0, 0)));
        unary("exp", "exp", "exp", Elementary::exp);
        Map<String, UnaryOperator<Tensor>> school = new LinkedHashMap<>();
        school.put("log", a -> Elementary.log(Selection.abs(a)));
        school.put("exp2", Elementary::exp2);
        school.put("expm1", Elementary::expm1);
        school.put("log2", Elementary::log2);
        school.put("log1p", Elementary::log1p);
        school.put("sin", Elementary::sin);
        school.put("cos", Elementary::cos);
        school.put("tan", Elementary::tan);
        school.put("asin", Elementary::asin);
        school.put("acos", Elementary::acos);
        school.put("atan", Elementary::atan);
        school.put("sinh", Elementary::sinh);
        school.put("cosh", Elementary::cosh);
        school.put("tanh", Elementary::tanh);
        school.put("erf", Elementary::erf);
        school.put("sigmoid", Activation::sigmoid);
        school.put("logSigmoid", Activation::logSigmoid);
        school.put("silu", Activation::silu);
        school.put("mish", Activation::mish);
        school.put("gelu", Activation::gelu);
        school.put("geluTanh", Activation::geluTanh);
        school.put("softplus", Activation::softplus);
        school.put("elu", a -> Activation.elu(a, 1));
        school.forEach((name, f) -> unary(name, "exp", "exp F64", f));
        Map<String, BiFunction<Tensor, Tensor, Object>> pairs = new LinkedHashMap<>();
        pairs.put("atan2", Elementary::atan2);
        pairs.put("logaddexp", Elementary::logaddexp);
        pairs.put("xlogy", (a, b) -> Elementary.xlogy(a, Selection.abs(b)));
        pairs.put("geluBackward", Activation::geluBackward);
        pairs.put("geluTanhBackward", Activation::geluTanhBackward);
        pairs.forEach((name, f) -> typed(name, "exp", "exp F64", f));
    }

    private void powers() {
        for (double exponent : new double[] {2, 3, 4, 0.5, -0.5, -1, -2, 1, 0, -3, 7}) {
            unary("pow " + exponent, "mul", "mul F64", a -> Elementwise.pow(a, exponent));
        }
        unary("pow 1.7", "exp", "exp F64", a -> Elementwise.pow(Selection.abs(a), 1.7));
        unary("pow 1.7, half negative", "exp", "exp F64", a -> Elementwise.pow(a, 1.7));
        unary("2 pow x", "exp2", "exp2 F64", a -> Elementwise.pow(2, a));
        typed("pow", "exp", "exp F64", (a, b) -> Elementwise.pow(Selection.abs(a), b));
        integers("pow 3", "mul I64", (a, b) -> Elementwise.pow(a, 3));
    }

    private void comparisons() {
        Tensor mask = Comparison.less(x, y);
        Tensor rowMask = mask.select(0, 0);
        typed("less", "add", "less", Comparison::less);
        integers("less", "less", Comparison::less);
        typed("equal", "less", "less F64", Comparison::equal);
        typed("less number", "less", "less F64", (a, b) -> Comparison.less(a, 0.5));
        typed("isNaN", "less", "less F64", (a, b) -> Comparison.isNaN(a));
        typed("isFinite", "less", "less F64", (a, b) -> Comparison.isFinite(a));
        operation("logicalAnd", "less", () -> Comparison.logicalAnd(mask, mask));
        operation("logicalXor", "less", () -> Comparison.logicalXor(mask, mask));
        operation("logicalNot", "less", () -> Comparison.logicalNot(mask));
        typed("where", "add", "add F64", (a, b) -> Selection.where(mask, a, b));
        integers("where", "add I64", (a, b) -> Selection.where(mask, a, b));
        typed("where row mask", "where", "where F64", (a, b) -> Selection.where(rowMask, a, b));
        typed("maskedFill", "where", "where F64", (a, b) -> Selection.maskedFill(a, mask, 1));
        typed("maskedFill row", "where", "where F64", (a, b) -> Selection.maskedFill(a, rowMask, 1));
        typed("to I64", "add", "add F64", (a, b) -> a.to(DType.I64));
        typed("to I32", "add", "add F64", (a, b) -> a.to(DType.I32));
        typed("to BOOL", "add", "add F64", (a, b) -> a.to(DType.BOOL));
        typed("to BF16", "add", "add F64", (a, b) -> a.to(DType.BF16));
        typed("to F16", "add", "add F64", (a, b) -> a.to(DType.F16));
        operation("to F64", "add", () -> x.to(DType.F64));
        operation("to F32 from F64", "add", () -> x64.to(DType.F32));
        operation("to F32 from I64", "add", () -> whole.to(DType.F32));
        operation("to F32 from BOOL", "add", () -> mask.to(DType.F32));
        operation("sum BOOL", "add", () -> Reduction.sum(mask));
        operation("countNonZero BOOL", "add", () -> Counting.countNonZero(mask));
        operation("any", "add", () -> Counting.any(mask, 1));
        operation("all axis 0", "any", () -> Counting.all(mask, 0));
    }

    private interface OverAxis {
        Object apply(Tensor x, int axis);
    }

    /** Over each axis, beside the last axis and in F64 and I64 beside F32. */
    private void over(String name, String sibling, boolean integers, OverAxis f) {
        operation(name + " axis 1", sibling, () -> f.apply(x, 1));
        operation(name + " axis 0", name + " axis 1", () -> f.apply(x, 0));
        operation(name + " axis 1 transposed", name + " axis 1", () -> f.apply(x.transpose(0, 1), 1));
        operation(name + " axis 1 F64", name + " axis 1", () -> f.apply(x64, 1));
        operation(name + " axis 0 F64", name + " axis 1 F64", () -> f.apply(x64, 0));
        if (integers) {
            operation(name + " axis 1 I64", name + " axis 1 F64", () -> f.apply(whole, 1));
            operation(name + " axis 0 I64", name + " axis 1 I64", () -> f.apply(whole, 0));
        }
    }

    private void reductions() {
        over("sum", "sum axis 1", true, (a, axis) -> Reduction.sum(a, axis));
        over("mean", "sum axis 1", false, (a, axis) -> Reduction.mean(a, axis));
        over("max", "sum axis 1", true, (a, axis) -> Reduction.max(a, axis));
        over("argmax", "max axis 1", true, (a, axis) -> Reduction.argmax(a, axis, false));
        over("maxWithIndex", "max axis 1", true, (a, axis) -> Reduction.maxWithIndex(a, axis, false));
        over("prod", "sum axis 1", true, (a, axis) -> Reduction.prod(a, axis));
        over("variance", "sum axis 1", false, (a, axis) -> Reduction.variance(a, new int[] {axis}, 1, false));
        over("norm 2", "sum axis 1", false, (a, axis) -> Norms.norm(a, new int[] {axis}, 2, false));
        over("norm 1", "sum axis 1", false, (a, axis) -> Norms.norm(a, new int[] {axis}, 1, false));
        over("norm 3", "pow 1.7", false, (a, axis) -> Norms.norm(a, new int[] {axis}, 3, false));
        over("norm 4", "pow 1.7", false, (a, axis) -> Norms.norm(a, new int[] {axis}, 4, false));
        over("norm 1.5", "pow 1.7", false, (a, axis) -> Norms.norm(a, new int[] {axis}, 1.5, false));
        over(
                "norm inf",
                "max axis 1",
                false,
                (a, axis) -> Norms.norm(a, new int[] {axis}, Double.POSITIVE_INFINITY, false));
        over("countNonZero", "sum axis 1", true, (a, axis) -> Counting.countNonZero(a, axis));
        over("cumsum", "add", true, Scan::cumsum);
        over("cumprod", "cumsum axis 1", true, Scan::cumprod);
        over("softmax", "exp", false, Softmax::softmax);
        over("logSoftmax", "exp", false, Softmax::logSoftmax);
        over("logSumExp", "exp", false, (a, axis) -> Softmax.logSumExp(a, axis));
        typed("sum all", "sum axis 1", "sum axis 1 F64", (a, b) -> Reduction.sum(a));
        typed("max all", "max axis 1", "max axis 1 F64", (a, b) -> Reduction.max(a));
        typed("argmax all", "argmax axis 1", "argmax axis 1 F64", (a, b) -> Reduction.argmax(a));
        typed("norm 3 all", "norm 3 axis 1", "norm 3 axis 1 F64", (a, b) -> Norms.norm(a, new int[0], 3, false));
        typed("sumOfSquares", "sum axis 1", "sum axis 1 F64", (a, b) -> Reduction.sumOfSquares(a));
        typed("allFinite", "sum axis 1", "sum axis 1 F64", (a, b) -> Reduction.allFinite(a));
    }

    private void order() {
        over("sort", "sort axis 1", true, (a, axis) -> Sorting.sort(a, axis, false));
        over("sort descending", "sort axis 1", true, (a, axis) -> Sorting.sort(a, axis, true));
        over("argsort", "sort axis 1", true, (a, axis) -> Sorting.argsort(a, axis, false));
        over("topk 5", "topk 5 axis 1", true, (a, axis) -> Sorting.topk(a, 5, axis, true));
        over("topk 100", "topk 100 axis 1", true, (a, axis) -> Sorting.topk(a, 100, axis, false));
        typed("sort all", "sort axis 1", "sort axis 1 F64", (a, b) -> Sorting.sort(a.reshape(ELEMENTS), 0, false));
        typed(
                "topk 10 all",
                "topk 5 axis 1",
                "topk 5 axis 1 F64",
                (a, b) -> Sorting.topk(a.reshape(ELEMENTS), 10, 0, true));
        integers("topk 10 all", "topk 5 axis 1 I64", (a, b) -> Sorting.topk(a.reshape(ELEMENTS), 10, 0, true));
    }

    private void indices() {
        over("indexSelect", "add", true, (a, axis) -> Indexing.indexSelect(a, axis, index));
        over("indexAdd", "add", false, (a, axis) -> Indexing.indexAdd(a, axis, index, a));
        over("gather", "add", true, (a, axis) -> Indexing.gather(a, axis, places));
        over("scatterAdd", "gather axis 1", false, (a, axis) -> Indexing.scatterAdd(a, axis, places, a));
        Tensor mask = Comparison.less(x, y);
        typed("embedding", "indexSelect axis 0", "indexSelect axis 0 F64", (a, b) -> Indexing.embedding(a, index));
        typed(
                "embeddingBackward",
                "indexAdd axis 0",
                "indexAdd axis 0 F64",
                (a, b) -> Indexing.embeddingBackward(a, index, ROWS));
        typed("take", "gather axis 1", "gather axis 1 F64", (a, b) -> Indexing.take(a, places));
        typed("maskedSelect", "gather axis 1", "gather axis 1 F64", (a, b) -> Indexing.maskedSelect(a, mask));
        typed("nonZero", "maskedSelect", "maskedSelect F64", (a, b) -> Indexing.nonZero(a));
        operation("oneHot", "add", () -> Indexing.oneHot(index, COLUMNS, DType.F32));
        operation("slice step 2, copied", "add", () -> x.slice(1, 0, COLUMNS, 2).copy());
    }

    private void movement() {
        integers("copy", "copy F64", (a, b) -> a.copy());
        typed("copy", "add", "copy", (a, b) -> a.copy());
        over("flip", "copy", true, (a, axis) -> Movement.flip(a, axis).copy());
        over("roll", "copy", true, (a, axis) -> Movement.roll(a, axis, 5));
        over("concat", "copy", true, (a, axis) -> Joining.concat(List.of(a, a), axis));
        over("stack", "copy", true, (a, axis) -> Joining.stack(List.of(a, a), axis));
        typed("stack last", "stack axis 1", "stack axis 1 F64", (a, b) -> Joining.stack(List.of(a, a), 2));
        typed("tile", "copy", "copy F64", (a, b) -> Movement.tile(a.select(0, 0), ROWS));
        over("repeatInterleave", "copy", true, (a, axis) -> Movement.repeatInterleave(a, axis, 2));
        typed(
                "repeat column",
                "copy",
                "copy F64",
                (a, b) -> a.slice(1, 0, 1).expand(Shape.of(ROWS, COLUMNS)).copy());
    }

    // ---- the measure
    // --------------------------------------------------------------------------------------------------

    private void print(Pattern pattern) {
        List<String> chosen = operations.keySet().stream()
                .filter(name -> pattern.matcher(name).find())
                .toList();
        Map<String, double[]> times = new LinkedHashMap<>();
        for (String name : chosen) {
            times.put(Objects.requireNonNull(siblings.get(name), name), new double[ROUNDS]);
            times.put(name, new double[ROUNDS]);
        }
        for (String name : times.keySet()) {
            for (int i = 0; i < WARM_ROUNDS; i++) {
                run(name);
            }
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<String, double[]> entry : times.entrySet()) {
                long start = CLOCK.getCurrentThreadCpuTime();
                run(entry.getKey());
                entry.getValue()[round] = (double) (CLOCK.getCurrentThreadCpuTime() - start) / ELEMENTS;
            }
        }
        List<String> lines = new ArrayList<>();
        for (String name : chosen) {
            String sibling = Objects.requireNonNull(siblings.get(name), name);
            double[] own = Objects.requireNonNull(times.get(name), name);
            double[] beside = Objects.requireNonNull(times.get(sibling), sibling);
            double[] ratios = new double[ROUNDS];
            Arrays.setAll(ratios, i -> own[i] / beside[i]);
            double ratio = median(ratios);
            lines.add(String.format(
                    Locale.ROOT,
                    "%-32s %9.3f  %8.2f %s %s",
                    name,
                    median(own),
                    ratio,
                    ratio > CLIFF ? "!" : " ",
                    sibling));
        }
        System.out.printf(Locale.ROOT, "%-32s %9s  %8s   %s%n", "operation", "ns", "ratio", "sibling");
        lines.forEach(System.out::println);
    }

    /** Runs an operation; its result is looked at, so that no compiler leaves it out. */
    private void run(String name) {
        Supplier<Object> operation = Objects.requireNonNull(operations.get(name), name);
        Objects.requireNonNull(operation.get(), name);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
