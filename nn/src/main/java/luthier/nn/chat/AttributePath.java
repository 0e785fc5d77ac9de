package luthier.nn.chat;

import java.util.ArrayList;
import java.util.List;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Undefined;

/** The argument {@code attribute} of filters: names and indexes with dots between them, {@code "function.name"}. */
record AttributePath(List<Value> parts, Value otherwise) {
    /** Reads what a filter was given; None means the items themselves. */
    static AttributePath of(Value written, Value otherwise) {
        List<Value> parts = new ArrayList<>();
        switch (written) {
            case Value.None ignored -> {}
            case Text text -> {
                for (String part : Texts.split(text.value(), ".", -1)) {
                    boolean digits =
                            !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9') && part.length() < 10;
                    parts.add(digits ? Value.of(Long.parseLong(part)) : Value.of(part));
                }
            }
            default -> parts.add(written);
        }
        return new AttributePath(parts, otherwise);
    }

    Value in(Value item) {
        Value value = item;
        for (Value part : parts) {
            value = Attributes.entry(value, part);
            if (value instanceof Undefined && !(otherwise instanceof Value.None)) {
                value = otherwise;
            }
        }
        return value;
    }
}
