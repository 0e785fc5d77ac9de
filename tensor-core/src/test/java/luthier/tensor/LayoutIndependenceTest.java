package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every operation on a view gives the bits that it gives on the view's contiguous copy. */
class LayoutIndependenceTest {
    private static final Map<String, UnaryOperator<Tensor>> VIEWS = new LinkedHashMap<>();
    private static final Map<String, UnaryOperator<Tensor>> OPERATIONS = new LinkedHashMap<>();

    static {
        VIEWS.put("transposed", x -> x.transpose(0, 2));
        VIEWS.put("permuted", x -> x.permute(1, 2, 0));
        VIEWS.put("expanded", x -> x.slice(1, 1, 2).expand(Shape.of(4, 5, 4)));
        VIEWS.put("offset", x -> x.slice(2, 1, 4).slice(0, 1, 4));
        VIEWS.put("stepped", x -> x.slice(2, 0, 4, 2));
        VIEWS.put("reversed", x -> Movement.flip(x, 0, 2));
        VIEWS.put("reversed and transposed", x -> Movement.flip(x, 1).transpose(1, 2));
        VIEWS.put("square", x -> Diagonals.diagonal(x, 0, 0, 2).unsqueeze(0));
        VIEWS.put("empty", x -> x.slice(1, 2, 2).transpose(0, 1));

        OPERATIONS.put("copy", Tensor::copy);
        OPERATIONS.put("to F64", x -> x.to(DType.F64));
        OPERATIONS.put("reshape", x -> x.reshape(x.elementCount()));
        OPERATIONS.put("flatten", x -> x.flatten(1, 2));
        OPERATIONS.put("slice back", x -> x.slice(1, -1, Long.MIN_VALUE, -2));
        OPERATIONS.put("roll", x -> Movement.roll(x, 1, 2));
        OPERATIONS.put("roll flattened", x -> Movement.roll(x, 3));
        OPERATIONS.put("moveAxis", x -> Movement.moveAxis(x, 0, -1));
        OPERATIONS.put("tile", x -> Movement.tile(x, 2, 1, 3));
        OPERATIONS.put("repeatInterleave", x -> Movement.repeatInterleave(x, 1, 2));
        OPERATIONS.put("concat", x -> Joining.concat(List.of(x, x), 1));
        OPERATIONS.put("stack", x -> Joining.stack(List.of(x, x), -1));
        OPERATIONS.put("pad", x -> Padding.constant(x, 7, 1, 2, 0, 1));
        OPERATIONS.put("triu", x -> Diagonals.triu(x, 1));
        OPERATIONS.put("tril", x -> Diagonals.tril(x, -1));
        OPERATIONS.put("diagonal", x -> Diagonals.diagonal(x, 0, 1, 2));
        OPERATIONS.put("diagonalMatrix", x -> Diagonals.diagonalMatrix(x, -1));
        OPERATIONS.put("indexSelect", x -> Indexing.indexSelect(x, 2, Tensor.of(new long[] {1, 0, 1}, 3)));
        OPERATIONS.put("gather 0", x -> Indexing.gather(x, 0, Tensor.zeros(DType.I64, x.size(0), x.size(1), 1)));
        OPERATIONS.put("gather 2", x -> Indexing.gather(x, 2, index(x)));
        OPERATIONS.put("scatter", x -> Indexing.scatter(x, 2, index(x), source(x), Indexing.Scatter.REPLACE));
        OPERATIONS.put("scatter max", x -> Indexing.scatter(x, 2, index(x), source(x), Indexing.Scatter.MAX));
        OPERATIONS.put("scatterAdd", x -> Indexing.scatterAdd(x, 2, index(x), source(x)));
        OPERATIONS.put("indexAdd", x -> Indexing.indexAdd(x, 1, Tensor.zeros(DType.I64, x.size(1)), x));
        OPERATIONS.put("nonZero", Indexing::nonZero);
        OPERATIONS.put("maskedSelect", x -> Indexing.maskedSelect(x, Comparison.greater(x, Tensor.scalar(0f))));
        OPERATIONS.put("take", x -> Indexing.take(x, Tensor.zeros(DType.I64, x.elementCount() > 0 ? 2 : 0)));
        OPERATIONS.put("add", x -> Elementwise.add(x, x));
        OPERATIONS.put("mul broadcast", x -> Elementwise.mul(x, x.slice(0, 0, 1)));
        OPERATIONS.put("exp", Elementary::exp);
        OPERATIONS.put("where", x -> Selection.where(Comparison.greater(x, Tensor.scalar(0f)), x, Tensor.scalar(2f)));
        OPERATIONS.put("sum all", Reduction::sum);
        OPERATIONS.put("sum 0", x -> Reduction.sum(x, false, 0));
        OPERATIONS.put("sum 1", x -> Reduction.sum(x, false, 1));
        OPERATIONS.put("sum 0 2", x -> Reduction.sum(x, false, 0, 2));
        OPERATIONS.put("mean 0 1", x -> Reduction.mean(x, false, 0, 1));
        OPERATIONS.put("variance 0", x -> Reduction.variance(x, 1, false, 0));
        OPERATIONS.put("variance 0 2", x -> Reduction.variance(x, 1, false, 0, 2));
        OPERATIONS.put("norm 0", x -> Norms.norm(x, false, 0));
        OPERATIONS.put("logSumExp 0", x -> Softmax.logSumExp(x, false, 0));
        OPERATIONS.put("cumsum 0", x -> Scan.cumsum(x, 0));
        OPERATIONS.put("layerNorm", x -> Normalization.layerNorm(x, 1, 1e-5).y());
        OPERATIONS.put("sum 1 2", x -> Reduction.sum(x, true, 1, 2));
        OPERATIONS.put("softmax", x -> Softmax.softmax(x, -1));
        OPERATIONS.put("softmax 0", x -> Softmax.softmax(x, 0));
        OPERATIONS.put("matmul", x -> Matmul.matmul(x, x.transpose(1, 2)));
        OPERATIONS.put(
                "text",
                x -> Tensor.scalar((float) TensorFormat.DEFAULT.format(x).hashCode()));
    }

    private static Tensor index(Tensor x) {
        return Tensor.ones(DType.I64, x.shape().toArray());
    }

    private static Tensor source(Tensor x) {
        return Movement.flip(x, 1);
    }

    @TestFactory
    Stream<DynamicTest> aViewIsAsGoodAsItsCopy() {
        Tensor base = Rng.of(3).normal(DType.F32, Shape.of(4, 5, 4), 0, 1);
        List<DynamicTest> tests = new ArrayList<>();
        VIEWS.forEach((viewName, view) -> OPERATIONS.forEach((name, operation) ->
                tests.add(DynamicTest.dynamicTest(name + " of a view " + viewName, () -> {
                    Tensor x = view.apply(base);
                    Tensor y = operation.apply(x);
                    Tensor expected = operation.apply(x.copy());
                    assertTrue(expected.bitEquals(y), "must be " + expected + "; got " + y);
                    assertTrue(y.copy().bitEquals(y));
                }))));
        return tests.stream();
    }
}
