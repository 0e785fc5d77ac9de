package luthier.nn;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Tensor;
import luthier.tensor.io.WeightSource;

/** Which tensor of a source fills which parameter, checked; made by {@link Names#plan}. Reading them is what is left to do. */
public final class LoadPlan {
    private final WeightSource source;
    private final List<Step> steps;
    private final LoadReport report;

    LoadPlan(WeightSource source, List<Step> steps, LoadReport report) {
        this.source = source;
        this.steps = List.copyOf(steps);
        this.report = report;
    }

    /** How a parameter is read: a tensor of the file, flipped, a range of an axis of it, flipped. */
    record Step(String parameter, NamePiece piece, Optional<Range> range) {
        Tensor read(WeightSource source) {
            Tensor tensor = flipped(source.read(piece.file().name()), piece.flippedBefore());
            if (range.isPresent()) {
                Range part = range.get();
                tensor = tensor.slice(part.axis(), part.start(), part.end()).contiguous();
            }
            return flipped(tensor, piece.flippedAfter());
        }

        /** Returns a matrix as it is stored; empty if it lies in no blocks, or is more than rows of a tensor of the file. */
        Optional<FrozenMatrix> frozen(WeightSource source) {
            if (piece.flippedBefore()
                    || piece.flippedAfter()
                    || range.filter(part -> part.axis() != 0).isPresent()) {
                return Optional.empty();
            }
            int[] rows = range.map(part -> IntStream.range((int) part.start(), (int) part.end())
                            .toArray())
                    .orElse(new int[0]);
            return source.frozen(piece.file().name(), rows);
        }

        private static Tensor flipped(Tensor tensor, boolean flipped) {
            return flipped && tensor.rank() == 2 ? tensor.transpose(0, 1).contiguous() : tensor;
        }
    }

    /** Places {@code [start, end)} of an axis. */
    record Range(int axis, long start, long end) {}

    /**
     * Reads the tensors one at a time and hands each to its parameter, in the parameters' order.
     *
     * @throws luthier.tensor.io.ModelFormatException if a tensor's data break a rule of its file's format
     */
    public void read(BiConsumer<String, Tensor> parameter) {
        steps.forEach(step -> parameter.accept(step.parameter(), step.read(source)));
    }

    /**
     * Reads as {@link #read(BiConsumer)}, but hands out matrices that the source stores in blocks as they are.
     *
     * @param asStored whether a parameter's matrix may be handed out so
     * @throws luthier.tensor.io.ModelFormatException if a tensor's data break a rule of its file's format
     */
    void read(
            Predicate<String> asStored, BiConsumer<String, FrozenMatrix> matrix, BiConsumer<String, Tensor> parameter) {
        for (Step step : steps) {
            Optional<FrozenMatrix> stored = asStored.test(step.parameter()) ? step.frozen(source) : Optional.empty();
            stored.ifPresentOrElse(
                    blocks -> matrix.accept(step.parameter(), blocks),
                    () -> parameter.accept(step.parameter(), step.read(source)));
        }
    }

    /** Returns what is read from where, what is made anew and what is left alone. */
    public LoadReport report() {
        return report;
    }
}
