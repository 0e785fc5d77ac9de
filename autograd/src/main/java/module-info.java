import org.jspecify.annotations.NullMarked;

/** History: variables, the tape and the derivative rules. */
@NullMarked
module luthier.autograd {
    requires transitive luthier.tensor;
    requires static org.jspecify;

    exports luthier.autograd;
    exports luthier.autograd.ops;
    exports luthier.autograd.scalar;
    exports luthier.autograd.view;
}
