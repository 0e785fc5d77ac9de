package luthier.tensor.io;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A value of a GGUF file's metadata. Immutable. */
public sealed interface GgufValue {
    /** A text. */
    record Text(String value) implements GgufValue {
        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * A whole number of any of the eight types.
     *
     * @param value the number; of U64 its bits
     * @param isUnsigned whether it is U64
     */
    record Whole(long value, boolean isUnsigned) implements GgufValue {
        @Override
        public String toString() {
            return isUnsigned ? Long.toUnsignedString(value) : Long.toString(value);
        }
    }

    /** A number of single precision. */
    record Single(float value) implements GgufValue {
        @Override
        public String toString() {
            return Float.toString(value);
        }
    }

    /** A number of double precision. */
    record Real(double value) implements GgufValue {
        @Override
        public String toString() {
            return Double.toString(value);
        }
    }

    /** True or false. */
    record Truth(boolean value) implements GgufValue {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /** A list of values of one type, which are made when they are asked for. */
    final class Items extends AbstractList<GgufValue> implements GgufValue {
        private final GgufKind kind;
        private final int size;
        private final Object held;

        /**
         * Creates a list.
         *
         * @param held the bytes of numbers, little-endian, or a list of the texts or lists
         */
        Items(GgufKind kind, int size, Object held) {
            this.kind = kind;
            this.size = size;
            this.held = held;
        }

        /** Returns the name of the type of its values, {@code F32} or {@code text}. */
        public String kind() {
            return kind.word();
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public GgufValue get(int index) {
            Objects.checkIndex(index, size);
            return switch (held) {
                case ByteBuffer numbers -> kind.value(numbers, index * kind.bytes());
                case List<?> values ->
                    values.get(index) instanceof GgufValue value ? value : new Text(String.valueOf(values.get(index)));
                default -> throw new IllegalStateException(kind + " holds " + held.getClass());
            };
        }
    }

    /** Returns the text, if it is one. */
    default Optional<String> text() {
        return this instanceof Text(String value) ? Optional.of(value) : Optional.empty();
    }

    /** Returns the whole number, if it is one below 2^63. */
    default Optional<Long> whole() {
        return this instanceof Whole(long value, boolean isUnsigned) && !(isUnsigned && value < 0)
                ? Optional.of(value)
                : Optional.empty();
    }

    /** Returns the number, if it is one of any type. */
    default Optional<Double> number() {
        return switch (this) {
            case Single(float value) -> Optional.of((double) value);
            case Real(double value) -> Optional.of(value);
            case Whole whole -> whole.whole().map(Long::doubleValue);
            case Text _, Truth _, Items _ -> Optional.empty();
        };
    }

    /** Returns true or false, if it is one of them. */
    default Optional<Boolean> truth() {
        return this instanceof Truth(boolean value) ? Optional.of(value) : Optional.empty();
    }

    /** Returns its values, if it is a list. */
    default Optional<List<GgufValue>> items() {
        return this instanceof Items items ? Optional.of(items) : Optional.empty();
    }
}
