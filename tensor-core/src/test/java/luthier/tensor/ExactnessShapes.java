package luthier.tensor;

import java.util.List;

/** What {@link ExactnessProgram} runs on places: creation, conversion, views, joining, padding and indexing. */
final class ExactnessShapes {
    private ExactnessShapes() {}

    static void addTo(ExactnessProgram program) {
        creation(program);
        tensors(program);
        movement(program);
        indexing(program);
    }

    private static void creation(ExactnessProgram program) {
        int n = program.size.elements;
        program.add("Creation.arange, I64", () -> Creation.arange(3, 3 + 2L * n, 2));
        program.add("Creation.arange, F32", () -> Creation.arange(DType.F32, 0, n / 10.0, 0.1));
        program.add("Creation.linspace", () -> Creation.linspace(DType.F32, -1, 3, n));
        program.add("Creation.logspace", () -> Creation.logspace(DType.F64, -1, 3, Math.min(n, 500), 2.5));
        program.add("Creation.eye", () -> Creation.eye(DType.F32, 5));
        program.add("Creation.eye, wide", () -> Creation.eye(DType.I64, 5, 7));
        program.add("Tensor.of, F32", () -> Tensor.of(new float[] {1, 2}, 2));
        program.add("Tensor.scalar", () -> Tensor.scalar(0.1f));
        program.add("Tensor.zeros", () -> Tensor.zeros(DType.F32, 3));
        program.add("Tensor.ones", () -> Tensor.ones(DType.BF16, 3));
        program.add("Tensor.full", () -> Tensor.full(DType.F16, 0.1, Shape.of(3)));
        program.add("Tensor.wrap", () -> Tensor.wrap(new double[] {0.1}, Shape.of(1)));
        program.add("Shape.of", () -> Shape.of(2, 3));
        program.add("Window.of", () -> Window.of(2, 3).toString());
    }

    private static void tensors(ExactnessProgram program) {
        Tensor m = program.matrix;
        Tensor turned = m.transpose(0, 1);
        for (DType from : DType.values()) {
            Tensor x = program.x.to(from);
            for (DType to : DType.values()) {
                program.add("Tensor.to, " + from + " to " + to, () -> x.to(to));
            }
        }
        program.add("Tensor.contiguous", turned::contiguous);
        program.add("Tensor.copy", turned::copy);
        program.add("Tensor.reshape", () -> turned.reshape(-1));
        program.add("Tensor.transpose", () -> m.transpose(0, 1));
        program.add("Tensor.permute", () -> m.permute(1, 0));
        program.add("Tensor.expand", () -> m.expand(Shape.of(2, m.size(0), m.size(1))));
        program.add("Tensor.squeeze", () -> m.slice(0, 1, 2).squeeze());
        program.add("Tensor.flatten", () -> turned.flatten(0, 1));
        program.add("Tensor.unsqueeze", () -> m.unsqueeze(1));
        program.add("Tensor.slice", () -> m.slice(1, -1, Long.MIN_VALUE, -3));
        program.add("Tensor.select", () -> m.select(1, 2));
        program.add("Tensor.add", () -> m.add(m));
        program.add("Tensor.sub", () -> m.sub(m.select(0, 0)));
        program.add("Tensor.mul", () -> List.of(m.mul(m), m.mul(0.3)));
        program.add("Tensor.div", () -> m.div(m.select(0, 0)));
        program.add("Tensor.matmul", () -> m.matmul(turned));
        program.add("Tensor.sum", m::sum);
        program.add("Tensor.abs", m::abs);
        program.add("Tensor.exp", m::exp);
        program.add("Tensor.gelu", m::gelu);
        program.add("Tensor.log", m::log);
        program.add("Tensor.neg", m::neg);
        program.add("Tensor.relu", m::relu);
        program.add("Tensor.sigmoid", m::sigmoid);
        program.add("Tensor.sqrt", m::sqrt);
        program.add("Tensor.square", m::square);
        program.add("Tensor.tanh", m::tanh);
        program.add("Tensor.argmax", () -> m.argmax(1));
        program.add("Tensor.max", () -> m.max(1));
        program.add("Tensor.mean", () -> m.mean(1));
        program.add("Tensor.min", () -> m.min(1));
        program.add("Tensor.softmax", () -> m.softmax(1));
        program.add("Tensor.variance", () -> m.variance(1));
        program.add("Tensor.equal", () -> m.equal(0.3));
        program.add("Tensor.greater", () -> m.greater(0.3));
        program.add("Tensor.less", () -> m.less(0.3));
        program.add("Tensor.pow", () -> m.pow(3));
    }

    private static void movement(ExactnessProgram program) {
        Tensor m = program.matrix;
        Tensor turned = m.transpose(0, 1);
        program.add("Movement.flip", () -> Movement.flip(m, 0, 1));
        program.add("Movement.roll", () -> Movement.roll(m, 1, 3));
        program.add("Movement.roll, flat", () -> Movement.roll(turned, 5));
        program.add("Movement.roll, axes", () -> Movement.roll(m, new int[] {0, 1}, new long[] {2, -1}));
        program.add("Movement.moveAxis", () -> Movement.moveAxis(m, 0, 1));
        program.add("Movement.tile", () -> Movement.tile(m.slice(1, 0, 5), 2, 3));
        program.add("Movement.repeatInterleave", () -> Movement.repeatInterleave(m, 0, 2));
        program.add(
                "Movement.repeatInterleave, counts",
                () -> Movement.repeatInterleave(m, 0, program.integers("counts", 0, 3, m.size(0))));
        program.add("Joining.concat", () -> Joining.concat(List.of(m, m), 1));
        program.add("Joining.stack", () -> Joining.stack(List.of(turned, turned), -1));
        program.add("Joining.split", () -> Joining.split(m, 1, 4, m.size(1) - 4));
        program.add("Joining.splitEqual", () -> Joining.splitEqual(m.slice(1, 0, 18), 1, 3));
        program.add("Joining.chunk", () -> Joining.chunk(m, 1, 4));
        program.add("Padding.constant", () -> Padding.constant(m, 0.5, 1, 2, 3, 0));
        program.add("Padding.reflect", () -> Padding.reflect(turned, 1, 2, 3, 0));
        program.add("Padding.edge", () -> Padding.edge(m, 1, 2, 3, 0));
        program.add("Padding.circular", () -> Padding.circular(m, 1, 2, 3, 0));
        program.add("Diagonals.triu", () -> Diagonals.triu(turned, 1));
        program.add("Diagonals.tril", () -> Diagonals.tril(m, -1));
        program.add("Diagonals.diagonal", () -> Diagonals.diagonal(m, 1, 0, 1));
        program.add("Diagonals.diagonalMatrix", () -> Diagonals.diagonalMatrix(m.slice(0, 0, 3), -1));
        program.add("Unfold.windows", () -> Unfold.windows(m, 1, 3, 2));
        program.add(
                "Unfold.windowsBackward", () -> Unfold.windowsBackward(Unfold.windows(m, 1, 3, 2), m.shape(), 1, 2));
    }

    private static void indexing(ExactnessProgram program) {
        Tensor m = program.matrix;
        long rows = m.size(0);
        long columns = m.size(1);
        Tensor index = program.integers("index", 0, rows, 2 * rows);
        Tensor source = program.normal("source", 1, 2 * rows, columns);
        Tensor places = program.integers("places", 0, columns, rows, columns);
        for (DType type : new DType[] {DType.F32, DType.F64, DType.I64}) {
            Tensor x = Elementwise.mul(m, 8).to(type);
            Tensor s = Elementwise.mul(source, 8).to(type);
            program.add("Indexing.embedding, " + type, () -> Indexing.embedding(x, index));
            program.add("Indexing.indexSelect, " + type, () -> Indexing.indexSelect(x, 0, index));
            if (type.isFloating()) {
                program.add("Indexing.embeddingBackward, " + type, () -> Indexing.embeddingBackward(s, index, rows));
                program.add("Indexing.indexAdd, " + type, () -> Indexing.indexAdd(x, 0, index, s));
            }
            program.add("Indexing.gather, " + type, () -> Indexing.gather(x, 1, places));
            program.add("Indexing.scatterAdd, " + type, () -> Indexing.scatterAdd(x, 1, places, x));
            for (Indexing.Scatter how : Indexing.Scatter.values()) {
                Tensor from = Movement.flip(x, 0, 1);
                program.add("Indexing.scatter, " + how + " " + type, () -> Indexing.scatter(x, 1, places, from, how));
            }
            program.add("Indexing.take, " + type, () -> Indexing.take(x, places));
            program.add("Indexing.maskedSelect, " + type, () -> Indexing.maskedSelect(x, Comparison.greater(x, 0)));
            program.add("Indexing.nonZero, " + type, () -> Indexing.nonZero(x));
        }
        program.add("Indexing.oneHot", () -> Indexing.oneHot(index, rows, DType.F32));
    }
}
