package luthier.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import luthier.derivatives.DerivativeCase;
import luthier.derivatives.DerivativeCases;
import luthier.tensor.DType;

/**
 * Compares the derivatives of all functions of one number with values of 192 bits, at numbers of both signs from 1e-300 to 1e160, and prints how
 * far they are off at worst, in units of the last place, and where: the first derivative, the first in a pass that is recorded, and the
 * second.
 *
 * <pre>java -cp benchmarks.jar luthier.benchmarks.DerivativeSweep [function ...]</pre>
 *
 * <p>The test of the derivatives has the same table and bounds it.
 */
public final class DerivativeSweep {
    private DerivativeSweep() {}

    /** Sweeps the functions whose names start with the words given, all by default. */
    public static void main(String[] arguments) {
        List<String> wanted = Arrays.asList(arguments);
        System.out.printf(Locale.ROOT, "%-30s %4s %20s %20s %20s%n", "function", "type", "first", "recorded", "second");
        for (DerivativeCase row : DerivativeCases.all()) {
            if (wanted.isEmpty() || wanted.stream().anyMatch(row.name()::startsWith)) {
                for (DType dtype : List.of(DType.F32, DType.F64)) {
                    DerivativeCase.Errors errors = row.errors(dtype);
                    System.out.printf(
                            Locale.ROOT,
                            "%-30s %4s %20s %20s %20s%n",
                            row.name(),
                            dtype,
                            text(errors.plain()),
                            text(errors.recorded()),
                            text(errors.second()));
                }
            }
        }
    }

    private static String text(DerivativeCase.Worst worst) {
        return worst.ulps() == 0 ? "0" : String.format(Locale.ROOT, "%.2f at %.4g", worst.ulps(), worst.at());
    }
}
