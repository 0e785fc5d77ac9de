package luthier.autograd.ops;

import java.util.Arrays;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Creation;
import luthier.tensor.DType;
import luthier.tensor.Indexing;
import luthier.tensor.Indexing.Scatter;
import luthier.tensor.Tensor;

/**
 * What a scatter that multiplies has as its derivatives: for every factor the product of the others of its place. Where no factor is 0
 * that is the whole product over the factor. Places with a zero are written out, the factors of a place as a row {@code [x, sources..,
 * 1, 1..]}, and each factor takes the products before and behind it: nothing is divided, so that derivatives of any order hold.
 *
 * @param ofX of the shape of x
 * @param ofSource of the shape of the source
 */
record ScatterProducts(Variable ofX, Variable ofSource) {
    static ScatterProducts of(Variable x, Variable source, int axis, Tensor index) {
        Tensor zeroX = Comparison.equal(x.value(), 0);
        Tensor zeroSource = Comparison.equal(source.value(), 0);
        Tensor zeros = Indexing.scatterAdd(zeroX.to(DType.I64), axis, index, zeroSource.to(DType.I64));
        Tensor spoiled = Comparison.greater(zeros, 0);
        Tensor spoiledSource = Comparison.greater(Indexing.gather(zeros, axis, index), 0);
        Variable safeX = SelectionOps.maskedFill(x, spoiled, 1);
        Variable safeSource = SelectionOps.maskedFill(source, spoiledSource, 1);
        Variable product = IndexingOps.scatter(safeX, axis, index, safeSource, Scatter.MUL);
        Variable ofX = SelectionOps.maskedFill(product.div(safeX), spoiled, 0);
        Variable quotient = IndexingOps.gather(product, axis, index).div(safeSource);
        Variable ofSource = SelectionOps.maskedFill(quotient, spoiledSource, 0);
        long[] rows = trueAt(spoiled);
        if (rows.length == 0) {
            return new ScatterProducts(ofX, ofSource);
        }
        Tensor numbers = Creation.arange(0, x.value().elementCount(), 1)
                .reshape(x.shape().toArray());
        long[] placeOf = Indexing.gather(numbers, axis, index).toLongArray();
        long[] members = trueAt(spoiledSource);
        long[] columns = columns(placeOf, members, x.value().elementCount());
        long width = Arrays.stream(columns).max().orElse(0) + 1;
        Tensor atX = Tensor.of(cells(rows, rows, new long[rows.length], width), rows.length);
        long[] memberPlaces = Arrays.stream(members).map(m -> placeOf[(int) m]).toArray();
        Tensor atSource = Tensor.of(cells(rows, memberPlaces, columns, width), members.length);
        Tensor fromX = Tensor.of(rows, rows.length);
        Tensor fromSource = Tensor.of(members, members.length);
        Variable table = Variable.constant(Tensor.ones(x.dtype(), rows.length * width));
        table = IndexingOps.scatter(table, 0, atX, IndexingOps.take(x, fromX), Scatter.REPLACE);
        table = IndexingOps.scatter(table, 0, atSource, IndexingOps.take(source, fromSource), Scatter.REPLACE);
        Variable factors = ShapeOps.reshape(table, rows.length, width);
        Variable others = ScanOps.cumprod(factors, 1, true, false).mul(ScanOps.cumprod(factors, 1, true, true));
        return new ScatterProducts(put(ofX, fromX, others, atX), put(ofSource, fromSource, others, atSource));
    }

    /** Returns where a BOOL tensor is true, counted in row-major order. */
    private static long[] trueAt(Tensor mask) {
        boolean[] truths = mask.toBooleanArray();
        long[] result = new long[truths.length];
        int count = 0;
        for (int i = 0; i < truths.length; i++) {
            if (truths[i]) {
                result[count++] = i;
            }
        }
        return Arrays.copyOf(result, count);
    }

    /** Numbers the members of each place from 1, in their order. */
    private static long[] columns(long[] placeOf, long[] members, long places) {
        long[] next = new long[(int) places];
        return Arrays.stream(members)
                .map(member -> ++next[(int) placeOf[(int) member]])
                .toArray();
    }

    private static long[] cells(long[] rows, long[] places, long[] columns, long width) {
        long[] result = new long[places.length];
        Arrays.setAll(result, i -> Arrays.binarySearch(rows, places[i]) * width + columns[i]);
        return result;
    }

    private static Variable put(Variable into, Tensor places, Variable values, Tensor cells) {
        Variable flat = ShapeOps.reshape(into, into.value().elementCount());
        Variable full = IndexingOps.indexAdd(flat, 0, places, IndexingOps.take(values, cells));
        return ShapeOps.reshape(full, into.shape().toArray());
    }
}
