package luthier.tensor.io;

import static luthier.tensor.io.TorchFiles.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.HostileFiles.Zipped;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class TorchZipTest {
    private static final byte[] SIX = floats(0, 1, 2, 3, 4, 5);

    @TempDir
    private Path folder;

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("pytorch_model.bin"), content);
    }

    private String refusal(byte[] content) throws IOException {
        Path file = file(content);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> TorchZip.read(file));
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        return e.rule();
    }

    @Test
    void knowsItsTensorsWithoutReadingThem() throws IOException {
        byte[] content = TorchFiles.table()
                .view("w", 6, 0, new long[] {2, 3}, 3, 1)
                .vector("n", "LongStorage", "1", 1)
                .zip(SIX, new byte[] {7, 0, 0, 0, 0, 0, 0, 0});
        try (TensorFile opened = TorchZip.open(file(content))) {
            assertEquals(
                    List.of(
                            new StoredTensor("w", StoredType.F32, Shape.of(2, 3), 24),
                            new StoredTensor("n", StoredType.I64, Shape.of(1), 8)),
                    List.copyOf(opened.tensors().values()));
            assertEquals(Map.of(), opened.metadata());
            assertEquals(
                    "F32[2, 3][0.0, 1.0, 2.0, 3.0, 4.0, 5.0]", opened.read("w").toString());
            assertEquals("I64[1][7]", opened.read("n").toString());
            assertThrows(IllegalArgumentException.class, () -> opened.read("v"));
        }
    }

    @Test
    void readsEveryTypeOfStorage() throws IOException {
        Map<String, String> expected = Map.of(
                "FloatStorage", "F32[1][2.0]",
                "DoubleStorage", "F64[1][2.0]",
                "HalfStorage", "F16[1][2.0]",
                "BFloat16Storage", "BF16[1][2.0]",
                "LongStorage", "I64[1][2]",
                "IntStorage", "I32[1][2]",
                "ShortStorage", "I32[1][2]",
                "CharStorage", "I8[1][2]",
                "ByteStorage", "U8[1][2]",
                "BoolStorage", "BOOL[1][true]");
        Map<String, byte[]> bytes = Map.of(
                "FloatStorage", floats(2),
                "DoubleStorage", new byte[] {0, 0, 0, 0, 0, 0, 0, 0x40},
                "HalfStorage", new byte[] {0, 0x40},
                "BFloat16Storage", new byte[] {0, 0x40},
                "LongStorage", new byte[] {2, 0, 0, 0, 0, 0, 0, 0},
                "IntStorage", new byte[] {2, 0, 0, 0},
                "ShortStorage", new byte[] {2, 0},
                "CharStorage", new byte[] {2},
                "ByteStorage", new byte[] {2},
                "BoolStorage", new byte[] {1});
        for (Map.Entry<String, String> type : expected.entrySet()) {
            byte[] content =
                    TorchFiles.table().vector("w", type.getKey(), "0", 1).zip(bytes.get(type.getKey()));
            assertEquals(
                    "{w=" + type.getValue() + "}", TorchZip.read(file(content)).toString());
        }
    }

    @Test
    void readsViewsOfAStorage() throws IOException {
        byte[] content = TorchFiles.table()
                .view("transposed", 6, 0, new long[] {3, 2}, 1, 3)
                .view("cut", 6, 4, new long[] {2}, 1)
                .view("stepped", 6, 0, new long[] {2, 1, 2}, 3, 99, 2)
                .view("expanded", 6, 5, new long[] {3, 2}, 0, 0)
                .view("number", 6, 2, new long[0])
                .view("empty", 6, 6, new long[] {0, 5}, 5, 1)
                .zip(SIX);
        Map<String, Tensor> tensors = TorchZip.read(file(content));
        assertEquals(
                "F32[3, 2][0.0, 3.0, 1.0, 4.0, 2.0, 5.0]",
                tensors.get("transposed").toString());
        assertEquals("F32[2][4.0, 5.0]", tensors.get("cut").toString());
        assertEquals("F32[2, 1, 2][0.0, 2.0, 3.0, 5.0]", tensors.get("stepped").toString());
        assertEquals(
                "F32[3, 2][5.0, 5.0, 5.0, 5.0, 5.0, 5.0]",
                tensors.get("expanded").toString());
        assertEquals("F32[][2.0]", tensors.get("number").toString());
        assertEquals(Shape.of(0, 5), tensors.get("empty").shape());
    }

    @Test
    void readsStateDictsWithVersionsAndParameters() throws IOException {
        byte[] content = TorchFiles.bare()
                .op(0x80, 2)
                .symbol("collections", "OrderedDict")
                .op(')', 'R', '(')
                .text("w")
                .symbol("torch._utils", "_rebuild_parameter")
                .op('(')
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1})
                .op(0x88)
                .symbol("collections", "OrderedDict")
                .op(')', 'R', 't', 'R', 'u', '}')
                .text("_metadata")
                .symbol("collections", "OrderedDict")
                .op(')', 'R')
                .text("")
                .op('}')
                .text("version")
                .op('K', 1, 's', 's', 's', 'b')
                .zip(SIX);
        assertEquals(
                "{w=F32[6][0.0, 1.0, 2.0, 3.0, 4.0, 5.0]}",
                TorchZip.read(file(content)).toString());
    }

    /** A module's state_dict() as PyTorch 2.13 saved it: two ends of the zip, versions, whole numbers. */
    @Test
    void readsWhatTorchWrote() throws IOException {
        byte[] content = TorchFiles.written();
        try (TensorFile opened = TorchZip.open(file(content))) {
            assertEquals(
                    List.of(
                            "embed_dim",
                            "interchange_dim",
                            "proj_layer.weight",
                            "learned_source.weight",
                            "learned_source.bias"),
                    List.copyOf(opened.tensors().keySet()));
            assertEquals("I64[][16]", opened.read("embed_dim").toString());
            Tensor weight = opened.read("proj_layer.weight");
            assertEquals(Shape.of(2, 16), weight.shape());
            assertEquals(0.37456042f, (float) weight.select(0, 0).select(0, 0).item());
        }
    }

    @Test
    void readsBigEndianNumbers() throws IOException {
        byte[] content = HostileFiles.zip(
                Zipped.stored(
                        "a/data.pkl",
                        TorchFiles.table()
                                .vector("w", "IntStorage", "0", 1)
                                .op('.')
                                .pickle()),
                Zipped.stored("a/byteorder", HostileFiles.utf8("big")),
                Zipped.stored("a/data/0", new byte[] {0, 0, 1, 2}));
        assertEquals("{w=I32[1][258]}", TorchZip.read(file(content)).toString());
    }

    /** What Python would run, look up or build. */
    @TestFactory
    Stream<DynamicTest> refusesEverySymbolAndObjectByName() {
        Map<String, TorchFiles> attacks = Map.ofEntries(
                Map.entry("posix.system", TorchFiles.bare().op(0x80, 2).symbol("posix", "system")),
                Map.entry(
                        "builtins.eval",
                        TorchFiles.bare()
                                .op(0x80, 2)
                                .text("builtins")
                                .text("eval")
                                .op(0x93)),
                Map.entry("torch.load", TorchFiles.bare().op(0x80, 2).symbol("torch", "load")),
                Map.entry(
                        "torch._utils._rebuild_tensor_v3",
                        TorchFiles.bare().op(0x80, 2).symbol("torch._utils", "_rebuild_tensor_v3")),
                Map.entry(
                        "collections.OrderedDict.fromkeys",
                        TorchFiles.bare().op(0x80, 2).symbol("collections", "OrderedDict.fromkeys")),
                Map.entry(
                        "collections.OrderedDict",
                        TorchFiles.bare()
                                .op(0x80, 2)
                                .text("")
                                .text("collections.OrderedDict")
                                .op(0x93)),
                Map.entry(
                        "INST of os.system",
                        TorchFiles.bare().op(0x80, 2, '(').text("id").raw("ios\nsystem\n")),
                Map.entry("OBJ", TorchFiles.bare().op(0x80, 2, '(', 'o')),
                Map.entry(
                        "NEWOBJ of collections.OrderedDict",
                        TorchFiles.bare()
                                .op(0x80, 2)
                                .symbol("collections", "OrderedDict")
                                .op(')', 0x81)),
                Map.entry(
                        "NEWOBJ_EX of collections.OrderedDict",
                        TorchFiles.bare()
                                .op(0x80, 2)
                                .symbol("collections", "OrderedDict")
                                .op(')', '}', 0x92)),
                Map.entry("EXT1", TorchFiles.bare().op(0x80, 2, 0x82, 1)),
                Map.entry("EXT4", TorchFiles.bare().op(0x80, 2, 0x84, 1, 0, 0, 0)),
                Map.entry("PERSID", TorchFiles.bare().op(0x80, 2).raw("P0\n")),
                Map.entry(
                        "BUILD may give",
                        TorchFiles.bare()
                                .op(0x80, 2)
                                .symbol("collections", "OrderedDict")
                                .op(')', 'R', '}')
                                .text("__class__")
                                .op('N', 's', 'b')),
                Map.entry(
                        "only an OrderedDict without arguments",
                        TorchFiles.bare()
                                .op(0x80, 2)
                                .symbol("collections", "OrderedDict")
                                .op(']', 0x85, 'R')),
                Map.entry("opcode 0x30", TorchFiles.bare().op(0x80, 2, 'N', '0')));
        return attacks.entrySet().stream()
                .map(attack -> DynamicTest.dynamicTest(attack.getKey(), () -> {
                    String rule = refusal(attack.getValue().zip());
                    assertTrue(rule.contains(attack.getKey()), rule);
                }));
    }

    @TestFactory
    Stream<DynamicTest> refusesViewsThatLieOutsideOrRepeatTooMuch() {
        long huge = 1L << 62;
        Map<String, TorchFiles> views = Map.ofEntries(
                Map.entry("must lie inside its storage 1", TorchFiles.table().view("w", 6, 0, new long[] {7}, 1)),
                Map.entry("must lie inside its storage 2", TorchFiles.table().view("w", 6, 6, new long[0])),
                Map.entry("must lie inside its storage 3", TorchFiles.table().view("w", 6, 0, new long[] {2, 3}, 4, 1)),
                Map.entry("must lie inside its storage 4", TorchFiles.table().view("w", 6, 7, new long[] {0}, 1)),
                Map.entry("must not be negative 1", TorchFiles.table().view("w", 6, -1, new long[] {1}, 1)),
                Map.entry("must not be negative 2", TorchFiles.table().view("w", 6, 5, new long[] {2}, -1)),
                Map.entry("must not be negative 3", TorchFiles.table().view("w", 6, 0, new long[] {-1}, 1)),
                Map.entry("at most 16 times 1", TorchFiles.table().view("w", 6, 0, new long[] {97}, 0)),
                Map.entry("at most 16 times 2", TorchFiles.table().view("w", 6, 0, new long[] {1L << 60}, 0)),
                Map.entry("must stay below 2^63 1", TorchFiles.table().view("w", 6, 0, new long[] {huge, 4}, 0, 0)),
                Map.entry("must stay below 2^63 2", TorchFiles.table().view("w", 6, 0, new long[] {3}, huge)),
                Map.entry(
                        "must stay below 2^63 3", TorchFiles.table().view("w", 6, 0, new long[] {0, huge, 4}, 0, 0, 0)),
                Map.entry("and a stride for each", TorchFiles.table().view("w", 6, 0, new long[] {2, 3}, 1)),
                Map.entry("at most 64 axes", TorchFiles.table().view("w", 6, 0, ones(65), ones(65))));
        return views.entrySet().stream()
                .map(view -> DynamicTest.dynamicTest(view.getKey(), () -> {
                    String rule = refusal(view.getValue().zip(SIX));
                    assertTrue(rule.contains(view.getKey().replaceAll(" [1-4]$", "")), rule);
                }));
    }

    private static long[] ones(int n) {
        long[] ones = new long[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    @Test
    void refusesStoragesThatAreNotWhatTheFileHolds() throws IOException {
        assertEquals(
                "the entry archive/data/1 is missing",
                refusal(TorchFiles.table().vector("w", "FloatStorage", "1", 6).zip(SIX)));
        assertTrue(refusal(
                        TorchFiles.table().vector("w", "FloatStorage", "0", 7).zip(SIX))
                .startsWith("a storage must have the size of its entry; got 7 elements of 4 bytes, 24 bytes in"));
        assertTrue(refusal(TorchFiles.table()
                        .vector("w", "FloatStorage", "0", 6)
                        .vector("v", "IntStorage", "0", 6)
                        .zip(SIX))
                .startsWith("a storage must be the same wherever it is named; got 0 as I32 [6] and as F32 [6]"));
        assertTrue(refusal(TorchFiles.table()
                        .vector("w", "FloatStorage", "../0", 6)
                        .zip(SIX))
                .startsWith("what lies outside a pickle must be"));
        byte[] damaged = TorchFiles.table().vector("w", "FloatStorage", "0", 6).zip(SIX);
        int at = new String(damaged, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("archive/data/0") + 14;
        damaged[at] ^= 1;
        assertEquals("archive/data/0: the checksum must be the directory's; the data are damaged", refusal(damaged));
    }

    @Test
    void refusesWhatIsNoTableOfTensors() throws IOException {
        assertTrue(refusal(TorchFiles.table()
                        .vector("w", "FloatStorage", "0", 6)
                        .vector("w", "FloatStorage", "0", 6)
                        .zip(SIX))
                .endsWith("names must be unique; got w twice"));
        assertEquals(
                "epoch: every value of the table must be a tensor; got a whole number; save the model's state_dict() alone",
                refusal(TorchFiles.table().text("epoch").op('K', 3, 's').zip()));
        assertTrue(refusal(TorchFiles.table().op('K', 3, 'N', 's').zip())
                .startsWith("a table's keys must be names; got a whole number"));
        assertEquals(
                "a torch file must hold a table from names to tensors; got a list",
                refusal(TorchFiles.bare().op(0x80, 2, ']').zip()));
        assertTrue(refusal(TorchFiles.bare().op(0x80, 2, 'N', 'N').zip())
                .startsWith("a pickle must leave one value and end there"));
        assertTrue(refusal(TorchFiles.bare().op('N', 0x80, 2).zip())
                .startsWith("a pickle must say protocol 2 to 5 at its start"));
    }

    @Test
    void refusesOtherFilesByName() throws IOException {
        assertTrue(refusal(new byte[] {(byte) 0x80, 2, (byte) 0x8A, 10, 108, (byte) 0xFC, (byte) 0x9C, 70, (byte) 0xF9})
                .startsWith("a torch file must be a zip; this is a bare pickle, as torch wrote before 1.6"));
        assertEquals(
                "a torch file must be a zip; this is a Git LFS pointer: fetch the file itself (git lfs pull), not a"
                        + " torch file",
                refusal(HostileFiles.utf8("version https://git-lfs.github.com/spec/v1\n")));
        assertEquals(
                "a torch file must hold NAME/data.pkl; got none; this is an npz file",
                refusal(HostileFiles.zip(Zipped.stored("a.npy", new byte[1]))));
        byte[] pickle = TorchFiles.table().op('.').pickle();
        assertEquals(
                "a torch file must hold weights; got a TorchScript program; save its state_dict()",
                refusal(HostileFiles.zip(
                        Zipped.stored("a/data.pkl", pickle), Zipped.stored("a/constants.pkl", pickle))));
        assertTrue(refusal(HostileFiles.zip(Zipped.deflated("a/data.pkl", pickle, pickle.length)))
                .startsWith("a/data.pkl: entries must be stored as torch stores them, not deflated"));
        assertEquals(
                "a torch file must hold one data.pkl; got two",
                refusal(HostileFiles.zip(Zipped.stored("a/data.pkl", pickle), Zipped.stored("b/data.pkl", pickle))));
    }

    @Test
    void refusesAFileCutOffAnywhere() throws IOException {
        byte[] whole = TorchFiles.table().vector("w", "FloatStorage", "0", 6).zip(SIX);
        for (int length = 0; length < whole.length; length++) {
            refusal(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void cannotBeReadAfterClosing() throws IOException {
        TensorFile opened = TorchZip.open(
                file(TorchFiles.table().vector("w", "FloatStorage", "0", 6).zip(SIX)));
        opened.close();
        opened.close();
        assertThrows(IllegalStateException.class, () -> opened.read("w"));
    }
}
