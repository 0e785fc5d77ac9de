package luthier.tensor.io;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import luthier.tensor.DType;
import luthier.tensor.kernel.BlockFormat;

/**
 * The element types of files, the 22 of safetensors and the blocks of GGUF, and the type of tensor that each is read as. Every number is
 * kept exactly.
 *
 * <table>
 * <caption>Types</caption>
 * <tr><th>in the file</th><th>bits</th><th>read as</th><th>meaning</th></tr>
 * <tr><td>F64 F32 F16 BF16</td><td>64 32 16 16</td><td>the same</td><td>bit for bit, NaN too</td></tr>
 * <tr><td>I64 I32 I8 U8 BOOL</td><td>64 32 8 8 8</td><td>the same</td><td>a BOOL other than 0 or 1 is an error</td></tr>
 * <tr><td>I16 U16</td><td>16</td><td>I32</td><td></td></tr>
 * <tr><td>U32 U64</td><td>32 64</td><td>I64</td><td>a U64 above 2^63 - 1 is an error</td></tr>
 * <tr><td>C64</td><td>64</td><td>F32</td><td>a last axis of 2 is added: real, imaginary</td></tr>
 * <tr><td>F8_E4M3</td><td>8</td><td>F32</td><td>bias 7, no infinity, NaN = 7F and FF, largest 448</td></tr>
 * <tr><td>F8_E5M2</td><td>8</td><td>F32</td><td>bias 15, infinities and NaN as IEEE 754, largest 57344</td></tr>
 * <tr><td>F8_E4M3FNUZ</td><td>8</td><td>F32</td><td>bias 8, no infinity, no -0, NaN = 80, largest 240</td></tr>
 * <tr><td>F8_E5M2FNUZ</td><td>8</td><td>F32</td><td>bias 16, no infinity, no -0, NaN = 80, largest 57344</td></tr>
 * <tr><td>F8_E8M0</td><td>8</td><td>F32</td><td>2^(code - 127), no sign, NaN = FF</td></tr>
 * <tr><td>F6_E2M3</td><td>6</td><td>F32</td><td>bias 1, finite, largest 7.5</td></tr>
 * <tr><td>F6_E3M2</td><td>6</td><td>F32</td><td>bias 3, finite, largest 28</td></tr>
 * <tr><td>F4</td><td>4</td><td>F32</td><td>E2M1: bias 1, finite, largest 6</td></tr>
 * <tr><td>Q4_0 .. Q8_0</td><td>a block of 32</td><td>F32</td><td>{@link luthier.tensor.BlockQuantized.Type}</td></tr>
 * <tr><td>Q2_K .. Q6_K</td><td>a block of 256</td><td>F32</td><td>{@link luthier.tensor.BlockQuantized.Type}</td></tr>
 * </table>
 *
 * <p>F6 and F4 are packed: element i lies in bits {@code [i * bits, (i + 1) * bits)} of the data, counted from the lowest bit of the first
 * byte; of two F4 in a byte the first is the low half. The formats: Micikevicius et al. 2022, arXiv:2209.05433 (F8_E4M3, F8_E5M2); Noune
 * et al. 2022, arXiv:2206.02915 (FNUZ); Rouhani et al. 2023, arXiv:2310.10537 (E8M0, F6, F4).
 */
public enum StoredType {
    /** Double precision. */
    F64(64, DType.F64),
    /** Single precision. */
    F32(32, DType.F32),
    /** Half precision. */
    F16(16, DType.F16),
    /** The upper half of single precision. */
    BF16(16, DType.BF16),
    /** 64-bit signed integers. */
    I64(64, DType.I64),
    /** 32-bit signed integers. */
    I32(32, DType.I32),
    /** 16-bit signed integers. */
    I16(16, DType.I32),
    /** 8-bit signed integers. */
    I8(8, DType.I8),
    /** 64-bit unsigned integers. */
    U64(64, DType.I64),
    /** 32-bit unsigned integers. */
    U32(32, DType.I64),
    /** 16-bit unsigned integers. */
    U16(16, DType.I32),
    /** 8-bit unsigned integers. */
    U8(8, DType.U8),
    /** Truth values, a byte each. */
    BOOL(8, DType.BOOL),
    /** Complex numbers of two F32. */
    C64(64, DType.F32),
    /** 8 bits: 4 of exponent, 3 of fraction. */
    F8_E4M3(8, DType.F32),
    /** 8 bits: 5 of exponent, 2 of fraction. */
    F8_E5M2(8, DType.F32),
    /** 8 bits: 4 of exponent, 3 of fraction; finite, unsigned zero. */
    F8_E4M3FNUZ(8, DType.F32),
    /** 8 bits: 5 of exponent, 2 of fraction; finite, unsigned zero. */
    F8_E5M2FNUZ(8, DType.F32),
    /** 8 bits of exponent: powers of two. */
    F8_E8M0(8, DType.F32),
    /** 6 bits: 2 of exponent, 3 of fraction. */
    F6_E2M3(6, DType.F32),
    /** 6 bits: 3 of exponent, 2 of fraction. */
    F6_E3M2(6, DType.F32),
    /** 4 bits: 2 of exponent, 1 of fraction. */
    F4(4, DType.F32),
    /** Blocks of 32 four-bit numbers with a scale. */
    Q4_0(BlockFormat.Q4_0),
    /** Blocks of 32 four-bit numbers with a scale and a least value. */
    Q4_1(BlockFormat.Q4_1),
    /** Blocks of 32 five-bit numbers with a scale. */
    Q5_0(BlockFormat.Q5_0),
    /** Blocks of 32 five-bit numbers with a scale and a least value. */
    Q5_1(BlockFormat.Q5_1),
    /** Blocks of 32 bytes with a scale. */
    Q8_0(BlockFormat.Q8_0),
    /** Blocks of 256 two-bit numbers, scales and least values in four bits for every 16. */
    Q2_K(BlockFormat.Q2_K),
    /** Blocks of 256 three-bit numbers, scales in six bits for every 16. */
    Q3_K(BlockFormat.Q3_K),
    /** Blocks of 256 four-bit numbers, scales and least values in six bits for every 32. */
    Q4_K(BlockFormat.Q4_K),
    /** Blocks of 256 five-bit numbers, scales and least values in six bits for every 32. */
    Q5_K(BlockFormat.Q5_K),
    /** Blocks of 256 six-bit numbers, scales in eight bits for every 16. */
    Q6_K(BlockFormat.Q6_K);

    /** The types of safetensors: those that store number by number. */
    static final List<StoredType> SINGLE =
            Arrays.stream(values()).filter(type -> type.block().isEmpty()).toList();

    private static final Map<String, StoredType> BY_NAME =
            SINGLE.stream().collect(Collectors.toUnmodifiableMap(StoredType::name, type -> type));

    private final int bits;
    private final DType readAs;
    private final Optional<BlockFormat> block;

    StoredType(int bits, DType readAs) {
        this.bits = bits;
        this.readAs = readAs;
        block = Optional.empty();
    }

    StoredType(BlockFormat format) {
        bits = Byte.SIZE * format.bytes();
        readAs = DType.F32;
        block = Optional.of(format);
    }

    /**
     * Returns the size of an element in the file; of a type in blocks, that of a block.
     *
     * {@snippet :
     * StoredType.F6_E3M2.bits(); // 6
     * }
     */
    public int bits() {
        return bits;
    }

    /**
     * Returns the type of the tensor that this type is read as.
     *
     * {@snippet :
     * StoredType.U16.readAs(); // I32
     * }
     */
    public DType readAs() {
        return readAs;
    }

    /**
     * Returns how many numbers share a block; 1 for a type that stores number by number.
     *
     * {@snippet :
     * StoredType.Q4_1.elements(); // 32
     * }
     */
    public int elements() {
        return block.map(BlockFormat::numbers).orElse(1);
    }

    /** Returns the layout of a block, for a type in blocks. */
    Optional<BlockFormat> block() {
        return block;
    }

    /** Returns the type of safetensors of this name. */
    static Optional<StoredType> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Returns the number behind each code of a type of at most 8 bits. */
    float[] table() {
        float[] table = new float[1 << bits];
        for (int code = 0; code < table.length; code++) {
            table[code] = switch (this) {
                case F8_E4M3 -> (code & 0x7F) == 0x7F ? Float.NaN : number(code, 4, 3, 7);
                case F8_E5M2 -> (code & 0x7C) == 0x7C ? special(code) : number(code, 5, 2, 15);
                case F8_E4M3FNUZ -> code == 0x80 ? Float.NaN : number(code, 4, 3, 8);
                case F8_E5M2FNUZ -> code == 0x80 ? Float.NaN : number(code, 5, 2, 16);
                case F8_E8M0 -> code == 0xFF ? Float.NaN : (float) Math.scalb(1.0, code - 127);
                case F6_E2M3 -> number(code, 2, 3, 1);
                case F6_E3M2 -> number(code, 3, 2, 3);
                case F4 -> number(code, 2, 1, 1);
                default -> throw new IllegalStateException(this + " has no table");
            };
        }
        return table;
    }

    private static float special(int code) {
        float magnitude = (code & 3) != 0 ? Float.NaN : Float.POSITIVE_INFINITY;
        return code < 0x80 ? magnitude : -magnitude;
    }

    /** (-1)^sign 2^(e - bias) (1 + f / 2^fractionBits), below the smallest exponent without the 1. */
    private static float number(int code, int exponentBits, int fractionBits, int bias) {
        int fraction = code & (1 << fractionBits) - 1;
        int exponent = code >> fractionBits & (1 << exponentBits) - 1;
        int significand = exponent == 0 ? fraction : fraction | 1 << fractionBits;
        float magnitude = Math.scalb((float) significand, Math.max(exponent, 1) - bias - fractionBits);
        return code >> exponentBits + fractionBits == 0 ? magnitude : -magnitude;
    }
}
