package luthier.tensor.io;

import static luthier.golden.GgufBytes.BOOL;
import static luthier.golden.GgufBytes.F32;
import static luthier.golden.GgufBytes.F64;
import static luthier.golden.GgufBytes.I64;
import static luthier.golden.GgufBytes.LIST;
import static luthier.golden.GgufBytes.TEXT;
import static luthier.golden.GgufBytes.U16;
import static luthier.golden.GgufBytes.U32;
import static luthier.golden.GgufBytes.U64;
import static luthier.golden.GgufBytes.U8;
import static luthier.golden.GgufBytes.list;
import static luthier.golden.GgufBytes.number;
import static luthier.golden.GgufBytes.text;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.golden.GgufBytes;
import luthier.tensor.io.HostileFiles.Case;
import luthier.tensor.io.HostileFiles.Format;

/** GGUF files made to mislead a reader, and odd ones that are legal. */
final class HostileGguf {
    private static final long[] ONE = {1};
    private final List<Case> cases = new ArrayList<>();

    private HostileGguf() {}

    static List<Case> all() {
        HostileGguf files = new HostileGguf();
        files.legal();
        files.starts();
        files.metadata();
        files.tensors();
        files.places();
        files.parts();
        return files.cases;
    }

    private void add(String id, String expected, byte[] content) {
        cases.add(new Case("GGUF " + id, Format.GGUF, Map.of("file", content), expected));
    }

    private void refuse(String id, GgufBytes file) {
        add(id, Case.REFUSED, file.build());
    }

    private static GgufBytes file() {
        return new GgufBytes();
    }

    private static GgufBytes w() {
        return file().floats("w", ONE, 1);
    }

    // ---- legal

    private void legal() {
        add("plain", "{a=b} {w=F32[1][1.0]}", w().text("a", "b").build());
        add("nothing", "{} {}", file().build());
        add("version 2", "{} {w=F32[1][1.0]}", w().version(2).build());
        add("metadata alone", "{a=1} {}", file().number("a", U8, 1).build());
        add(
                "an alignment of 8, unknown keys of every kind, lists in lists, the largest U64",
                "{general.alignment=8, a=true, b=18446744073709551615, c=[[1, 2], [3.5]], d=[], e=[, x]} {w=F32[1][1.0]}",
                file().alignment(8)
                        .number("general.alignment", U32, 8)
                        .number("a", BOOL, 1)
                        .raw("b", U64, number(8, -1))
                        .raw("c", LIST, nested())
                        .numbers("d", I64)
                        .texts("e", "", "x")
                        .floats("w", ONE, 1)
                        .build());
        add(
                "data in another order than their entries, with a hole, and bytes behind",
                "{} {w=F32[1][2.0], v=F32[1][1.0]}",
                file().entry(text("w"), ONE, 0, 64)
                        .entry(text("v"), ONE, 0, 0)
                        .data(number(4, Float.floatToIntBits(1)))
                        .data(new byte[32])
                        .data(number(4, Float.floatToIntBits(2)))
                        .data(new byte[33])
                        .build());
        add("no axes", "{} {w=F32[][1.0]}", file().floats("w", new long[0], 1).build());
        add(
                "four axes",
                "{} {w=F32[1, 1, 1, 2][1.0, 2.0]}",
                file().floats("w", new long[] {2, 1, 1, 1}, 1, 2).build());
        add(
                "an empty name and terminal codes",
                "",
                file().floats("", ONE, 1).floats("\u001b[31m\u202e", ONE, 2).build());
        byte[] cut = w().build();
        add("data that end with the file", "{} {w=F32[1][1.0]}", Arrays.copyOf(cut, cut.length - 28));
        add(
                "zeros in blocks",
                "",
                file().tensor("w", new long[] {256}, 14, new byte[210]).build());
        add(
                "scales that are not finite",
                "",
                file().tensor("w", new long[] {32, 1}, 3, full(20)).build());
        add("every type", "", everyType().build());
    }

    private static byte[] full(int bytes) {
        byte[] all = new byte[bytes];
        Arrays.fill(all, (byte) 0xFC);
        return all;
    }

    private static byte[] nested() {
        ByteArrayOutputStream out = list(LIST, 2);
        out.writeBytes(list(U8, 2).toByteArray());
        out.write(1);
        out.write(2);
        out.writeBytes(list(F64, 1).toByteArray());
        out.writeBytes(number(8, Double.doubleToLongBits(3.5)));
        return out.toByteArray();
    }

    private static GgufBytes everyType() {
        GgufBytes file = file();
        int[] types = {0, 1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28, 30};
        int[] bytes = {1024, 512, 144, 160, 176, 192, 272, 84, 110, 144, 176, 210, 256, 512, 1024, 2048, 2048, 512};
        for (int i = 0; i < types.length; i++) {
            file.tensor("w" + types[i], new long[] {256}, types[i], new byte[bytes[i]]);
        }
        return file;
    }

    // ---- the beginning

    private void starts() {
        refuse("another magic", w().magic("GGML"));
        refuse("lower case", w().magic("gguf"));
        add("empty", Case.REFUSED, new byte[0]);
        add("three bytes", Case.REFUSED, new byte[] {'G', 'G', 'U'});
        add("a version cut off", Case.REFUSED, new byte[] {'G', 'G', 'U', 'F', 3, 0});
        refuse("version 0", w().version(0));
        refuse("version 1", w().version(1));
        refuse("version 4", w().version(4));
        refuse("big-endian", w().version(3 << 24));
        refuse("more tensors than there are", w().counts(2, 0));
        refuse("a count of 2^62 tensors", w().counts(1L << 62, 0));
        refuse("a count of 2^63 tensors", w().counts(Long.MIN_VALUE, 0));
        refuse("a count of 2^32 tensors", w().counts(1L << 32, 0));
        refuse("a count of 2^32 + 1 tensors, which a cast reads as 1", w().counts((1L << 32) + 1, 0));
        refuse("a count of 2^31 keys", w().counts(1, 1L << 31));
        refuse("a count of 2^64 - 1 keys", w().counts(1, -1));
        byte[] whole = w().text("a", "b").build();
        for (int length : new int[] {20, 23, 24, 30, 40, 50, 60, 80, 95}) {
            add("cut at " + length, Case.REFUSED, Arrays.copyOf(whole, length));
        }
    }

    // ---- metadata

    private void metadata() {
        refuse("a key twice", w().text("a", "b").text("a", "c"));
        refuse("a key that is no UTF-8", w().raw(text((byte) 'a', (byte) 0xC3), U8, (byte) 1));
        refuse("a surrogate in UTF-8", w().raw(text((byte) 0xED, (byte) 0xA0, (byte) 0x80), U8, (byte) 1));
        refuse("a NUL of two bytes", w().raw(text((byte) 0xC0, (byte) 0x80), U8, (byte) 1));
        refuse("a text that is no UTF-8", w().raw("a", TEXT, text((byte) 0xFF)));
        refuse("a text of 2^63 - 1 bytes", w().raw("a", TEXT, number(8, Long.MAX_VALUE)));
        refuse("a text of 2^32 + 1 bytes", w().raw("a", TEXT, number(8, (1L << 32) + 1)));
        refuse("a text of 2^64 - 1 bytes", w().raw("a", TEXT, number(8, -1)));
        refuse("a type of value 13", w().raw("a", 13, (byte) 1));
        refuse("a type of value 2^31", w().raw("a", Integer.MIN_VALUE, (byte) 1));
        refuse("a truth of 2", w().raw("a", BOOL, (byte) 2));
        refuse("a truth of 2 in a list", w().numbers("a", BOOL, 0, 1, 2));
        refuse(
                "a list of 2^61 numbers of 8 bytes, whose product wraps to 8",
                w().raw("a", LIST, sized(U64, (1L << 61) + 1)));
        refuse("a list of 2^60 texts", w().raw("a", LIST, sized(TEXT, 1L << 60)));
        refuse("a list of 2^63 bytes", w().raw("a", LIST, sized(U8, Long.MIN_VALUE)));
        refuse("a list of a type of value 99", w().raw("a", LIST, sized(99, 0)));
        refuse("a list three deep", w().raw("a", LIST, deep(3)));
        refuse("a list 10,000 deep", w().raw("a", LIST, deep(10_000)));
        refuse("many empty texts, cut off", w().raw("a", LIST, cut(TEXT, 100_000, 8)));
        refuse("many empty lists, cut off", w().raw("a", LIST, cut(LIST, 100_000, 12)));
        refuse("an alignment of nought", w().number("general.alignment", U32, 0));
        refuse("an alignment of 4", w().number("general.alignment", U32, 4));
        refuse("an alignment of 12", w().number("general.alignment", U32, 12));
        refuse("an alignment of -8", w().number("general.alignment", I64, -8));
        refuse("an alignment of 2^63", w().raw("general.alignment", U64, number(8, Long.MIN_VALUE)));
        refuse("an alignment that is a text", w().text("general.alignment", "32"));
        refuse("an alignment that is a fraction", w().number("general.alignment", F32, 32));
        refuse("many keys with one hash, the last twice", twice(2048));
    }

    private static byte[] sized(int type, long length) {
        return list(type, length).toByteArray();
    }

    /** Lists of one list each; the innermost is empty. */
    private static byte[] deep(int depth) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 1; i < depth; i++) {
            out.writeBytes(sized(LIST, 1));
        }
        out.writeBytes(sized(U8, 0));
        return out.toByteArray();
    }

    /** A list with one empty value fewer than it says, at the end of the file. */
    private static byte[] cut(int type, int length, int bytes) {
        ByteArrayOutputStream out = list(type, length + 40);
        for (int i = 0; i < length; i++) {
            out.writeBytes(new byte[bytes]);
        }
        return out.toByteArray();
    }

    private static GgufBytes twice(int keys) {
        GgufBytes file = w();
        String key = "";
        for (int i = 0; i < keys; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 11; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            key = name.toString();
            file.number(key, U8, 1);
        }
        return file.number(key, U8, 1);
    }

    // ---- tensors

    private void tensors() {
        refuse("a name twice", file().floats("w", ONE, 1).floats("w", ONE, 2));
        refuse(
                "a name that is no UTF-8",
                file().entry(text((byte) 0x80), ONE, 0, 0).data(new byte[4]));
        refuse("five axes", entry(new long[] {1, 1, 1, 1, 1}));
        refuse("2^31 axes", axes(1L << 31));
        refuse("2^32 - 1 axes", axes(-1));
        refuse("a size of nought", entry(new long[] {0}));
        refuse("a size of nought beside large ones", entry(new long[] {0, 1L << 62, 1L << 62}));
        refuse("a size of 2^63", entry(new long[] {Long.MIN_VALUE}));
        refuse("a size of 2^64 - 1", entry(new long[] {-1}));
        refuse("sizes whose product is 2^64", entry(new long[] {1L << 32, 1L << 32}));
        refuse("sizes whose product wraps to 4", entry(new long[] {(1L << 62) + 1, 4}));
        refuse("sizes whose bytes wrap to 4", entry(new long[] {(1L << 62) + 1}));
        refuse("more than there is", entry(new long[] {9}));
        for (int type : new int[] {4, 5, 9, 15, 16, 29, 31, 39, 200, -1}) {
            refuse(
                    "type " + type,
                    file().entry(text("w"), new long[] {256}, type, 0).data(new byte[512]));
        }
        refuse(
                "rows of half a block",
                file().entry(text("w"), new long[] {16, 2}, 2, 0).data(new byte[18]));
        refuse(
                "rows of half a block of 256",
                file().entry(text("w"), new long[] {128, 2}, 12, 0).data(new byte[144]));
        refuse("blocks without axes", file().entry(text("w"), new long[0], 8, 0).data(new byte[34]));
    }

    private static GgufBytes entry(long[] sizes) {
        return file().entry(text("w"), sizes, 0, 0).data(new byte[32]);
    }

    private static GgufBytes axes(long count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(text("w"));
        out.writeBytes(number(4, count));
        out.writeBytes(new byte[64]);
        // Without metadata the entries begin where the data would.
        return file().counts(1, 0).data(out.toByteArray());
    }

    // ---- places

    private void places() {
        refuse("an offset that is not aligned", placed(4));
        refuse("an offset aligned to 8 alone", placed(8));
        refuse("an offset behind the end", placed(96));
        refuse("an offset at the end", placed(64));
        refuse("an offset of 2^63", placed(Long.MIN_VALUE));
        refuse("an offset of 2^63 - 32, whose sum wraps", placed(Long.MAX_VALUE - 31));
        refuse("an offset of 2^64 - 32", placed(-32));
        refuse("two on one place", two(0));
        refuse("one over the beginning of another", two(32));
        byte[] whole = w().build();
        add("the last byte is missing", Case.REFUSED, Arrays.copyOf(whole, whole.length - 29));
        refuse(
                "not aligned as the file says",
                w().number("general.alignment", U32, 64).floats("v", ONE, 2));
        refuse("many on one place", many());
    }

    private static GgufBytes placed(long offset) {
        return file().entry(text("w"), ONE, 0, offset).data(new byte[64]);
    }

    private static GgufBytes two(long offset) {
        return file().entry(text("w"), new long[] {16}, 0, 0)
                .entry(text("v"), ONE, 0, offset)
                .data(new byte[64]);
    }

    private static GgufBytes many() {
        GgufBytes file = file();
        for (int i = 0; i < 20_000; i++) {
            file.entry(text("" + i), ONE, 0, 0);
        }
        return file.data(new byte[4]);
    }

    // ---- several files

    private void parts() {
        part("both", "{split.count=2, split.no=0, split.tensors.count=2} {a=F32[1][1.0], b=F32[1][2.0]}", "x", 2, 1, 2);
        part("a part is missing", Case.REFUSED, "", 2, 1, 2);
        part("another number", Case.REFUSED, "x", 2, 0, 2);
        part("another count", Case.REFUSED, "x", 2, 1, 3);
        part("fewer tensors than told", Case.REFUSED, "x", 3, 1, 2);
        refuse("a part under another name", w().number("split.count", U16, 2));
        refuse("2^62 parts", w().raw("split.count", U64, number(8, 1L << 62)));
        refuse("a count of parts that is a text", w().text("split.count", "2"));
    }

    private void part(String id, String expected, String second, int tensors, int number, int count) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String name = "part" + cases.size();
        files.put(
                name + "-00001-of-00002.gguf",
                file().number("split.count", U16, 2)
                        .number("split.no", U16, 0)
                        .number("split.tensors.count", GgufBytes.I32, tensors)
                        .floats("a", ONE, 1)
                        .build());
        if (!second.isEmpty()) {
            files.put(
                    name + "-00002-of-00002.gguf",
                    file().number("split.count", U16, count)
                            .number("split.no", U16, number)
                            .number("split.tensors.count", GgufBytes.I32, tensors)
                            .floats("b", ONE, 2)
                            .build());
        }
        cases.add(new Case("GGUF parts " + id, Format.GGUF, files, expected));
    }
}
