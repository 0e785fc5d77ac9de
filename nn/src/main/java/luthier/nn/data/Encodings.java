package luthier.nn.data;

import java.util.List;

/** What a file is that is no text in UTF-8, by its first bytes. */
final class Encodings {
    private static final int LOOKED_AT = 512;
    private static final String UNPACK = "unpack it first";
    private static final String EXPORT = "export the rows as CSV or JSONL";

    /** The first bytes of a kind of file; -1 stands for any control character but white space, which no text holds there. */
    private record Signature(String kind, String repair, int... bytes) {
        boolean begins(byte[] content, int length) {
            if (length < bytes.length) {
                return false;
            }
            for (int i = 0; i < bytes.length; i++) {
                int found = content[i] & 0xFF;
                if (bytes[i] < 0 ? found >= 32 || WhiteSpace.is(found) : found != bytes[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Signature> SIGNATURES = List.of(
            new Signature("gzip data", UNPACK, 0x1F, 0x8B),
            new Signature("a zip file (a workbook such as .xlsx is one too)", EXPORT, 'P', 'K', -1, -1),
            new Signature("a parquet file", EXPORT, 'P', 'A', 'R', '1', -1),
            new Signature("an Arrow file", EXPORT, 'A', 'R', 'R', 'O', 'W', '1', 0),
            new Signature("an old workbook (.xls)", EXPORT, 0xD0, 0xCF, 0x11, 0xE0),
            new Signature("an SQLite file", EXPORT, 'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't'),
            new Signature("xz data", UNPACK, 0xFD, '7', 'z', 'X', 'Z', 0),
            new Signature("a 7z file", UNPACK, '7', 'z', 0xBC, 0xAF),
            new Signature("zstd data", UNPACK, 0x28, 0xB5, 0x2F, 0xFD),
            new Signature("bzip2 data", UNPACK, 'B', 'Z', 'h', '9', 0x31, 0x41, 0x59),
            new Signature("text in UTF-32", "save the file as UTF-8", 0xFF, 0xFE, 0, 0),
            new Signature("text in UTF-32", "save the file as UTF-8", 0, 0, 0xFE, 0xFF),
            new Signature("text in UTF-16", "save the file as UTF-8", 0xFF, 0xFE),
            new Signature("text in UTF-16", "save the file as UTF-8", 0xFE, 0xFF));

    private Encodings() {}

    /** Refuses what is no UTF-8 by the file's first bytes, naming what it is. */
    static void requireUtf8(String file, byte[] content, int length) {
        for (Signature signature : SIGNATURES) {
            if (signature.begins(content, length)) {
                throw refusal(file, signature.kind(), signature.repair());
            }
        }
        // Without a mark: text of 16 or 32 bits a character has a zero beside each letter of Latin, UTF-8 has none. The
        // header may be
        // the only Latin text, so its first letters say it too.
        requireNoWideText(file, content, Math.min(length, LOOKED_AT) & ~3);
        requireNoWideText(file, content, Math.min(length, 4) & ~3);
    }

    private static void requireNoWideText(String file, byte[] content, int looked) {
        int[] zeros = new int[4];
        for (int i = 0; i < looked; i++) {
            zeros[i & 3] += content[i] == 0 ? 1 : 0;
        }
        int quarter = looked / 8;
        boolean little = zeros[1] > quarter && zeros[3] > quarter && zeros[0] == 0;
        boolean big = zeros[0] > quarter && zeros[2] > quarter && zeros[3] == 0;
        if (little || big) {
            boolean wide = little ? zeros[2] > quarter : zeros[1] > quarter;
            throw refusal(file, wide ? "text in UTF-32" : "text in UTF-16", "save the file as UTF-8");
        }
    }

    private static DataException refusal(String file, String kind, String repair) {
        return new DataException(file, 1, 1, "must be text in UTF-8; got " + kind + "; " + repair);
    }
}
