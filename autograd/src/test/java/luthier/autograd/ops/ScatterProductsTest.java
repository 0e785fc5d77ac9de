package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.autograd.Backward;
import luthier.autograd.Variable;
import luthier.tensor.Indexing.Scatter;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Derivatives of products with zeros, of every order: polynomials, so that they have closed forms. */
class ScatterProductsTest {
    /** The derivative by x_i, again by x_j. */
    private static double second(UnaryOperator<Variable> f, double[] x, int i, int j) {
        Variable leaf = Variable.parameter(Tensor.of(x, x.length));
        Variable first =
                Backward.fromScalar(f.apply(leaf)).createGraph().gradients(leaf).getFirst();
        return Backward.fromScalar(ShapeOps.select(first, 0, i))
                .gradients(leaf)
                .getFirst()
                .value()
                .get(j);
    }

    private static double third(UnaryOperator<Variable> f, double[] x, int i, int j, int k) {
        return second(
                leaf -> {
                    Variable first = Backward.fromScalar(f.apply(leaf))
                            .createGraph()
                            .gradients(leaf)
                            .getFirst();
                    return ShapeOps.select(first, 0, i);
                },
                x,
                j,
                k);
    }

    /** All products of a place: x at 0, sources behind it. */
    private static Variable scattered(Variable all) {
        Variable x = ShapeOps.slice(all, 0, 0, 1);
        Variable source = ShapeOps.slice(all, 0, 1, all.size(0));
        Tensor index = Tensor.of(new long[(int) source.size(0)], source.size(0));
        return IndexingOps.scatter(x, 0, index, source, Scatter.MUL).sum();
    }

    private static double others(double[] x, int... without) {
        double product = 1;
        for (int i = 0; i < x.length; i++) {
            int place = i;
            product *= java.util.Arrays.stream(without).anyMatch(w -> w == place) ? 1 : x[i];
        }
        return product;
    }

    @Test
    void productsHaveAllDerivativesAtZeros() {
        List<UnaryOperator<Variable>> products = List.of(
                ScatterProductsTest::scattered,
                v -> ReductionOps.prod(v),
                v -> ShapeOps.select(ScanOps.cumprod(v, 0), 0, -1));
        double[][] rows = {
            {2, 3, 5}, {2, 0, 5}, {0, 3, 5}, {2, 0, 0}, {0, 0, 5, 7}, {0, 0, 0, 7}, {0, 0, 0, 0}, {1, 0, 6}
        };
        for (UnaryOperator<Variable> product : products) {
            for (double[] x : rows) {
                for (int i = 0; i < x.length; i++) {
                    Variable leaf = Variable.parameter(Tensor.of(x, x.length));
                    product.apply(leaf).backward();
                    org.junit.jupiter.api.Assertions.assertEquals(
                            others(x, i), leaf.grad().orElseThrow().get(i), 1e-12);
                    for (int j = 0; j < x.length; j++) {
                        double right = i == j ? 0 : others(x, i, j);
                        org.junit.jupiter.api.Assertions.assertEquals(right, second(product, x, i, j), 1e-12);
                        for (int k = 0; k < x.length; k++) {
                            double cube = i == j || j == k || i == k ? 0 : others(x, i, j, k);
                            org.junit.jupiter.api.Assertions.assertEquals(cube, third(product, x, i, j, k), 1e-12);
                        }
                    }
                }
            }
        }
    }

    /** Places with zeros and places without, along the first axis of two, x larger than the index. */
    @Test
    void placesAreTheirOwn() {
        Tensor index = Tensor.of(new long[] {2, 0, 2, 1}, 2, 2);
        Variable x = Variable.parameter(Tensor.of(new double[] {2, 3, 5, 0, 7, 11, 13, 17, 19}, 3, 3));
        Variable source = Variable.parameter(Tensor.of(new double[] {0, 4, 6, 0}, 2, 2));
        Variable y = IndexingOps.scatter(x, 0, index, source, Scatter.MUL);
        List<Variable> first = Backward.fromScalar(y.sum()).createGraph().gradients(x, source);
        assertArrayEquals(
                new double[] {1, 4, 1, 1, 0, 1, 0, 1, 1}, first.get(0).value().toDoubleArray());
        assertArrayEquals(new double[] {78, 3, 0, 7}, first.get(1).value().toDoubleArray());
        // d/dx of the sum of the sources' gradients: of 13 s s' + 3 s + 7 s by one source each.
        List<Variable> mixed = Backward.fromScalar(first.get(1).sum()).gradients(x, source);
        assertArrayEquals(
                new double[] {0, 1, 0, 0, 1, 0, 6, 0, 0}, mixed.get(0).value().toDoubleArray());
        assertArrayEquals(new double[] {13, 0, 13, 0}, mixed.get(1).value().toDoubleArray());
    }
}
