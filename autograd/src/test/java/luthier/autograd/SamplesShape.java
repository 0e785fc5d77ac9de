package luthier.autograd;

import static luthier.autograd.GradSamples.index;
import static luthier.autograd.GradSamples.normal;

import java.util.function.UnaryOperator;
import luthier.autograd.ops.DiagonalsOps;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.MovementOps;
import luthier.autograd.ops.PaddingOps;
import luthier.autograd.ops.ShapeOps;
import luthier.tensor.Indexing.Scatter;
import luthier.tensor.Tensor;

/** Samples of changes of shape and order, and of reading and writing by index. */
final class SamplesShape {
    private static final Tensor X = normal(121, 2, 3, 4);
    private static final Tensor A = normal(122, 2, 3);

    private SamplesShape() {}

    private static void one(String name, UnaryOperator<Variable> f, Tensor x) {
        GradSamples.add(name, in -> f.apply(in.get(0)), x);
    }

    static void register() {
        shapes();
        indices();
    }

    private static void shapes() {
        one("flatten", x -> ShapeOps.flatten(x, 1, 2), X);
        one("slice, backwards", x -> ShapeOps.slice(x, 2, 3, 0, -2), X);
        one("splitEqual", x -> JoiningOps.splitEqual(x, 2, 2).get(1), X);
        one("chunk", x -> JoiningOps.chunk(x, 1, 2).get(0), X);
        one("flip", x -> MovementOps.flip(x, 0, 2), X);
        one("roll", x -> MovementOps.roll(MovementOps.roll(x, 2, 1), -2), X);
        one("moveAxis", x -> MovementOps.moveAxis(x, 0, -1), X);
        one("tile", x -> MovementOps.tile(x, 2, 1, 3), A);
        one("repeatInterleave", x -> MovementOps.repeatInterleave(x, 1, 2), X);
        one("repeatInterleave, counts", x -> MovementOps.repeatInterleave(x, 1, index(2, 0, 1)), X);
        one("constant", x -> PaddingOps.constant(x, 0.5, 1, -1, -2, 3), X);
        one("reflect", x -> PaddingOps.reflect(x, 3, 1, 1, -1), X);
        one("edge", x -> PaddingOps.edge(x, 2, 1, -1, 2), X);
        one("circular", x -> PaddingOps.circular(x, 4, 1, 2, 0), X);
        one("triu", x -> DiagonalsOps.triu(x, 1), X);
        one("tril", x -> DiagonalsOps.tril(x, -1), X);
        one("diagonal", x -> DiagonalsOps.diagonal(x, 1, 1, 2), X);
        one("diagonalMatrix", x -> DiagonalsOps.diagonalMatrix(x, -1), A);
    }

    private static void indices() {
        Tensor places = Tensor.of(new long[] {0, 2, 2, 1}, 2, 2);
        Tensor source = normal(124, 2, 2);
        for (Scatter how : Scatter.values()) {
            GradSamples.add(
                    "scatter, " + how, in -> IndexingOps.scatter(in.get(0), 1, places, in.get(1), how), A, source);
            GradSamples.add(
                    "scatter, twice " + how,
                    in -> IndexingOps.scatter(in.get(0), 1, Tensor.of(new long[] {1, 1, 0, 0}, 2, 2), in.get(1), how),
                    A,
                    source);
        }
        one("take", x -> IndexingOps.take(x, places), A);
        Tensor mask = Tensor.of(new boolean[] {true, false, true}, 3);
        one("maskedSelect", x -> IndexingOps.maskedSelect(x, mask), A);
    }
}
