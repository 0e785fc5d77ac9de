package luthier.finetune;

import java.util.List;
import java.util.stream.Collectors;
import luthier.finetune.freeze.BitFit;
import luthier.finetune.freeze.Freeze;
import luthier.finetune.freeze.Full;
import luthier.finetune.freeze.Head;
import luthier.finetune.freeze.LnTuning;
import luthier.finetune.lora.Lora;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
import luthier.finetune.reft.Loreft;
import luthier.finetune.scale.Ia3;

/** The methods that have a name. A user's own is passed as an object. */
public final class Methods {
    /** All of them. */
    public static final List<Method> ALL = List.of(
            new Head(), new Full(), new Freeze(), new BitFit(), new LnTuning(), new Lora(), new Ia3(), new Loreft());

    private Methods() {}

    /**
     * Returns the method of this name.
     *
     * @throws OptionException naming those there are
     */
    public static Method named(String name) {
        return named(name, ALL);
    }

    static Method named(String name, List<Method> among) {
        return among.stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new OptionException("method: must be one of "
                        + among.stream().map(Method::name).sorted().collect(Collectors.joining(", "))
                        + "; got " + name));
    }
}
