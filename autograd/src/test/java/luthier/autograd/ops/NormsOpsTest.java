package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import luthier.autograd.Backward;
import luthier.autograd.Variable;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Norms where an element or the norm itself is 0. */
class NormsOpsTest {
    private static double[] gradient(double p, boolean recorded, double... x) {
        Variable leaf = Variable.parameter(Tensor.of(x, x.length));
        Backward pass = Backward.fromScalar(NormsOps.norm(leaf, new int[0], p, false));
        return (recorded ? pass.createGraph() : pass)
                .gradients(leaf)
                .getFirst()
                .value()
                .toDoubleArray();
    }

    /** Row i of the Hessian. */
    private static double[] hessian(double p, int i, double... x) {
        Variable leaf = Variable.parameter(Tensor.of(x, x.length));
        Variable first = Backward.fromScalar(NormsOps.norm(leaf, new int[0], p, false))
                .createGraph()
                .gradients(leaf)
                .getFirst();
        return Backward.fromScalar(ShapeOps.select(first, 0, i))
                .gradients(leaf)
                .getFirst()
                .value()
                .toDoubleArray();
    }

    @Test
    void gradientsAtZero() {
        for (boolean recorded : new boolean[] {false, true}) {
            for (double p : new double[] {-3, -1, -0.5}) {
                // One zero makes the norm 0, whatever the others are.
                assertArrayEquals(new double[] {0, 0}, gradient(p, recorded, 0, 2));
            }
            for (double p : new double[] {-1, 0.5, 1, 1.5, 2, 3}) {
                assertArrayEquals(new double[] {0, 0}, gradient(p, recorded, 0, 0));
            }
            for (double p : new double[] {0.5, 1, 1.5, 2, 3}) {
                assertArrayEquals(new double[] {0, 1}, gradient(p, recorded, 0, 2), 1e-15);
            }
            // (1/2 + 1/3)^-1 = 1.2, its derivatives (1.2 / x)^2
            assertArrayEquals(new double[] {0.36, 0.16}, gradient(-1, recorded, 2, 3), 1e-15);
        }
    }

    @Test
    void secondDerivativesAtZero() {
        assertArrayEquals(new double[] {0.5, 0}, hessian(2, 0, 0, 2), 1e-15);
        assertArrayEquals(new double[] {0, 0}, hessian(2, 1, 0, 2), 1e-15);
        assertArrayEquals(new double[] {0, 0}, hessian(3, 0, 0, 2), 1e-15);
        assertArrayEquals(new double[] {0, 0}, hessian(-1, 1, 0, 2), 1e-15);
        assertArrayEquals(new double[] {0, 0}, hessian(1.5, 0, 0, 2), 1e-15);
        assertArrayEquals(new double[] {0, 0}, hessian(2, 0, 0, 0), 1e-15);
    }
}
