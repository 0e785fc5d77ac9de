package luthier.nn.chat;

/** A function of the template's world, written as one of Java. */
@FunctionalInterface
interface NamedFunction extends Value.Function {
    @Override
    Value call(Arguments arguments, Run run);
}
