package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTypeTest {
    @TempDir
    private Path folder;

    private Tensor read(StoredType type, String shape, byte... data) throws IOException {
        byte[] file = HostileFiles.file("{" + HostileFiles.entry("w", type.name(), shape, 0, data.length) + "}", data);
        return Safetensors.read(Files.write(folder.resolve("x.safetensors"), file))
                .get("w");
    }

    @Test
    void smallFloatsAreThoseOfTheirPapers() {
        assertArrayEquals(
                new float[] {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6},
                StoredType.F4.table());
        float[] e4m3 = StoredType.F8_E4M3.table();
        assertEquals(448, e4m3[0x7E]);
        assertEquals(0x1p-9f, e4m3[1]);
        assertEquals(0x1p-6f, e4m3[8]);
        assertEquals(1, e4m3[0x38]);
        assertTrue(Float.isNaN(e4m3[0x7F]) && Float.isNaN(e4m3[0xFF]));
        float[] e5m2 = StoredType.F8_E5M2.table();
        assertEquals(57344, e5m2[0x7B]);
        assertEquals(0x1p-16f, e5m2[1]);
        assertEquals(Float.NEGATIVE_INFINITY, e5m2[0xFC]);
        assertTrue(Float.isNaN(e5m2[0x7D]) && Float.isNaN(e5m2[0xFF]));
        assertEquals(240, StoredType.F8_E4M3FNUZ.table()[0x7F]);
        assertEquals(0x1p-10f, StoredType.F8_E4M3FNUZ.table()[1]);
        assertTrue(Float.isNaN(StoredType.F8_E4M3FNUZ.table()[0x80]));
        assertEquals(57344, StoredType.F8_E5M2FNUZ.table()[0x7F]);
        assertEquals(0x1p-17f, StoredType.F8_E5M2FNUZ.table()[1]);
        assertTrue(Float.isNaN(StoredType.F8_E5M2FNUZ.table()[0x80]));
        float[] e8m0 = StoredType.F8_E8M0.table();
        assertEquals(0x1p-127f, e8m0[0]);
        assertEquals(1, e8m0[127]);
        assertEquals(0x1p127f, e8m0[254]);
        assertTrue(Float.isNaN(e8m0[255]));
        assertEquals(7.5f, StoredType.F6_E2M3.table()[31]);
        assertEquals(0.125f, StoredType.F6_E2M3.table()[1]);
        assertEquals(28, StoredType.F6_E3M2.table()[31]);
        assertEquals(-0.0625f, StoredType.F6_E3M2.table()[33]);
    }

    /** E5M2 is the upper byte of half precision: an independent source of its 256 numbers. */
    @Test
    void e5m2IsTheUpperHalfOfF16() {
        float[] table = StoredType.F8_E5M2.table();
        for (int code = 0; code < 256; code++) {
            assertEquals(Float.float16ToFloat((short) (code << 8)), table[code], "code " + code);
        }
    }

    @Test
    void packedElementsStartAtTheLowestBit() throws IOException {
        assertArrayEquals(
                new float[] {1, -6}, read(StoredType.F4, "[2]", (byte) 0xF2).toFloatArray());
        // Codes 1, 2, 3, 4 of 6 bits: 1 | 2 << 6 | 3 << 12 | 4 << 18.
        int bits = 1 | 2 << 6 | 3 << 12 | 4 << 18;
        assertArrayEquals(
                new float[] {0.125f, 0.25f, 0.375f, 0.5f},
                read(StoredType.F6_E2M3, "[4]", (byte) bits, (byte) (bits >> 8), (byte) (bits >> 16))
                        .toFloatArray());
    }

    @Test
    void widensIntegersAndPairsComplexNumbers() throws IOException {
        assertEquals(
                "I32[2][-1, 1]",
                read(StoredType.I16, "[2]", (byte) -1, (byte) -1, (byte) 1, (byte) 0)
                        .toString());
        assertEquals(
                "I32[1][65535]",
                read(StoredType.U16, "[1]", (byte) -1, (byte) -1).toString());
        assertEquals(
                "I64[1][4294967295]",
                read(StoredType.U32, "[1]", (byte) -1, (byte) -1, (byte) -1, (byte) -1)
                        .toString());
        byte[] complex = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1.5f)
                .putFloat(-2)
                .array();
        assertEquals(
                "F32[1, 2][1.5, -2.0]", read(StoredType.C64, "[1]", complex).toString());
        byte[] largest = {-1, -1, -1, -1, -1, -1, -1, 127};
        assertEquals(
                "I64[][9223372036854775807]",
                read(StoredType.U64, "[]", largest).toString());
        largest[7] = -1;
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> read(StoredType.U64, "[]", largest));
        assertTrue(
                e.getMessage().contains("w: U64 must be at most 2^63 - 1 to be read as I64; got 18446744073709551615"),
                e.getMessage());
    }

    @Test
    void keepsTheBitsOfEveryHalfAndOfSignallingNaN() throws IOException {
        for (DType dtype : new DType[] {DType.BF16, DType.F16}) {
            short[] all = new short[65_536];
            for (int i = 0; i < all.length; i++) {
                all[i] = (short) i;
            }
            Path file = folder.resolve("halves.safetensors");
            Safetensors.write(file, Map.of("w", Tensor.wrap(dtype, all.clone(), Shape.of(256, 256))), Map.of());
            assertArrayEquals(all, (short[]) Safetensors.read(file).get("w").toArray());
        }
        int[] bits = {0x7F800001, 0xFFC12345, 0x7FFFFFFF, 0x80000000, 1};
        ByteBuffer data = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        data.asIntBuffer().put(bits);
        float[] read = (float[]) read(StoredType.F32, "[5]", data.array()).toArray();
        for (int i = 0; i < bits.length; i++) {
            assertEquals(bits[i], Float.floatToRawIntBits(read[i]));
        }
    }
}
