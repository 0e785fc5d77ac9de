package luthier.tensor.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Files made to mislead a reader, and some that look so but are legal. */
final class HostileFiles {
    private final List<Case> cases = new ArrayList<>();

    /** The formats, named as the files' ends. */
    enum Format {
        SAFETENSORS,
        INDEX,
        NPY,
        NPZ,
        JSON,
        ONNX,
        TORCH,
        GGUF
    }

    /**
     * A case: the first of its files is read, the others lie beside it.
     *
     * @param expected what a reader must print for it, "refused" if it must refuse it
     */
    record Case(String id, Format format, Map<String, byte[]> files, String expected) {
        static final String REFUSED = "refused";

        byte[] main() {
            return files.values().iterator().next();
        }
    }

    private HostileFiles() {}

    static List<Case> all() {
        HostileFiles files = new HostileFiles();
        files.safetensors();
        files.safetensorsStarts();
        files.shards();
        files.npy();
        files.npz();
        files.json();
        files.onnx();
        files.cases.addAll(HostilePickles.all());
        files.cases.addAll(HostileGguf.all());
        return files.cases;
    }

    private void add(Format format, String id, byte[] content, String expected) {
        cases.add(new Case(format + " " + id, format, Map.of("file", content), expected));
    }

    private void refuse(Format format, String id, byte[] content) {
        add(format, id, content, Case.REFUSED);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- safetensors
    // ----------------------------------------------------------------------------------------------------

    static byte[] file(long length, byte[] header, byte... data) {
        return ByteBuffer.allocate(8 + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(header)
                .put(data)
                .array();
    }

    static byte[] file(String header, byte... data) {
        byte[] json = utf8(header);
        return file(json.length, json, data);
    }

    static String entry(String name, String dtype, String shape, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + ","
                + end + "]}";
    }

    private void header(String id, String header, int dataBytes) {
        refuse(Format.SAFETENSORS, id, file(header, new byte[dataBytes]));
    }

    private void legal(String id, String header, int dataBytes, String expected) {
        add(Format.SAFETENSORS, id, file(header, new byte[dataBytes]), expected);
    }

    private void safetensors() {
        String w = entry("w", "F32", "[1]", 0, 4);
        String two = "{w=F32[1][0.0], v=F32[1][0.0]}";
        legal("plain", "{" + w + "}", 4, "{w=F32[1][0.0]}");
        legal("nothing", "{}", 0, "{}");
        legal("leading space", " \n\t{" + w + "}\r\n   ", 4, "{w=F32[1][0.0]}");
        legal("space inside", "{ " + w.replace(":", " : ") + " }", 4, "{w=F32[1][0.0]}");
        legal("data before their order", "{" + entry("v", "F32", "[1]", 4, 8) + "," + w + "}", 8, two);
        legal("metadata only", "{\"__metadata__\":{\"a\":\"b\"}}", 0, "{}");
        legal("empty name", "{" + entry("", "F32", "[]", 0, 4) + "}", 4, "{=F32[][0.0]}");
        legal("zero first", "{" + entry("w", "F32", "[0,4611686018427387904]", 0, 0) + "}", 0, "");
        legal("zero last", "{" + entry("w", "F32", "[4611686018427387904,0]", 0, 0) + "}", 0, "");
        legal("odd address", "{" + w + "} ", 4, "{w=F32[1][0.0]}");
        legal(
                "empty between",
                "{" + w + "," + entry("e", "F32", "[0]", 4, 4) + "," + entry("v", "F32", "[1]", 4, 8) + "}",
                8,
                "");
        legal("rank 64", "{" + entry("w", "U8", "[1" + ",1".repeat(63) + "]", 0, 1) + "}", 1, "");
        legal("terminal codes", "{" + entry("\\u001b[31m\\u202e\\n", "U8", "[1]", 0, 1) + "}", 1, "");
        legal("emoji", "{" + entry("\\ud83d\\ude00", "U8", "[1]", 0, 1) + "}", 1, "{\uD83D\uDE00=U8[1][0]}");
        legal(
                "escaped fields",
                "{\"w\":{\"\\u0064type\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                4,
                "{w=F32[1][0.0]}");
        for (StoredType type : StoredType.SINGLE) {
            String sizes = type.bits() < 8 ? "[2,4]" : "[3]";
            int bytes = (type.bits() < 8 ? 8 : 3) * type.bits() / 8;
            legal("type " + type, "{" + entry("w", type.name(), sizes, 0, bytes) + "}", bytes, "");
            header("long " + type, "{" + entry("w", type.name(), sizes, 0, bytes) + "}", bytes + 1);
            header("short " + type, "{" + entry("w", type.name(), sizes, 0, bytes) + "}", bytes - 1);
        }
        String end = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":";
        header("duplicate", "{" + w + "," + entry("w", "F32", "[1]", 4, 8) + "}", 8);
        header("duplicate, same place", "{" + w + "," + w + "}", 4);
        header("duplicate through an escape", "{" + w + "," + entry("\\u0077", "U8", "[4]", 4, 8) + "}", 8);
        header("duplicate field", end + "[0,4],\"dtype\":\"F32\"}}", 4);
        header("duplicate field, escaped", end + "[0,4],\"\\u0073hape\":[1]}}", 4);
        header("duplicate metadata", "{\"__metadata__\":{},\"__metadata__\":{}}", 0);
        header("duplicate metadata key", "{\"__metadata__\":{\"a\":\"1\",\"\\u0061\":\"1\"}}", 0);
        header("metadata null", "{\"__metadata__\":null}", 0);
        header("metadata number", "{\"__metadata__\":{\"a\":1}}", 0);
        header("metadata list", "{\"__metadata__\":[]}", 0);
        header("metadata nested", "{\"__metadata__\":{\"a\":{}}}", 0);
        header("positional", "{\"w\":[\"F32\",[1],[0,4]]}", 4);
        header("unknown field", end + "[0,4],\"x\":0}}", 4);
        header("missing field", "{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4);
        header("entry null", "{\"w\":null}", 0);
        header("list", "[]", 0);
        header("text", "\"{}\"", 0);
        header("null", "null", 0);
        header("trailing text", "{" + w + "}x", 4);
        header("second value", "{" + w + "}{}", 4);
        header("comment", "{" + w + "/**/}", 4);
        header("trailing comma", "{" + w + ",}", 4);
        header("single quotes", "{'w':{}}", 0);
        header("zero byte", "{" + w + "}\0", 4);
        header("byte order mark", "\uFEFF{" + w + "}", 4);
        header("deep", "{\"w\":" + "[".repeat(100_000), 0);
        header("deep objects", "{\"w\":".repeat(50_000), 0);
        header("lone surrogate", "{" + entry("\\ud800", "U8", "[1]", 0, 1) + "}", 1);
        header("turned surrogates", "{" + entry("\\udc00\\ud800", "U8", "[1]", 0, 1) + "}", 1);
        for (String number : List.of(
                "-1",
                "1.0",
                "1e0",
                "01",
                "+1",
                "0x1",
                "1_0",
                "\"1\"",
                "null",
                "true",
                "[1]",
                "NaN",
                "Infinity",
                "-0",
                "9223372036854775808",
                "18446744073709551616",
                "1e999999999",
                "1".repeat(5000),
                "4294967297",
                "1.5",
                "{}")) {
            header(
                    "size " + number.substring(0, Math.min(30, number.length())),
                    "{" + entry("w", "F32", "[" + number + "]", 0, 4) + "}",
                    4);
            header("begin " + number.substring(0, Math.min(30, number.length())), end + "[" + number + ",4]}}", 4);
        }
        header("shape number", "{" + entry("w", "F32", "1", 0, 4) + "}", 4);
        header("shape null", "{" + entry("w", "F32", "null", 0, 4) + "}", 4);
        header("one offset", end + "[4]}}", 4);
        header("three offsets", end + "[0,4,4]}}", 4);
        header("offsets object", end + "{}}}", 4);
        header("wraps to 0", "{" + entry("w", "F32", "[4294967296,4294967296]", 0, 0) + "}", 0);
        header("wraps to 4", "{" + entry("w", "F32", "[4611686018427387905]", 0, 4) + "}", 4);
        header("wraps to 16", "{" + entry("w", "F32", "[4,4611686018427387905]", 0, 16) + "}", 16);
        header("count wraps to 1", "{" + entry("w", "U8", "[4294967297,4294967295,0]", 0, 1) + "}", 1);
        header("bits wrap", "{" + entry("w", "U8", "[2305843009213693953]", 0, 1) + "}", 1);
        header("zero and overflow first", "{" + entry("w", "F32", "[0,1099511627776,1099511627776]", 0, 0) + "}", 0);
        header("zero and overflow last", "{" + entry("w", "F32", "[1099511627776,1099511627776,0]", 0, 0) + "}", 0);
        header("dimension 2^63 times 0", "{" + entry("w", "F32", "[9223372036854775808,0]", 0, 0) + "}", 0);
        header("rank 65", "{" + entry("w", "U8", "[1" + ",1".repeat(64) + "]", 0, 1) + "}", 1);
        header("rank 10000", "{" + entry("w", "U8", "[1" + ",1".repeat(9999) + "]", 0, 1) + "}", 1);
        header("half a byte", "{" + entry("w", "F4", "[3]", 0, 2) + "}", 2);
        header("three quarters", "{" + entry("w", "F6_E2M3", "[2]", 0, 2) + "}", 2);
        header("hole", "{" + w + "," + entry("v", "F32", "[1]", 8, 12) + "}", 12);
        header("hole at the start", "{" + entry("w", "F32", "[1]", 4, 8) + "}", 8);
        header("overlap", "{" + w + "," + entry("v", "F32", "[1]", 2, 6) + "}", 6);
        header("same bytes", "{" + w + "," + entry("v", "F32", "[1]", 0, 4) + "}", 4);
        header("end before begin", "{" + entry("w", "F32", "[1]", 4, 0) + "}", 4);
        header("bytes behind", "{" + w + "}", 5);
        header("cut off", "{" + w + "}", 3);
        header("huge", "{" + entry("w", "F32", "[1000000000000]", 0, 4_000_000_000_000L) + "}", 8);
        for (String dtype : List.of("f32", "F31", "", "F32 ", "float32", "F128", "F8", "BF16\\u0000")) {
            header("dtype " + dtype, "{" + entry("w", dtype, "[1]", 0, 4) + "}", 4);
        }
        header("dtype number", "{\"w\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
        refuse(Format.SAFETENSORS, "bool 2", file("{" + entry("w", "BOOL", "[1]", 0, 1) + "}", (byte) 2));
        byte[] large = {0, 0, 0, 0, 0, 0, 0, (byte) 0x80};
        refuse(Format.SAFETENSORS, "U64 2^63", file("{" + entry("w", "U64", "[1]", 0, 8) + "}", large));
        StringBuilder colliding = new StringBuilder("{");
        StringBuilder tiny = new StringBuilder("{");
        for (int i = 0; i < 5000; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 13; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            colliding.append(i > 0 ? "," : "").append(entry(name.toString(), "U8", "[1]", i, i + 1));
            tiny.append(i > 0 ? "," : "").append(entry("t" + i, "U8", "[1]", 4999 - i, 5000 - i));
        }
        legal("names of one hash", colliding + "}", 5000, "");
        legal("5000 tiny tensors", tiny + "}", 5000, "");
        header("5000 tiny tensors, a hole", tiny + "}", 5001);
        header(
                "5000 names of one hash, one twice",
                colliding + "," + entry("Aa".repeat(13), "U8", "[1]", 5000, 5001) + "}",
                5001);
    }

    private void safetensorsStarts() {
        Format format = Format.SAFETENSORS;
        byte[] empty = utf8("{}      ");
        for (long length : new long[] {
            0, 1, 9, 100_000_000, 100_000_001, 1L << 31, (1L << 32) + 8, Long.MAX_VALUE, Long.MIN_VALUE, -1, -8
        }) {
            refuse(format, "length " + length, file(length, empty));
        }
        refuse(format, "no byte", new byte[0]);
        refuse(format, "7 bytes", new byte[7]);
        refuse(format, "8 zeros", new byte[8]);
        refuse(format, "length alone", file(2, new byte[0]));
        refuse(format, "latin 1", file(12, "{\"__\u00fc__\":1}".getBytes(StandardCharsets.ISO_8859_1)));
        refuse(format, "modified utf-8", file(9, new byte[] {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '{', '}', '}'
        }));
        refuse(format, "surrogate in utf-8", file(10, new byte[] {
            '{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '{', '}', '}'
        }));
        refuse(format, "utf-16", file(4, "{}".getBytes(StandardCharsets.UTF_16LE)));
        refuse(format, "git lfs", utf8("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"));
        refuse(format, "web page", utf8("<!DOCTYPE html><html><body>404</body></html>"));
        refuse(format, "pickle", new byte[] {
            (byte) 0x80, 2, (byte) 0x8A, 10, 108, (byte) 0xFC, (byte) 0x9C, 70, (byte) 0xF9, 32, 106
        });
        refuse(format, "zip", utf8("PK\u0003\u0004\u0014\u0000\u0000\u0000\u0000\u0000\u0000\u0000"));
        refuse(format, "gguf", utf8("GGUF\u0003\u0000\u0000\u0000\u0000\u0000\u0000\u0000"));
        refuse(format, "many values", file("[" + "0,".repeat(500_000)));
    }

    // ---- shards
    // ----------------------------------------------------------------------------------------------------------

    private void index(String id, String json, String expected) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("model.safetensors.index.json", utf8(json));
        files.put("a.safetensors", file("{" + entry("v", "U8", "[1]", 0, 1) + "}", (byte) 1));
        files.put("b.safetensors", file("{" + entry("w", "U8", "[1]", 0, 1) + "}", (byte) 2));
        files.put("bad.safetensors", file("{" + entry("x", "U8", "[1]", 0, 1) + "}"));
        cases.add(new Case("INDEX " + id, Format.INDEX, files, expected));
    }

    private static String map(String v, String w) {
        return "{\"weight_map\":{\"v\":\"" + v + "\",\"w\":\"" + w + "\"}}";
    }

    private void shards() {
        String both = "{v=U8[1][1], w=U8[1][2]}";
        String a = "a.safetensors";
        index("plain", map(a, "b.safetensors"), both);
        index(
                "metadata",
                "{\"metadata\":{\"total_size\":2}," + map(a, "b.safetensors").substring(1),
                both);
        index(
                "wrong total",
                "{\"metadata\":{\"total_size\":1e3}," + map(a, "b.safetensors").substring(1),
                both);
        index("other fields", "{\"x\":[null]," + map(a, "b.safetensors").substring(1), both);
        index("dot", map("./" + a, "b.safetensors"), both);
        index("one shard", "{\"weight_map\":{\"v\":\"" + a + "\"}}", "{v=U8[1][1]}");
        index("empty", "{\"weight_map\":{}}", "{}");
        for (String name : List.of(
                "../a.safetensors",
                "x/../../a.safetensors",
                "x/../a.safetensors",
                "..",
                "/etc/passwd",
                "/dev/zero",
                "\\\\\\\\host\\\\a",
                "..\\\\a.safetensors",
                "C:\\\\a.safetensors",
                "C:a.safetensors",
                "file:///etc/passwd",
                "https://host/a.safetensors",
                "a.safetensors\\u0000",
                "\\u0000",
                "",
                " ",
                ".",
                "model.safetensors.index.json",
                "./model.safetensors.index.json",
                "none.safetensors",
                "bad.safetensors",
                "b.safetensors",
                "a.safetensors/",
                "a.safetensors/x",
                "a\\nb",
                "a".repeat(5000),
                "s3:x")) {
            if (!name.equals("a.safetensors/")) {
                index(
                        "shard " + name.substring(0, Math.min(40, name.length())),
                        map(name, "b.safetensors"),
                        Case.REFUSED);
            }
        }
        for (String value : List.of("1", "null", "[]", "{}", "true")) {
            index("shard value " + value, "{\"weight_map\":{\"v\":" + value + "}}", Case.REFUSED);
            index("map " + value, "{\"weight_map\":" + value.replace("{}", "\"\"") + "}", Case.REFUSED);
        }
        index("no map", "{}", Case.REFUSED);
        index("not there", map(a, a), Case.REFUSED);
        index("exchanged", map("b.safetensors", a), Case.REFUSED);
        index("twice", "{\"weight_map\":{\"v\":\"" + a + "\",\"\\u0076\":\"" + a + "\"}}", Case.REFUSED);
        index("two maps", "{\"weight_map\":{},\"weight_map\":{}}", Case.REFUSED);
        index("unlisted", "{\"weight_map\":{\"q\":\"" + a + "\"}}", Case.REFUSED);
        index("list", "[]", Case.REFUSED);
        index("cut", map(a, a).substring(0, 20), Case.REFUSED);
    }

    // ---- npy, npz
    // --------------------------------------------------------------------------------------------------------

    static byte[] npy(int major, String header, byte... data) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer result = ByteBuffer.allocate((major == 1 ? 10 : 12) + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) major, 0});
        result = major == 1 ? result.putShort((short) text.length) : result.putInt(text.length);
        return result.put(text).put(data).array();
    }

    static String dict(String descr, String shape) {
        return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    }

    private void npy() {
        Format format = Format.NPY;
        add(format, "plain", npy(1, dict("<i2", "(2,)"), (byte) 1, (byte) 0, (byte) 2, (byte) 0), "I32[2][1, 2]");
        add(format, "big-endian", npy(1, dict(">i2", "(2,)"), (byte) 0, (byte) 1, (byte) 0, (byte) 2), "I32[2][1, 2]");
        add(format, "version 2", npy(2, dict("|u1", "()"), (byte) 255), "U8[][255]");
        add(format, "version 3", npy(3, dict("|i1", "(1, 1)"), (byte) 255), "I8[1, 1][-1]");
        add(format, "python 2", npy(1, dict("|b1", "(1L, 2L)"), (byte) 1, (byte) 0), "BOOL[1, 2][true, false]");
        add(
                format,
                "fortran",
                npy(1, dict("|u1", "(2, 2)").replace("False", "True"), (byte) 1, (byte) 2, (byte) 3, (byte) 4),
                "U8[2, 2][1, 3, 2, 4]");
        add(format, "empty", npy(1, dict("<f8", "(0, 3)")), "");
        add(format, "double quotes", npy(1, dict("|u1", "(1,)").replace('\'', '"'), (byte) 7), "U8[1][7]");
        for (String descr : List.of(
                "|O", "O", "<O8", "<U4", "|S3", "<f16", "<c16", "<M8[ns]", "|V8", "f4", "=f4", "|f4", "<f3", "", "<",
                "<i4,<i4", "\\x3cf4")) {
            refuse(format, "descr " + descr, npy(1, dict(descr, "(1,)"), new byte[4]));
        }
        for (String shape : List.of(
                "(-1,)",
                "(4)",
                "4",
                "[4]",
                "(4,,)",
                "(,)",
                "(1 2)",
                "(4294967296, 4294967296, 2)",
                "(9223372036854775807, 2)",
                "(18446744073709551617,)",
                "(1e9,)",
                "(4.0,)",
                "(True,)",
                "(4,), 'shape': (4,)",
                "(4,",
                "(" + "1,".repeat(65) + ")",
                "(2,)",
                "(3,)",
                "(5,)",
                "__import__('os').system('x')",
                "(2+2,)",
                "(1" + "0".repeat(5000) + ",)",
                "(4611686018427387904, 4)")) {
            refuse(
                    format,
                    "shape " + shape.substring(0, Math.min(30, shape.length())),
                    npy(1, dict("|i1", shape), new byte[4]));
        }
        byte[] whole = npy(1, dict("<f4", "(1,)"), new byte[4]);
        for (int cut : new int[] {0, 1, 6, 8, 9, 10, 30, whole.length - 1}) {
            refuse(format, "cut at " + cut, Arrays.copyOf(whole, cut));
        }
        refuse(format, "trailing", Arrays.copyOf(whole, whole.length + 1));
        refuse(
                format,
                "structured",
                npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", new byte[4]));
        refuse(format, "missing", npy(1, "{'descr': '<f4', 'shape': (1,)}", new byte[4]));
        refuse(
                format,
                "unknown",
                npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", new byte[4]));
        refuse(format, "order 0", npy(1, "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", new byte[4]));
        refuse(format, "behind", npy(1, dict("<f4", "(1,)") + "x", new byte[4]));
        refuse(format, "version 9", npy(9, dict("<f4", "(1,)"), new byte[4]));
        refuse(format, "length lies", file(0, new byte[] {0}));
        byte[] lying = npy(2, dict("<f4", "(1,)"), new byte[4]);
        lying[11] = (byte) 0xFF;
        refuse(format, "long length", lying);
        refuse(format, "bool 7", npy(1, dict("|b1", "(1,)"), (byte) 7));
        refuse(
                format,
                "u8 above",
                npy(
                        1,
                        dict(">u8", "(1,)"),
                        (byte) -1,
                        (byte) -1,
                        (byte) -1,
                        (byte) -1,
                        (byte) -1,
                        (byte) -1,
                        (byte) -1,
                        (byte) -1));
    }

    /** One entry of a zip, with what its two headers say. */
    record Zipped(
            String name, String localName, int method, byte[] packed, long crc, long unpacked, long localUnpacked) {
        static Zipped stored(String name, byte[] content) {
            return new Zipped(name, name, 0, content, crc(content), content.length, content.length);
        }

        static Zipped deflated(String name, byte[] content, long unpacked) {
            Deflater deflater = new Deflater(9, true);
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (DeflaterOutputStream out = new DeflaterOutputStream(packed, deflater)) {
                out.write(content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            deflater.end();
            return new Zipped(name, name, 8, packed.toByteArray(), crc(content), unpacked, unpacked);
        }

        private static long crc(byte[] content) {
            CRC32 crc = new CRC32();
            crc.update(content);
            return crc.getValue();
        }
    }

    static byte[] zip(Zipped... entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        for (Zipped entry : entries) {
            int at = out.size();
            byte[] local = utf8(entry.localName());
            byte[] name = utf8(entry.name());
            out.writeBytes(little(30)
                    .putInt(0x04034b50)
                    .putShort((short) 20)
                    .putShort((short) 0)
                    .putShort((short) entry.method())
                    .putInt(0)
                    .putInt((int) entry.crc())
                    .putInt(entry.packed().length)
                    .putInt((int) entry.localUnpacked())
                    .putShort((short) local.length)
                    .putShort((short) 0)
                    .array());
            out.writeBytes(local);
            out.writeBytes(entry.packed());
            directory.writeBytes(little(46)
                    .putInt(0x02014b50)
                    .putShort((short) 20)
                    .putShort((short) 20)
                    .putShort((short) 0)
                    .putShort((short) entry.method())
                    .putInt(0)
                    .putInt((int) entry.crc())
                    .putInt(entry.packed().length)
                    .putInt((int) entry.unpacked())
                    .putShort((short) name.length)
                    .putInt(0)
                    .putShort((short) 0)
                    .putShort((short) 0)
                    .putInt(0)
                    .putInt(at)
                    .array());
            directory.writeBytes(name);
        }
        int start = out.size();
        out.writeBytes(directory.toByteArray());
        out.writeBytes(little(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) entries.length)
                .putShort((short) entries.length)
                .putInt(directory.size())
                .putInt(start)
                .putShort((short) 0)
                .array());
        return out.toByteArray();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void npz() {
        Format format = Format.NPZ;
        byte[] array = npy(1, dict("|u1", "(2,)"), (byte) 1, (byte) 2);
        Zipped a = Zipped.stored("a.npy", array);
        add(format, "stored", zip(a), "{a=U8[2][1, 2]}");
        add(format, "deflated", zip(Zipped.deflated("a.npy", array, array.length)), "{a=U8[2][1, 2]}");
        add(format, "folder", zip(Zipped.stored("x/a.npy", array)), "{x/a=U8[2][1, 2]}");
        add(format, "none", zip(), "{}");
        byte[] zeros = npy(1, dict("|u1", "(100000,)"), new byte[100_000]);
        add(format, "zeros", zip(Zipped.deflated("a.npy", zeros, zeros.length)), "");
        for (String name : List.of(
                "../a.npy",
                "/a.npy",
                "x/../../a.npy",
                "..\\a.npy",
                "C:\\a.npy",
                "C:a.npy",
                "a.npy\0.npy",
                "a.txt",
                "a",
                "",
                "x/")) {
            refuse(format, "name " + name.replace('\0', '0'), zip(Zipped.stored(name, array)));
        }
        refuse(format, "twice", zip(a, a));
        refuse(format, "local name", zip(new Zipped("a.npy", "b.npy", 0, array, a.crc(), array.length, array.length)));
        refuse(
                format,
                "local size",
                zip(new Zipped("a.npy", "a.npy", 0, array, a.crc(), array.length, array.length - 1)));
        refuse(format, "crc", zip(new Zipped("a.npy", "a.npy", 0, array, a.crc() ^ 1, array.length, array.length)));
        refuse(format, "method", zip(new Zipped("a.npy", "a.npy", 12, array, a.crc(), array.length, array.length)));
        refuse(
                format,
                "stored sizes",
                zip(new Zipped("a.npy", "a.npy", 0, array, a.crc(), array.length + 1, array.length + 1)));
        refuse(format, "unpacks to more", zip(Zipped.deflated("a.npy", zeros, array.length)));
        refuse(format, "unpacks to less", zip(Zipped.deflated("a.npy", array, array.length + 50)));
        refuse(format, "bomb", zip(Zipped.deflated("a.npy", new byte[18_000_000], 18_000_000)));
        refuse(format, "bomb by its word", zip(Zipped.deflated("a.npy", array, 0xFFFFFFF0L)));
        refuse(
                format,
                "not deflated",
                zip(new Zipped("a.npy", "a.npy", 8, array, a.crc(), array.length, array.length)));
        refuse(format, "object", zip(Zipped.stored("a.npy", npy(1, dict("|O", "(1,)"), new byte[8]))));
        refuse(format, "no npy", zip(Zipped.stored("a.npy", utf8("hello"))));
        refuse(format, "behind", Arrays.copyOf(zip(a), zip(a).length + 1));
        byte[] moved = zip(a);
        moved[moved.length - 6]++;
        refuse(format, "directory moved", moved);
        byte[] more = zip(a);
        more[more.length - 12]++;
        refuse(format, "one entry more", more);
        byte[] encrypted = zip(a);
        encrypted[encrypted.length - 22 - 51 + 8] = 1;
        refuse(format, "encrypted", encrypted);
        refuse(format, "no zip", utf8("hello, this is no zip at all"));
        refuse(format, "empty", new byte[0]);
    }

    // ---- json, onnx
    // -----------------------------------------------------------------------------------------------------

    private void json() {
        Format format = Format.JSON;
        for (String text : List.of(
                "{}",
                "[]",
                "0",
                "-0",
                "1e5",
                "\"\"",
                "null",
                "true",
                " [1] \n",
                "{\"a\":{\"a\":{\"a\":1}}}",
                "\"\\ud83d\\ude00\"",
                "1e999999999",
                "[".repeat(64) + "]".repeat(64),
                "1".repeat(64))) {
            add(format, "legal " + text.substring(0, Math.min(20, text.length())), utf8(text), "");
        }
        for (String text : List.of(
                "",
                " ",
                "{",
                "}",
                "[",
                "]",
                "[1,]",
                "{\"a\":1,}",
                "{,}",
                "[,1]",
                "{\"a\" 1}",
                "{a:1}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":1}",
                "01",
                "1.",
                ".5",
                "+1",
                "--1",
                "-",
                "1e",
                "1e+",
                "0x10",
                "NaN",
                "Infinity",
                "tru",
                "nul",
                "True",
                "'a'",
                "\"a",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u00g0\"",
                "\"\\ud800\"",
                "\"\\ud800x\"",
                "\"\\udc00\"",
                "\"\\ud800\\ud800\"",
                "\"a\tb\"",
                "\"a\nb\"",
                "\"\0\"",
                "1 2",
                "[1 2]",
                "//x\n1",
                "\uFEFF1",
                "[1]x",
                "\u00a01",
                "[".repeat(65) + "]".repeat(65),
                "[".repeat(1_000_000),
                "{\"a\":".repeat(100_000),
                "1".repeat(65),
                "1".repeat(1_000_000),
                "[" + "0,".repeat(1_000_000),
                "\"" + "a".repeat(1_000_000),
                "\"\\",
                "\"\\u",
                "\"\\ud800\\u",
                "\"\\ud800\\")) {
            refuse(format, text.substring(0, Math.min(20, text.length())), utf8(text));
        }
        refuse(format, "overlong", new byte[] {'"', (byte) 0xC0, (byte) 0xAF, '"'});
        refuse(format, "utf-8 surrogate", new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'});
        refuse(format, "above 10FFFF", new byte[] {'"', (byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'});
        refuse(format, "half a character", new byte[] {'"', (byte) 0xE2, (byte) 0x82});
    }

    /** A field of bytes. */
    static byte[] field(int number, byte... content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(number << 3 | 2);
        for (int rest = content.length; ; rest >>>= 7) {
            out.write(rest < 128 ? rest : rest & 127 | 128);
            if (rest < 128) {
                break;
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] initializer(byte[] dims, byte[] rest) {
        return field(7, field(5, join(dims, field(8, utf8("w")), rest)));
    }

    /** The attribute of a node whose graph has a node with an attribute, and so on. */
    private static byte[] nest(int depth) {
        byte[] attribute = field(6, new byte[0]);
        for (int i = 0; i < depth; i++) {
            attribute = field(6, field(1, field(5, attribute)));
        }
        return attribute;
    }

    private void onnx() {
        Format format = Format.ONNX;
        byte[] four = field(9, new byte[4]);
        byte[] single = {2 << 3, 1};
        byte[] one = join(new byte[] {1 << 3, 1}, single);
        add(format, "plain", initializer(one, four), "{w=F32[1][0.0]}");
        add(
                format,
                "packed sizes",
                initializer(join(field(1, (byte) 1, (byte) 1), single), four),
                "{w=F32[1, 1][0.0]}");
        add(
                format,
                "bytes of another type",
                initializer(join(one, new byte[] {2 << 3, 9}), field(9, new byte[1])),
                "{w=BOOL[1][false]}");
        refuse(format, "no type", initializer(new byte[] {1 << 3, 1}, four));
        refuse(format, "strings", initializer(join(one, new byte[] {2 << 3, 8}), field(6, utf8("text"))));
        refuse(format, "two lists", initializer(one, join(four, field(4, new byte[4]))));
        refuse(format, "another list", initializer(one, field(7, (byte) 1)));
        refuse(format, "sparse", field(7, field(15, new byte[0])));
        refuse(format, "nested", field(7, field(1, field(5, nest(400)))));
        refuse(format, "empty", new byte[0]);
        refuse(format, "no graph", field(2, utf8("x")));
        refuse(format, "count", initializer(one, field(9, new byte[8])));
        refuse(format, "not a multiple", initializer(one, field(9, new byte[3])));
        byte[] minus = {1 << 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
        refuse(format, "negative size", initializer(join(minus, single), four));
        byte[] huge = {1 << 3, -1, -1, -1, -1, -1, -1, -1, -1, 127};
        refuse(format, "overflow", initializer(join(join(huge, huge), single), four));
        refuse(format, "many axes", initializer(join(field(1, new byte[5000]), single), four));
        refuse(format, "endless number", new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
        refuse(format, "field 0", new byte[] {2, 0});
        refuse(format, "group", new byte[] {7 << 3 | 3});
        refuse(format, "length lies", new byte[] {7 << 3 | 2, -1, -1, -1, -1, 7, 5 << 3 | 2, 5});
        refuse(format, "negative length", new byte[] {7 << 3 | 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1});
        refuse(format, "inner longer than outer", new byte[] {7 << 3 | 2, 3, 5 << 3 | 2, 100, 0});
        refuse(format, "long data lie", field(7, new byte[] {5 << 3 | 2, -1, -1, -1, 127, 9 << 3 | 2, -4, -1, -1, 127
        }));
        refuse(format, "name not utf-8", field(7, field(5, join(one, field(8, (byte) 0xC0, (byte) 0x80), four))));
        byte[] w = field(5, join(one, field(8, utf8("w")), four));
        refuse(format, "twice", field(7, join(w, w)));
        refuse(format, "external", initializer(one, field(13, field(1, utf8("location")))));
        byte[] plain = initializer(one, four);
        for (int cut = 1; cut < plain.length; cut++) {
            refuse(format, "cut at " + cut, Arrays.copyOf(plain, cut));
        }
    }
}
