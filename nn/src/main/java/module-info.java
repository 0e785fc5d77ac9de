import org.jspecify.annotations.NullMarked;

/** Models: layers, losses, optimizers, data and the pretrained architectures. */
@NullMarked
module luthier.nn {
    requires transitive luthier.autograd;
    requires static org.jspecify;

    exports luthier.nn;
    exports luthier.nn.chat;
    exports luthier.nn.data;
    exports luthier.nn.init;
    exports luthier.nn.layers;
    exports luthier.nn.models;
    exports luthier.nn.models.bert;
    exports luthier.nn.models.distilbert;
    exports luthier.nn.models.llama;
    exports luthier.nn.optim;
    exports luthier.nn.text;
}
