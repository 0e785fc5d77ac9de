package luthier.tensor.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.HostileFiles.Case;
import luthier.tensor.io.HostileFiles.Format;

/** Torch files made to run code, to take memory or time, or to mislead, and some that are legal. */
final class HostilePickles {
    private static final byte[] SIX = TorchFiles.floats(0, 1, 2, 3, 4, 5);

    private final List<Case> cases = new ArrayList<>();

    private HostilePickles() {}

    static List<Case> all() {
        HostilePickles files = new HostilePickles();
        files.legal();
        files.code();
        files.memory();
        files.forms();
        return files.cases;
    }

    private void add(String id, byte[] content, String expected) {
        cases.add(new Case("TORCH " + id, Format.TORCH, Map.of("file", content), expected));
    }

    private void refuse(String id, TorchFiles pickle) {
        add(id, pickle.zip(SIX), Case.REFUSED);
    }

    private static TorchFiles begun() {
        return TorchFiles.bare().op(0x80, 2);
    }

    private void legal() {
        add("nothing", TorchFiles.table().zip(), "{}");
        add("written by torch", TorchFiles.written(), "");
        add("plain", TorchFiles.table().vector("w", "FloatStorage", "0", 6).zip(SIX), "");
        add(
                "transposed",
                TorchFiles.table().view("w", 6, 0, new long[] {3, 2}, 1, 3).zip(SIX),
                "{w=F32[3, 2][0.0, 3.0, 1.0, 4.0, 2.0, 5.0]}");
        add(
                "tied",
                TorchFiles.table()
                        .view("w", 6, 0, new long[] {6}, 1)
                        .view("v", 6, 0, new long[] {6}, 1)
                        .zip(SIX),
                "");
        add("empty", TorchFiles.table().view("w", 6, 0, new long[] {0}, 1).zip(SIX), "{w=F32[0][]}");
        add("wholes", TorchFiles.table().vector("w", "LongStorage", "0", 3).zip(SIX), "");
        add(
                "versions",
                TorchFiles.table()
                        .vector("w", "IntStorage", "0", 6)
                        .op('}')
                        .text("_metadata")
                        .op('}', 's', 'b')
                        .zip(SIX),
                "");
        add(
                "terminal codes",
                TorchFiles.table()
                        .vector("\u001b[31m\u202e\n", "ByteStorage", "0", 24)
                        .zip(SIX),
                "");
    }

    private void code() {
        for (String module : List.of("os", "posix", "builtins", "subprocess", "torch", "runpy", "__builtin__", "")) {
            for (String name : List.of("system", "eval", "exec", "Popen", "getattr", "load", "OrderedDict", "")) {
                refuse(
                        "symbol " + module + "." + name,
                        begun().symbol(module, name).op('(').text("touch pwned").op('t', 'R'));
                refuse(
                        "stacked " + module + "." + name,
                        begun().text(module).text(name).op(0x93));
                refuse("inst " + module + "." + name, begun().op('(').text("x").raw("i" + module + "\n" + name + "\n"));
            }
        }
        for (int opcode = 0; opcode < 256; opcode++) {
            if (opcode != 'N' && opcode != '}' && opcode != '.') {
                refuse("opcode " + opcode, begun().op(opcode));
            }
        }
        refuse("reduce a storage", begun().symbol("torch", "FloatStorage").op(')', 'R'));
        refuse("reduce a text", begun().text("os.system").op(')', 'R'));
        refuse("reduce a table", TorchFiles.table().op(')', 'R'));
        refuse("build a symbol", begun().symbol("torch", "FloatStorage").op('}', 'b'));
        refuse("build a class", TorchFiles.table().op('}').text("__setstate__").op('N', 's', 'b'));
        refuse("build with a tuple", TorchFiles.table().op('N', '}', 0x86, 'b'));
        refuse("symbol over a line", begun().raw("c" + "x".repeat(1000) + "\ny\n"));
        refuse("symbol without an end", begun().raw("cos\nsystem"));
        refuse("escape codes", begun().symbol("\u001b[2J", "\u0007x"));
    }

    private void memory() {
        int n = 300_000;
        refuse("many values", begun().raw("N".repeat(n)));
        refuse("many marks", begun().raw("(".repeat(n)));
        refuse("many lists", begun().raw("]" + "]a".repeat(n)));
        refuse("many tables", begun().raw("]" + "}a".repeat(n)));
        refuse("many empty tuples", begun().raw("]" + ")a".repeat(n)));
        refuse("deep tuples", begun().raw(")" + "\u0085".repeat(n)));
        refuse("deep lists", begun().raw("]".repeat(60_000) + "a".repeat(59_999)));
        refuse("wide tuples", begun().raw("N(" + "NNNN".repeat(10_000) + "t".repeat(1)));
        refuse("remembered", begun().raw("N" + "\u0094".repeat(n)));
        refuse("remembered far", begun().op('N', 'r', 0xFF, 0xFF, 0xFF, 0xFF));
        refuse("recalled", begun().op('j', 0xFF, 0xFF, 0xFF, 0x7F));
        refuse("long text", begun().op('X', 0xFF, 0xFF, 0xFF, 0xFF).raw("abc"));
        refuse("longest text", begun().op(0x8D).raw("\u00FF".repeat(8)).raw("abc"));
        refuse("negative text", begun().op(0x8D).raw("\0\0\0\0\0\0\0\u0080").raw("abc"));
        refuse("long number", begun().op(0x8A, 255).raw("\1".repeat(255)));
        refuse("long frame", begun().op(0x95).raw("\u00FF".repeat(8)));
        refuse("itself in a list", begun().op(']', 'q', 0, 'h', 0, 'a'));
        refuse("itself in a table", TorchFiles.table().op('q', 0).text("w").op('h', 0, 's'));
        TorchFiles laughs = TorchFiles.table();
        for (int i = 0; i < 3000; i++) {
            laughs.view("w" + i, 4096, 0, new long[] {4096}, 1);
        }
        add("many views of one storage", laughs.zip(new byte[4 * 4096]), Case.REFUSED);
        for (long size : new long[] {1L << 60, Long.MAX_VALUE, 1L << 32, 1L << 31}) {
            refuse("repeated " + size, TorchFiles.table().view("w", 6, 0, new long[] {size}, 0));
            refuse("counted " + size, TorchFiles.table().vector("w", "FloatStorage", "0", size));
            refuse("offset " + size, TorchFiles.table().view("w", 6, size, new long[] {1}, 1));
            refuse("stride " + size, TorchFiles.table().view("w", 6, 0, new long[] {2}, size));
        }
    }

    private void forms() {
        byte[] pickle =
                TorchFiles.table().vector("w", "FloatStorage", "0", 6).op('.').pickle();
        add("bare pickle", pickle, Case.REFUSED);
        add(
                "bare pickle, framed",
                new byte[] {(byte) 0x80, 4, (byte) 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 'N', '.'},
                Case.REFUSED);
        add("empty file", new byte[0], Case.REFUSED);
        add("trailing", TorchFiles.zipOf(TorchFiles.table().op('.', '.').pickle()), Case.REFUSED);
        add("no end", TorchFiles.zipOf(TorchFiles.table().pickle()), Case.REFUSED);
        add("no protocol", TorchFiles.zipOf(new byte[] {'}'}), Case.REFUSED);
        add("nothing in it", TorchFiles.zipOf(new byte[0]), Case.REFUSED);
        refuse("protocol 0", TorchFiles.bare().op(0x80, 0, '}'));
        refuse("protocol 6", TorchFiles.bare().op(0x80, 6, '}'));
        refuse("optimizer", TorchFiles.table().op('K', 0, '}', 's'));
        refuse("number for a tensor", TorchFiles.table().text("w").op('K', 0, 's'));
        refuse("odd pairs", TorchFiles.table().op('(').text("w").op('u'));
        refuse("not utf-8", begun().op('X', 1, 0, 0, 0, 0xFF));
        refuse("no storage", TorchFiles.table().vector("w", "FloatStorage", "7", 6));
        refuse("another module", TorchFiles.table().vector("w", "ComplexFloatStorage", "0", 3));
        for (String key : List.of("", "../data/0", "/etc/passwd", "0\0", "-1", "1e0", "9".repeat(40))) {
            refuse("key " + key.replace('\0', '0'), TorchFiles.table().vector("w", "FloatStorage", key, 6));
        }
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        bytes.put("order", HostileFiles.utf8("middle"));
        bytes.put("order long", new byte[100]);
        bytes.forEach((id, content) -> add(
                id,
                HostileFiles.zip(
                        HostileFiles.Zipped.stored("a/data.pkl", pickle),
                        HostileFiles.Zipped.stored("a/byteorder", content),
                        HostileFiles.Zipped.stored("a/data/0", SIX)),
                Case.REFUSED));
        add(
                "twice",
                HostileFiles.zip(
                        HostileFiles.Zipped.stored("a/data.pkl", pickle),
                        HostileFiles.Zipped.stored("a/data/0", SIX),
                        HostileFiles.Zipped.stored("a/data/0", SIX)),
                Case.REFUSED);
        add(
                "bomb",
                HostileFiles.zip(
                        HostileFiles.Zipped.stored("a/data.pkl", pickle),
                        HostileFiles.Zipped.deflated("a/data/0", new byte[10_000_000], 10_000_000)),
                Case.REFUSED);
    }
}
