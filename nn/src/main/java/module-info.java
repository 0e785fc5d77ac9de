import org.jspecify.annotations.NullMarked;

/** Models: layers, losses, optimizers, data and the pretrained architectures. */
@NullMarked
module luthier.nn {
    requires transitive luthier.autograd;
    requires static org.jspecify;

    exports luthier.nn;
    exports luthier.nn.init;
}
