package luthier.tensor;

/**
 * What operations ask of the types of their operands.
 */
final class Operands {
    private Operands() {}

    static void requireSameType(String name, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype()) {
            throw new DTypeException(
                    name + ": types must agree; got " + a.dtype() + " and " + b.dtype() + "; convert with to()");
        }
    }

    static void requireFloating(String name, Tensor x) {
        if (!x.dtype().isFloating()) {
            throw floatingNeeded(name, x);
        }
    }

    static boolean isInteger(Tensor x) {
        return x.dtype() == DType.I64 || x.dtype() == DType.I32;
    }

    static void requireBool(String name, Tensor x) {
        if (x.dtype() != DType.BOOL) {
            throw new DTypeException(name + ": needs BOOL; got " + x.dtype() + "; compare first, or convert with to()");
        }
    }

    static void requireValues(String name, Tensor x) {
        switch (x.dtype()) {
            case F32, F64, I64, I32, BOOL -> {}
            case BF16, F16, I8, U8 ->
                throw new DTypeException(
                        name + ": needs F32, F64, I64, I32 or BOOL; got " + x.dtype() + "; convert with to()");
        }
    }

    static DTypeException floatingNeeded(String name, Tensor x) {
        return new DTypeException(name + ": needs F32 or F64; got " + x.dtype() + "; convert with to()");
    }

    static DTypeException numbersNeeded(String name, Tensor x) {
        return new DTypeException(name + ": needs F32, F64, I64 or I32; got " + x.dtype() + "; convert with to()");
    }
}
