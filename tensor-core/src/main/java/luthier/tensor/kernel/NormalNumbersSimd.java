package luthier.tensor.kernel;

import static luthier.tensor.kernel.NormalNumbers.FRACTION_BITS;
import static luthier.tensor.kernel.NormalNumbers.LN2_HIGH;
import static luthier.tensor.kernel.NormalNumbers.LN2_LOW;
import static luthier.tensor.kernel.NormalNumbers.SQRT_HALF_BITS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link NormalNumbers#fill} on vectors. */
final class NormalNumbersSimd {
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final int LANES = DOUBLES.length();
    /** Whole numbers below 2^51 in size become doubles by adding them to the bits of this one; hardware may lack the conversion. */
    private static final double SHIFT = 0x1.8p52;

    private static final long SHIFT_BITS = Double.doubleToRawLongBits(SHIFT);
    /** Keeps exponents from becoming negative, so that a logical shift brings them down. */
    private static final long LIFT = 64;

    private NormalNumbersSimd() {}

    static void fill(long[] bits, double[] values, int n, double mean, double std) {
        int end = n - n % LANES;
        for (int i = 0; i < end; i += LANES) {
            LongVector b = LongVector.fromArray(LONGS, bits, i);
            DoubleVector u = toDouble(b.and(0xFFFFFFFFL).add(1)).mul(0x1p-32);
            DoubleVector radius = log(u).mul(-2).lanewise(VectorOperators.SQRT);
            DoubleVector x = radius.mul(cosOfTurns(b.lanewise(VectorOperators.LSHR, 32)));
            x.mul(std).add(mean).intoArray(values, i);
        }
        NormalNumbers.scalar(bits, values, end, n, mean, std);
    }

    private static DoubleVector toDouble(LongVector whole) {
        return whole.add(SHIFT_BITS).reinterpretAsDoubles().sub(SHIFT);
    }

    private static DoubleVector log(DoubleVector x) {
        LongVector bits = x.reinterpretAsLongs().sub(SQRT_HALF_BITS).add(LIFT << 52);
        DoubleVector k = toDouble(bits.lanewise(VectorOperators.LSHR, 52).sub(LIFT));
        DoubleVector f = bits.and(FRACTION_BITS)
                .add(SQRT_HALF_BITS)
                .reinterpretAsDoubles()
                .sub(1);
        DoubleVector s = f.div(f.add(2));
        DoubleVector z = s.mul(s);
        DoubleVector w = z.mul(z);
        DoubleVector even =
                w.mul(polynomial(w, 1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01));
        DoubleVector odd = z.mul(polynomial(
                w,
                1.479819860511658591e-01,
                1.818357216161805012e-01,
                2.857142874366239149e-01,
                6.666666666666735130e-01));
        DoubleVector half = f.mul(0.5).mul(f);
        DoubleVector rest = s.mul(half.add(even).add(odd)).add(k.mul(LN2_LOW));
        return k.mul(LN2_HIGH).sub(half.sub(rest).sub(f));
    }

    private static DoubleVector cosOfTurns(LongVector turns) {
        LongVector quarter = turns.add(1L << 29).lanewise(VectorOperators.LSHR, 30);
        DoubleVector x =
                toDouble(turns.sub(quarter.lanewise(VectorOperators.LSHL, 30))).mul(Math.PI * 0x1p-31);
        DoubleVector z = x.mul(x);
        DoubleVector sine = polynomial(
                        z,
                        1.58969099521155010221e-10,
                        -2.50507602534068634195e-08,
                        2.75573137070700676789e-06,
                        -1.98412698298579493134e-04,
                        8.33333333332248946124e-03,
                        -1.66666666666666324348e-01)
                .mul(z)
                .mul(x)
                .add(x);
        DoubleVector cosine = polynomial(
                        z,
                        -1.13596475577881948265e-11,
                        2.08757232129817482790e-09,
                        -2.75573143513906633035e-07,
                        2.48015872894767294178e-05,
                        -1.38888888888741095749e-03,
                        4.16666666666666019037e-02)
                .mul(z)
                .mul(z)
                .add(z.mul(-0.5).add(1));
        DoubleVector value =
                cosine.blend(sine, quarter.and(1).compare(VectorOperators.NE, 0).cast(DOUBLES));
        LongVector sign = quarter.add(1).and(2).lanewise(VectorOperators.LSHL, 62);
        return value.reinterpretAsLongs().lanewise(VectorOperators.XOR, sign).reinterpretAsDoubles();
    }

    /** The highest coefficient first. */
    private static DoubleVector polynomial(DoubleVector z, double... coefficients) {
        DoubleVector p = DoubleVector.broadcast(DOUBLES, coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            p = p.fma(z, DoubleVector.broadcast(DOUBLES, coefficients[i]));
        }
        return p;
    }
}
