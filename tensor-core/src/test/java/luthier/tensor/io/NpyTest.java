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
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Also reads files that numpy 2.4 wrote. */
class NpyTest {
    /** {@code np.save} of {@code np.asfortranarray(np.arange(6, dtype='>f8').reshape(2, 3))}. */
    private static final String FORTRAN =
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAEAIAAAAAAAAP/AAAAAA"
                    + "AABAEAAAAAAAAEAAAAAAAAAAQBQAAAAAAAA=";
    /** Version 3.0 of {@code np.array([[1, 2]], dtype='<u4')}. */
    private static final String VERSION_3 =
            "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8dTQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwgMiksIH0gICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAgAAAA==";
    /** {@code np.savez(a=np.array([1.5, -2], '<f4'), b=np.arange(6, dtype='>i2').reshape(2, 3))}. */
    private static final String STORED =
            "UEsDBC0AAAAAAAAAIQDWQ0sF//////////8FABQAYS5ucHkBABAAiAAAAAAAAACIAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog"
                    + "JzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAADAPwAAAMBQSwMELQAAAAAAAAAhAJC83cL//////////wUAFABiLm5w"
                    + "eQEAEACMAAAAAAAAAIwAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3No"
                    + "YXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA"
                    + "AAABAAIAAwAEAAVQSwECLQMtAAAAAAAAACEA1kNLBYgAAACIAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5ucHlQSwECLQMtAAAAAAAA"
                    + "ACEAkLzdwowAAACMAAAABQAAAAAAAAAAAAAAgAG/AAAAYi5ucHlQSwUGAAAAAAIAAgBmAAAAggEAAAAA";
    /** {@code np.savez_compressed(a=np.array([1.5, -2], '<f4'), z=np.zeros((2, 200)))}. */
    private static final String DEFLATED =
            "UEsDBC0AAAAIAAAAIQDWQ0sF//////////8FABQAYS5ucHkBABAAiAAAAAAAAABLAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6l"
                    + "oG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC4GhgP2DEACAFBLAwQtAAAACAAAACEAIdCFy///"
                    + "////////BQAUAHoubnB5AQAQAAANAAAAAAAAXwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SS"
                    + "ChJ3S8wpTgWKF2ckFqQC+RpGOgpGBgaaOgq1CmQCLoZRMApGwSgYBaNgFIyCUTAKRsEooBMAAFBLAQItAy0AAAAIAAAAIQDWQ0sF"
                    + "SwAAAIgAAAAFAAAAAAAAAAAAAACAAQAAAABhLm5weVBLAQItAy0AAAAIAAAAIQAh0IXLXwAAAAANAAAFAAAAAAAAAAAAAACAAYIA"
                    + "AAB6Lm5weVBLBQYAAAAAAgACAGYAAAAYAQAAAAA=";

    @TempDir
    private Path folder;

    private Path numpy(String base64) throws IOException {
        return Files.write(folder.resolve("numpy"), Base64.getDecoder().decode(base64));
    }

    @Test
    void readsWhatNumpyWrote() throws IOException {
        assertEquals(
                "F64[2, 3][0.0, 1.0, 2.0, 3.0, 4.0, 5.0]",
                Npy.read(numpy(FORTRAN)).toString());
        assertEquals("I64[1, 2][1, 2]", Npy.read(numpy(VERSION_3)).toString());
        assertEquals(
                "{a=F32[2][1.5, -2.0], b=I32[2, 3][0, 1, 2, 3, 4, 5]}",
                Npz.read(numpy(STORED)).toString());
        Map<String, Tensor> deflated = Npz.read(numpy(DEFLATED));
        assertEquals("F32[2][1.5, -2.0]", deflated.get("a").toString());
        assertTrue(Tensor.zeros(DType.F64, 2, 200).bitEquals(deflated.get("z")));
    }

    @ParameterizedTest
    @EnumSource(names = "BF16", mode = EnumSource.Mode.EXCLUDE)
    void returnsWhatWasWritten(DType dtype) throws IOException {
        Tensor values = Tensor.of(new float[] {0, 1, 0, 1, 1, 1}, 2, 3).to(dtype);
        for (Tensor tensor : new Tensor[] {
            values,
            values.transpose(0, 1),
            values.select(0, 0),
            values.select(0, 0).select(0, 1),
            values.slice(0, 1, 1)
        }) {
            Path file = folder.resolve("x.npy");
            Npy.write(file, tensor);
            assertTrue(tensor.bitEquals(Npy.read(file)), tensor.toString());
            assertEquals(0, (Files.size(file) - tensor.elementCount() * dtype.bytes()) % 64);
            Npz.write(folder.resolve("x.npz"), Map.of("t", tensor));
            assertTrue(tensor.bitEquals(Npz.read(folder.resolve("x.npz")).get("t")), tensor.toString());
        }
    }

    @Test
    void keepsComplexPairsTogether() throws IOException {
        byte[] data = new byte[32];
        for (int i = 0; i < 4; i++) {
            ByteBuffer.wrap(data)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(8 * i, i)
                    .putFloat(8 * i + 4, -i);
        }
        byte[] file = HostileFiles.npy(1, HostileFiles.dict("<c8", "(2, 2)").replace("False", "True"), data);
        Tensor read = Npy.read(Files.write(folder.resolve("c.npy"), file));
        assertEquals(Shape.of(2, 2, 2), read.shape());
        assertArrayEquals(new float[] {0, 0, 2, -2, 1, -1, 3, -3}, read.toFloatArray());
    }

    @Test
    void writesTheSameBytesWheneverItIsAsked() throws IOException {
        Map<String, Tensor> tensors = Map.of("b", Tensor.scalar(1f), "a", Tensor.scalar(2.0), "c", Tensor.scalar(3f));
        Npz.write(folder.resolve("one"), tensors);
        Npz.write(folder.resolve("two"), new TreeMap<>(tensors));
        assertArrayEquals(Files.readAllBytes(folder.resolve("one")), Files.readAllBytes(folder.resolve("two")));
    }

    @Test
    void refusesWhatNumpyLacks() {
        DTypeException e = assertThrows(
                DTypeException.class,
                () -> Npy.write(folder.resolve("x"), Tensor.scalar(1f).to(DType.BF16)));
        assertEquals(
                "npy: numpy's types are F64, F32, F16, I64, I32, I8, U8 and BOOL; got BF16; convert with to(F32)",
                e.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> Npz.write(folder.resolve("x"), Map.of("../a", Tensor.scalar(1f))));
    }

    @Test
    void namesTheFaultOfAnObjectArray() throws IOException {
        Path file =
                Files.write(folder.resolve("o.npy"), HostileFiles.npy(1, HostileFiles.dict("|O", "(1,)"), new byte[8]));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> Npy.read(file));
        assertEquals(
                file + ": arrays of Python objects hold a pickle, which is code, and are refused; got |O (at byte 19)",
                e.getMessage());
    }
}
