package luthier.nn;

import java.util.function.BiConsumer;
import luthier.autograd.BackwardRule;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.Tensor;

/** Shows the outputs of layers to whoever asked. */
final class Taps {
    private Taps() {}

    static void show(BiConsumer<Layer, Variable> taps, Layer layer, Variable y, Context c) {
        switch (c.part()) {
            case PLAIN -> taps.accept(layer, y);
            // The tape of this computation is thrown away: a gradient that came in here would reach a part of the model
            // only.
            case FIRST -> taps.accept(layer, Variable.record(y.value(), new Recomputed(layer.place()), anchor()));
            case REPLAY -> {}
        }
    }

    private static Variable anchor() {
        return Variable.parameter(Tensor.ones(DType.F32));
    }

    /** Stands where the tape was thrown away. */
    private record Recomputed(String place) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            throw new IllegalStateException(
                    "taps: no gradient comes back through an output shown inside a recomputed part; got one at " + place
                            + "; run that part with forward instead of recomputed");
        }
    }
}
