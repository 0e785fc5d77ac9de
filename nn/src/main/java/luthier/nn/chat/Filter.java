package luthier.nn.chat;

/** A filter: {@code value|name(given)}. */
@FunctionalInterface
interface Filter {
    Value apply(Value value, Arguments given, Run run);
}
