package luthier.tensor.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.PickleValue.Listing;
import luthier.tensor.io.PickleValue.Plain;
import luthier.tensor.io.PickleValue.Table;
import luthier.tensor.io.PickleValue.Text;
import luthier.tensor.io.PickleValue.Tuple;
import luthier.tensor.io.PickleValue.Whole;

/**
 * The stack machine of Python's pickles, cut down to what tables of tensors need (protocols 2 to 5; the opcodes: Python's {@code
 * pickletools}). It knows no classes, calls nothing and never recurses; what it builds may take at most 8 times the pickle's bytes and a
 * MiB. Every symbol but those of {@link TorchSymbol}, and every opcode that builds objects, is refused by name.
 */
final class PickleMachine {
    private static final int MAX_STACK = 1 << 16;
    private static final int COST = 8;
    private static final Tuple NO_VALUES = new Tuple(List.of());
    private static final String ADVICE =
            "; nothing of a pickle is run here; if you trust the file, convert it to safetensors with the program that wrote it";

    private final PickleInput in;
    private final Storages storages;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final List<PickleValue> memo = new ArrayList<>();
    private final Whole[] small = new Whole[256];
    private long budget;
    private int at;

    /** Finds the numbers behind a storage's key. */
    interface Storages {
        TorchStorage find(String key, StoredType type, long count, TorchTensor.Fault fault);
    }

    PickleMachine(PickleInput in, Storages storages) {
        this.in = in;
        this.storages = storages;
        budget = (long) COST * in.remaining() + (1 << 20);
    }

    /** Runs the pickle and returns the one value that it leaves. */
    PickleValue run() {
        while (true) {
            at = in.position();
            int opcode = in.unsigned8();
            if (opcode == '.') {
                if (stack.size() != 1 || in.remaining() > 0) {
                    throw error("a pickle must leave one value and end there; got " + stack.size() + " values and "
                            + in.remaining() + " more bytes");
                }
                return pop();
            }
            step(opcode);
        }
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> requireProtocol(in.unsigned8());
            case 0x95 -> requireFrame(in.signed64());
            case '(' -> mark();
            case 'N' -> push(Plain.NONE, 0);
            case 0x88, 0x89 -> push(Plain.TRUTH, 0);
            case 'K' -> push(whole(in.unsigned8()), 0);
            case 'M' -> push(new Whole(in.unsigned16()), 24);
            case 'J' -> push(new Whole(in.signed32()), 24);
            case 0x8A -> push(new Whole(in.whole(in.unsigned8())), 24);
            case 'G' -> {
                in.skip(8);
                push(Plain.FRACTION, 0);
            }
            case 0x8C -> text(in.unsigned8());
            case 'X' -> text(in.unsigned32());
            case 0x8D -> text(in.signed64());
            case ')' -> push(NO_VALUES, 0);
            case 0x85 -> push(tuple(1), 64);
            case 0x86 -> push(tuple(2), 72);
            case 0x87 -> push(tuple(3), 72);
            case 't' -> {
                int n = sinceMark();
                push(tuple(n), 64 + 8 * n);
            }
            case ']' -> push(new Listing(new ArrayList<>(0)), 40);
            case 'a' -> append(1);
            case 'e' -> append(sinceMark());
            case '}' -> push(new Table(new LinkedHashMap<>()), 80);
            case 's' -> set(2);
            case 'u' -> set(sinceMark());
            case 'q' -> put(in.unsigned8());
            case 'r' -> put(in.unsigned32());
            case 0x94 -> put(memo.size());
            case 'h' -> get(in.unsigned8());
            case 'j' -> get(in.unsigned32());
            case 'c' -> symbol(in.line(), in.line());
            case 0x93 -> {
                String name = popText("a symbol's name");
                symbol(popText("a symbol's module"), name);
            }
            case 'Q' -> push(storage(pop()), 40);
            case 'R' -> {
                PickleValue arguments = pop();
                push(call(pop(), arguments), 96);
            }
            case 'b' -> fill(pop());
            default -> throw refused(opcode);
        }
    }

    // ---- the stack
    // ------------------------------------------------------------------------------------------------------

    private void push(PickleValue value, long bytes) {
        charge(bytes);
        if (stack.size() == MAX_STACK) {
            throw error("a pickle's stack must hold at most " + MAX_STACK + " values");
        }
        stack.add(value);
    }

    private void charge(long bytes) {
        budget -= bytes;
        if (budget < 0) {
            throw error("what a pickle builds must take at most " + COST + " times its bytes");
        }
    }

    private PickleValue pop() {
        requireDepth(1);
        return stack.removeLast();
    }

    /** Values before the last mark are not to be had until it is taken off. */
    private void requireDepth(int n) {
        int floor = marks.isEmpty() ? 0 : marks.getLast();
        if (stack.size() - floor < n) {
            throw error("a pickle's stack must hold what an opcode takes; got " + (stack.size() - floor) + " of " + n);
        }
    }

    private void mark() {
        if (marks.size() == MAX_STACK) {
            throw error("a pickle must nest marks at most " + MAX_STACK + " deep");
        }
        marks.add(stack.size());
    }

    /** Takes off the last mark and returns how many values lie above it. */
    private int sinceMark() {
        if (marks.isEmpty()) {
            throw error("a mark must stand before what is collected; got none");
        }
        return stack.size() - marks.removeLast();
    }

    private Tuple tuple(int n) {
        requireDepth(n);
        Tuple tuple = new Tuple(List.copyOf(stack.subList(stack.size() - n, stack.size())));
        drop(n);
        return tuple;
    }

    private Whole whole(int value) {
        Whole known = small[value];
        if (known == null) {
            known = new Whole(value);
            small[value] = known;
        }
        return known;
    }

    private void text(long bytes) {
        charge(Math.clamp(bytes, 0, in.remaining()) * 3 + 64);
        push(new Text(in.text(bytes)), 0);
    }

    private String popText(String what) {
        return switch (pop()) {
            case Text(String value) -> value;
            case PickleValue other -> throw error(what + " must be a text; got " + other.kind());
        };
    }

    // ---- lists, tables, names
    // -------------------------------------------------------------------------------------------

    private void append(int n) {
        requireDepth(n + 1);
        int first = stack.size() - n;
        if (!(stack.get(first - 1) instanceof Listing(List<PickleValue> values))) {
            throw error("only a list may be appended to");
        }
        charge(16L * n);
        for (int i = first; i < first + n; i++) {
            values.add(stack.get(i));
        }
        drop(n);
    }

    private void drop(int n) {
        for (int i = 0; i < n; i++) {
            stack.removeLast();
        }
    }

    private void set(int n) {
        requireDepth(n + 1);
        int first = stack.size() - n;
        if (n % 2 != 0 || !(stack.get(first - 1) instanceof Table(Map<String, PickleValue> values))) {
            throw error("only a table may be filled, with pairs of key and value");
        }
        charge(36L * n);
        for (int i = first; i < first + n; i += 2) {
            if (!(stack.get(i) instanceof Text(String key))) {
                throw error("a table's keys must be names; got " + stack.get(i).kind()
                        + "; this is no table of tensors (an optimizer's state?)");
            }
            if (values.putIfAbsent(key, stack.get(i + 1)) != null) {
                throw error("names must be unique; got " + ModelFormatException.escape(key) + " twice");
            }
        }
        drop(n);
    }

    private void put(long index) {
        requireDepth(1);
        // Python numbers what it remembers from 0 on, without a gap.
        if (index > memo.size()) {
            throw error(
                    "a pickle must remember values one after the other; got place " + index + " after " + memo.size());
        }
        charge(8);
        if (index == memo.size()) {
            memo.add(stack.getLast());
        } else {
            memo.set((int) index, stack.getLast());
        }
    }

    private void get(long index) {
        if (index >= memo.size()) {
            throw error("a pickle may recall what it remembered; got place " + index + " of " + memo.size());
        }
        push(memo.get((int) index), 0);
    }

    private void symbol(String module, String name) {
        push(
                TorchSymbol.find(module, name)
                        .orElseThrow(() -> error("a torch file may name tensors and nothing else; got "
                                + ModelFormatException.escape(module + "." + name) + ADVICE)),
                0);
    }

    // ---- tensors
    // --------------------------------------------------------------------------------------------------------

    private TorchStorage storage(PickleValue id) {
        if (id instanceof Tuple(List<PickleValue> values)
                && values.size() == 5
                && values.get(0) instanceof Text(String word)
                && word.equals("storage")
                && values.get(1) instanceof TorchSymbol symbol
                && symbol.type().isPresent()
                && values.get(2) instanceof Text(String key)
                && isNumber(key)
                && values.get(3) instanceof Text
                && values.get(4) instanceof Whole(long count)
                && count >= 0) {
            return storages.find(key, symbol.type().get(), count, this::error);
        }
        throw error("what lies outside a pickle must be (\"storage\", type, number, place, count); got " + id.kind());
    }

    private static boolean isNumber(String key) {
        return !key.isEmpty() && key.length() <= 18 && key.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private PickleValue call(PickleValue callable, PickleValue arguments) {
        if (callable instanceof TorchSymbol symbol && arguments instanceof Tuple(List<PickleValue> values)) {
            if (symbol == TorchSymbol.ORDERED_DICT && values.isEmpty()) {
                return new Table(new LinkedHashMap<>());
            }
            if (symbol == TorchSymbol.REBUILD_TENSOR && (values.size() == 6 || values.size() == 7)) {
                return tensor(values);
            }
            if (symbol == TorchSymbol.REBUILD_PARAMETER
                    && values.size() == 3
                    && values.get(0) instanceof TorchTensor tensor) {
                return tensor;
            }
        }
        throw error("only an OrderedDict without arguments, a tensor and a parameter may be built; got "
                + callable.kind() + " with " + arguments.kind() + ADVICE);
    }

    private TorchTensor tensor(List<PickleValue> values) {
        if (values.get(0) instanceof TorchStorage storage && values.get(1) instanceof Whole(long offset)) {
            return TorchTensor.of(
                    storage, offset, numbers(values.get(2), "sizes"), numbers(values.get(3), "strides"), this::error);
        }
        throw error("a tensor must be built from a storage and an offset; got "
                + values.get(0).kind() + " and " + values.get(1).kind());
    }

    private long[] numbers(PickleValue value, String what) {
        if (value instanceof Tuple(List<PickleValue> values) && values.stream().allMatch(Whole.class::isInstance)) {
            charge(16L * values.size());
            return values.stream().mapToLong(number -> ((Whole) number).value()).toArray();
        }
        throw error("a tensor's " + what + " must be whole numbers; got " + value.kind());
    }

    /** Takes an object's state: none has one but the table of a module's weights, whose versions are left aside. */
    private void fill(PickleValue state) {
        requireDepth(1);
        boolean versions = stack.getLast() instanceof Table
                && state instanceof Table(Map<String, PickleValue> values)
                && values.keySet().equals(Collections.singleton("_metadata"))
                && values.get("_metadata") instanceof Table;
        if (!versions) {
            throw error("BUILD may give an OrderedDict its _metadata and nothing else; got "
                    + stack.getLast().kind() + " and " + state.kind() + ADVICE);
        }
    }

    // ---- refusals
    // -------------------------------------------------------------------------------------------------------

    private void requireProtocol(int protocol) {
        if (protocol < 2 || protocol > 5 || at != 0) {
            throw error("a pickle must say protocol 2 to 5 at its start; got " + protocol);
        }
    }

    private void requireFrame(long length) {
        if (length < 0 || length > in.remaining()) {
            throw error("a frame must lie inside the pickle; got " + Long.toUnsignedString(length) + " bytes of "
                    + in.remaining());
        }
    }

    private ModelFormatException refused(int opcode) {
        String name = switch (opcode) {
            case 'i' -> "INST of " + ModelFormatException.escape(in.line() + "." + in.line());
            case 'o' -> "OBJ";
            case 0x81 -> "NEWOBJ" + of();
            case 0x92 -> "NEWOBJ_EX" + of();
            case 0x82, 0x83, 0x84 -> "EXT" + (1 << opcode - 0x82);
            case 'P' -> "PERSID";
            case 0x97, 0x98 -> "a buffer out of band";
            default -> String.format("opcode 0x%02x", opcode);
        };
        return error("a table of tensors needs no such opcode; got " + name + ADVICE);
    }

    /** Names the class that an object would be made of, beneath its arguments. */
    private String of() {
        for (int i = stack.size() - 1; i >= Math.max(0, stack.size() - 3); i--) {
            if (stack.get(i) instanceof TorchSymbol symbol) {
                return " of " + symbol.fullName();
            }
        }
        return "";
    }

    private ModelFormatException error(String rule) {
        return in.error(rule, at);
    }
}
