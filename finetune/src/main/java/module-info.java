import org.jspecify.annotations.NullMarked;

/** The product: every established way to fine-tune a pretrained model. */
@NullMarked
module luthier.finetune {
    requires transitive luthier.nn;
    requires static org.jspecify;

    exports luthier.finetune;
}
