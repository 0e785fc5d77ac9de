package luthier.finetune.method;

import java.util.Optional;
import luthier.nn.Layer;
import luthier.nn.Seed;

/**
 * One way to fine-tune a pretrained model: a file that describes itself and attaches itself. From its declaration the command line,
 * its help, configurations, adapters' files and reports know it; a user's own is passed as an object.
 */
public interface Method {
    /** Returns the name that users type, {@code lora}. */
    String name();

    /** Returns what it does in one line, {@code low-rank adapters beside linear layers}. */
    String what();

    /** Returns what an adapted layer computes, {@code y = W x + (alpha / r) B A x}. */
    String formula();

    /** Returns where it comes from, {@code Hu et al. 2021, arXiv:2106.09685}; empty if it is folklore. */
    String paper();

    /** Returns the name that PEFT's configurations have for it, {@code LORA}; empty if PEFT does not know it. */
    default Optional<String> peftType() {
        return Optional.empty();
    }

    /** Returns its options, each declared once. */
    Options options();

    /** Returns the settings of training that work. */
    Recipe recipe();

    /**
     * Attaches the method to a model, which it leaves bit-equal. Reads no weights that the model does not have yet: a model of shapes
     * alone can be planned with.
     *
     * @param as the name of the adaptation, told apart from all others on the model
     * @param config of this method's options
     * @param seed where first values come from
     * @throws TargetException if a pattern matches nothing or a size does not fit; nothing is attached then
     */
    Adaptation attach(Layer model, String as, Config config, Seed seed);
}
