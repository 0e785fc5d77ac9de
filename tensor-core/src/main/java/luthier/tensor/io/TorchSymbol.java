package luthier.tensor.io;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The whole list of what a pickle may name. None of them is looked up anywhere: a name stands for a case of {@link PickleMachine}. */
enum TorchSymbol implements PickleValue {
    ORDERED_DICT("collections", "OrderedDict", Optional.empty()),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2", Optional.empty()),
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter", Optional.empty()),
    FLOAT("torch", "FloatStorage", Optional.of(StoredType.F32)),
    HALF("torch", "HalfStorage", Optional.of(StoredType.F16)),
    BFLOAT16("torch", "BFloat16Storage", Optional.of(StoredType.BF16)),
    DOUBLE("torch", "DoubleStorage", Optional.of(StoredType.F64)),
    LONG("torch", "LongStorage", Optional.of(StoredType.I64)),
    INT("torch", "IntStorage", Optional.of(StoredType.I32)),
    SHORT("torch", "ShortStorage", Optional.of(StoredType.I16)),
    CHAR("torch", "CharStorage", Optional.of(StoredType.I8)),
    BYTE("torch", "ByteStorage", Optional.of(StoredType.U8)),
    BOOL("torch", "BoolStorage", Optional.of(StoredType.BOOL)),
    UNTYPED("torch.storage", "UntypedStorage", Optional.of(StoredType.U8));

    private static final Map<String, TorchSymbol> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(TorchSymbol::fullName, Function.identity()));

    private final String fullName;
    private final Optional<StoredType> type;

    TorchSymbol(String module, String name, Optional<StoredType> type) {
        this.fullName = module + "." + name;
        this.type = type;
    }

    /** Returns the symbol of a module's name, if it is on the list. */
    static Optional<TorchSymbol> find(String module, String name) {
        return Optional.ofNullable(BY_NAME.get(module + "." + name))
                .filter(symbol ->
                        symbol.fullName.length() == module.length() + 1 + name.length() && !name.contains("."));
    }

    String fullName() {
        return fullName;
    }

    /** Returns the type of a storage's elements; empty if this is no storage. */
    Optional<StoredType> type() {
        return type;
    }

    @Override
    public String kind() {
        return fullName;
    }
}
