package luthier.tensor.io;

import java.util.List;
import java.util.Map;

/** What the restricted reader builds from a pickle. */
sealed interface PickleValue
        permits PickleValue.Text,
                PickleValue.Whole,
                PickleValue.Plain,
                PickleValue.Tuple,
                PickleValue.Listing,
                PickleValue.Table,
                TorchSymbol,
                TorchStorage,
                TorchTensor {
    /** Returns what this is, for messages: {@code a whole number}. */
    String kind();

    /** A text. */
    record Text(String value) implements PickleValue {
        @Override
        public String kind() {
            return "a text";
        }
    }

    /** A whole number. */
    record Whole(long value) implements PickleValue {
        @Override
        public String kind() {
            return "a whole number";
        }
    }

    /** A value that no tensor is made of, and which is only passed by. */
    enum Plain implements PickleValue {
        /** None. */
        NONE("nothing (None)"),
        /** True or false. */
        TRUTH("a truth value"),
        /** A floating-point number. */
        FRACTION("a number");

        private final String kind;

        Plain(String kind) {
            this.kind = kind;
        }

        @Override
        public String kind() {
            return kind;
        }
    }

    /** A list that cannot change. */
    record Tuple(List<PickleValue> values) implements PickleValue {
        @Override
        public String kind() {
            return "a tuple of " + values.size();
        }
    }

    /** A list that grows. */
    record Listing(List<PickleValue> values) implements PickleValue {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A table that grows. */
    record Table(Map<String, PickleValue> values) implements PickleValue {
        @Override
        public String kind() {
            return "a table";
        }
    }
}
