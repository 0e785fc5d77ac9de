package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import luthier.golden.GgufBytes;
import luthier.tensor.BlockQuantized;
import luthier.tensor.DType;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads files written here; {@link HostileFilesTest} has those that must be refused. */
class GgufFileTest {
    private static final Tensor W = Rng.of(1).normal(DType.F32, Shape.of(70, 64), 0, 1);

    @TempDir
    private Path folder;

    private GgufFile open(GgufBytes file) throws IOException {
        return GgufFile.open(write(file));
    }

    private Path write(GgufBytes file) throws IOException {
        return Files.write(folder.resolve("model.gguf"), file.build());
    }

    @Test
    void metadataHaveTheirTypes() throws IOException {
        GgufBytes file = new GgufBytes()
                .text("text", "é")
                .number("count", GgufBytes.U16, 65535)
                .number("least", GgufBytes.I8, -128)
                .raw("largest", GgufBytes.U64, GgufBytes.number(8, -1))
                .number("single", GgufBytes.F32, 1e-5)
                .number("double", GgufBytes.F64, 1e-5)
                .number("flag", GgufBytes.BOOL, 1)
                .texts("tokens", "a", "", "b")
                .numbers("types", GgufBytes.I32, 1, -2);
        try (GgufFile opened = open(file)) {
            assertEquals(3, opened.version());
            assertEquals(Optional.of("é"), opened.metadata().get("text").text());
            assertEquals(Optional.of(65535L), opened.metadata().get("count").whole());
            assertEquals(Optional.of(-128L), opened.metadata().get("least").whole());
            assertEquals(Optional.empty(), opened.metadata().get("largest").whole());
            assertEquals(
                    "18446744073709551615", opened.metadata().get("largest").toString());
            assertEquals(
                    Optional.of((double) 1e-5f), opened.metadata().get("single").number());
            assertEquals(Optional.of(1e-5), opened.metadata().get("double").number());
            assertEquals(Optional.of(65535.0), opened.metadata().get("count").number());
            assertEquals(Optional.of(true), opened.metadata().get("flag").truth());
            assertEquals(Optional.empty(), opened.metadata().get("flag").number());
            List<GgufValue> tokens = opened.metadata().get("tokens").items().orElseThrow();
            assertEquals("[a, , b]", tokens.toString());
            assertEquals("text", ((GgufValue.Items) tokens).kind());
            assertEquals("[1, -2]", opened.metadata().get("types").toString());
            assertThrows(
                    UnsupportedOperationException.class, () -> opened.metadata().clear());
        }
    }

    @Test
    void blocksAreUnpackedOrKept() throws IOException {
        for (BlockQuantized.Type type : List.of(BlockQuantized.Type.Q4_1, BlockQuantized.Type.Q5_0)) {
            BlockQuantized q = BlockQuantized.of(type, W);
            int number = type == BlockQuantized.Type.Q4_1 ? 3 : 6;
            try (GgufFile file = open(new GgufBytes().tensor("w", new long[] {64, 70}, number, q.blocks()))) {
                assertEquals(
                        new StoredTensor("w", StoredType.valueOf(type.name()), Shape.of(70, 64), q.bytes()),
                        file.tensors().get("w"));
                assertTrue(file.read("w").bitEquals(q.dequantize()));
                FrozenMatrix kept = file.frozen("w").orElseThrow();
                assertEquals(q.bytes(), kept.bytes());
                assertTrue(kept.dequantize().bitEquals(q.dequantize()));
                Tensor rows = file.frozen("w", 69, 0, 3).orElseThrow().dequantize();
                assertEquals(Shape.of(3, 64), rows.shape());
                assertTrue(rows.select(0, 0).bitEquals(q.dequantize().select(0, 69)));
                assertTrue(rows.select(0, 2).bitEquals(q.dequantize().select(0, 3)));
                assertThrows(IndexOutOfBoundsException.class, () -> file.frozen("w", 70));
            }
        }
    }

    @Test
    void numbersOneByOneAreNoBlocks() throws IOException {
        try (WeightSource file = WeightSource.open(write(new GgufBytes()
                .floats("w", new long[] {3, 2}, 1, 2, 3, 4, 5, 6)
                .tensor("h", new long[] {2}, 30, (byte) 0x80, (byte) 0x3F, (byte) 0, (byte) 0xC0)))) {
            assertEquals(
                    "F32[2, 3][1.0, 2.0, 3.0, 4.0, 5.0, 6.0]", file.read("w").toString());
            assertEquals("BF16[2][1.0, -2.0]", file.read("h").toString());
            assertTrue(file.frozen("w").isEmpty());
            assertEquals(
                    "read: the file must hold the tensor; got \"v\" for " + folder.resolve("model.gguf"),
                    assertThrows(IllegalArgumentException.class, () -> file.frozen("v"))
                            .getMessage());
        }
    }

    @Test
    void afterClosingNothingIsRead() throws IOException {
        GgufFile file = open(new GgufBytes().floats("w", new long[] {1}, 1));
        file.close();
        file.close();
        assertEquals(
                "read: the file must be open; got the closed " + folder.resolve("model.gguf"),
                assertThrows(IllegalStateException.class, () -> file.read("w")).getMessage());
    }

    @Test
    void filesOfOneModelAreOpenedByAnyOfThem() throws IOException {
        for (int i = 0; i < 2; i++) {
            GgufBytes part = new GgufBytes()
                    .number("split.no", GgufBytes.U16, i)
                    .number("split.count", GgufBytes.U16, 2)
                    .number("only", GgufBytes.U8, i)
                    .floats("w" + i, new long[] {1}, i);
            Files.write(folder.resolve("m-0000" + (i + 1) + "-of-00002.gguf"), part.build());
        }
        for (int i = 1; i <= 2; i++) {
            try (GgufFile file = GgufFile.open(folder.resolve("m-0000" + i + "-of-00002.gguf"))) {
                assertEquals("{w0=F32[1][0.0], w1=F32[1][1.0]}", file.readAll().toString());
                assertEquals("0", file.metadata().get("only").toString());
                assertEquals(folder.resolve("m-00001-of-00002.gguf").toString(), file.source());
            }
        }
        Path second = folder.resolve("m-00002-of-00002.gguf");
        Files.move(second, folder.resolve("m2.gguf"));
        refused("m-00001-of-00002.gguf", "all 2 files must be there; got no m-00002-of-00002.gguf (at byte 0)");
        refused(
                "m2.gguf",
                "one of 2 files must be named NAME-00001-of-00002.gguf by split.count, so that the others are found; got"
                        + " m2.gguf (at byte 0)");
    }

    private void refused(String name, String rule) {
        Path path = folder.resolve(name);
        assertEquals(
                path + ": " + rule,
                assertThrows(ModelFormatException.class, () -> GgufFile.open(path))
                        .getMessage());
    }

    private void refused(GgufBytes file, String rule) throws IOException {
        write(file);
        refused("model.gguf", rule);
    }

    @Test
    void errorsNameWhatIsWrong() throws IOException {
        refused(
                new GgufBytes().version(3 << 24),
                "header: the file must be little-endian; got a big-endian one of version 3; convert it (at byte 4)");
        refused(
                new GgufBytes().magic("<!do"),
                "header: the file must begin with GGUF; this is a web page, not GGUF (at byte 0)");
        refused(
                new GgufBytes().raw("a.b", GgufBytes.TEXT, GgufBytes.number(8, 9)),
                "metadata a.b: the rest of the file and a Java array must hold the bytes of a text; got 9 with 0 bytes"
                        + " left (at byte 39)");
        refused(
                new GgufBytes().number("general.alignment", GgufBytes.U32, 12),
                "metadata general.alignment: must be a multiple of 8 above 0; got 12 (at byte 24)");
        refused(
                new GgufBytes()
                        .entry(GgufBytes.text("w\n"), new long[] {256}, 23, 0)
                        .data(new byte[136]),
                "tensor w\\u000a: the type must be one of F64, F32, F16, BF16, I64, I32, I16, I8, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0,"
                        + " Q2_K, Q3_K, Q4_K, Q5_K, Q6_K; got number 23, IQ4_XS, which is not read here (at byte 46)");
        refused(
                new GgufBytes()
                        .entry(GgufBytes.text("w"), new long[] {1}, 0, 64)
                        .data(new byte[4]),
                "tensor w: the data must lie in the file; got 4 bytes from 64 + 64 on, in a file of 96 (at byte 57)");
    }

    @Test
    void aFileOfAnotherFormatIsNone() throws IOException {
        assertTrue(GgufFile.isOne(write(new GgufBytes())));
        assertFalse(GgufFile.isOne(Files.writeString(folder.resolve("a"), "GG")));
    }
}
