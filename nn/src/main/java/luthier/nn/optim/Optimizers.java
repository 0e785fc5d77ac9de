package luthier.nn.optim;

import java.util.List;
import java.util.stream.Collectors;

/** The optimizers that have a name. A user's own is given as an object. */
public final class Optimizers {
    /** All of them, with their usual constants. */
    public static final List<UpdateRule> ALL = List.of(
            AdamW.USUAL,
            ScheduleFree.USUAL,
            Adam.USUAL,
            AmsGrad.USUAL,
            NAdam.USUAL,
            RAdam.USUAL,
            Adamax.USUAL,
            Adafactor.USUAL,
            Lion.USUAL,
            Muon.USUAL,
            Sgd.USUAL,
            Adagrad.USUAL,
            Adadelta.USUAL,
            RmsProp.USUAL,
            Rprop.USUAL,
            Asgd.USUAL);

    private Optimizers() {}

    /**
     * Returns the optimizer of this name.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static UpdateRule named(String name) {
        return ALL.stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("optimizer: must be one of "
                        + ALL.stream().map(UpdateRule::name).collect(Collectors.joining(", ")) + "; got " + name));
    }
}
