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
        DoubleVector even = w.mul(polynomial(w, 0.15313837699209373, 0.22222198432149784, 0.3999999999940942));
        DoubleVector odd =
                z.mul(polynomial(w, 0.14798198605116586, 0.1818357216161805, 0.2857142874366239, 0.6666666666666735));
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
                        1.58969099521155e-10,
                        -2.5050760253406863e-8,
                        2.7557313707070068e-6,
                        -0.0001984126982985795,
                        0.00833333333332249,
                        -0.16666666666666632)
                .mul(z)
                .mul(x)
                .add(x);
        DoubleVector cosine = polynomial(
                        z,
                        -1.1359647557788195e-11,
                        2.087572321298175e-9,
                        -2.7557314351390663e-7,
                        2.480158728947673e-5,
                        -0.001388888888887411,
                        0.0416666666666666)
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
