import org.jspecify.annotations.NullMarked;

/** The product: every established way to fine-tune a pretrained model. */
@NullMarked
module luthier.finetune {
    requires transitive luthier.nn;
    requires static org.jspecify;

    exports luthier.finetune;
    exports luthier.finetune.freeze;
    exports luthier.finetune.io;
    exports luthier.finetune.lora;
    exports luthier.finetune.method;
    exports luthier.finetune.reft;
    exports luthier.finetune.scale;
    exports luthier.finetune.task;
    exports luthier.finetune.train;
    exports luthier.finetune.weights;
}
