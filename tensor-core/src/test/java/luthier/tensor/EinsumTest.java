package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import luthier.tensor.linalg.MatrixChecks;
import org.junit.jupiter.api.Test;

class EinsumTest {
    private static Tensor normal(long seed, long... shape) {
        return MatrixChecks.normal(seed, shape);
    }

    private static String message(String equation, Tensor... operands) {
        return assertThrows(ShapeException.class, () -> Einsum.einsum(equation, operands))
                .getMessage();
    }

    /** The definition: one loop over all letters. */
    private static Tensor naive(List<String> terms, String output, List<Tensor> operands) {
        TreeMap<Character, Integer> sizes = new TreeMap<>();
        for (int i = 0; i < terms.size(); i++) {
            for (int axis = 0; axis < terms.get(i).length(); axis++) {
                int size = (int) operands.get(i).size(axis);
                sizes.merge(terms.get(i).charAt(axis), size, (a, b) -> a == 1 ? b : a);
            }
        }
        List<Character> letters = new ArrayList<>(sizes.keySet());
        int[] index = new int['z' + 1];
        long[] shape = output.chars().mapToLong(c -> sizes.get((char) c)).toArray();
        double[] y = new double[(int) Shape.of(shape).elementCount()];
        long total = sizes.values().stream().mapToLong(s -> s).reduce(1, (a, b) -> a * b);
        for (long flat = 0; flat < total; flat++) {
            long rest = flat;
            for (char letter : letters) {
                index[letter] = (int) (rest % sizes.get(letter));
                rest /= sizes.get(letter);
            }
            double product = 1;
            for (int i = 0; i < terms.size(); i++) {
                Tensor operand = operands.get(i);
                long[] at = new long[operand.rank()];
                for (int axis = 0; axis < at.length; axis++) {
                    at[axis] = operand.size(axis) == 1 ? 0 : index[terms.get(i).charAt(axis)];
                }
                product *= operand.get(at);
            }
            int to = 0;
            for (char letter : output.toCharArray()) {
                to = to * sizes.get(letter) + index[letter];
            }
            y[to] += product;
        }
        return Tensor.of(y, shape);
    }

    @Test
    void agreesWithOneLoopOnRandomEquations() {
        Rng rng = Rng.of(81);
        int next = 0;
        for (int trial = 0; trial < 300; trial++) {
            int letters = 1 + rng.below(next++, 5);
            int[] sizes = new int[letters];
            for (int i = 0; i < letters; i++) {
                // Sizes 0 to 4; 0 is rare.
                sizes[i] = rng.below(next++, 20) == 0 ? 0 : 1 + rng.below(next++, 4);
            }
            List<String> terms = new ArrayList<>();
            List<Tensor> operands = new ArrayList<>();
            String all = "";
            int count = 1 + rng.below(next++, 4);
            for (int i = 0; i < count; i++) {
                StringBuilder term = new StringBuilder();
                int rank = rng.below(next++, 4);
                for (int axis = 0; axis < rank; axis++) {
                    term.append((char) ('a' + rng.below(next++, letters)));
                }
                boolean[] one = new boolean[letters];
                for (int letter = 0; letter < letters; letter++) {
                    one[letter] = rng.below(next++, 6) == 0;
                }
                long[] shape = term.chars()
                        .mapToLong(c -> one[c - 'a'] ? 1 : sizes[c - 'a'])
                        .toArray();
                terms.add(term.toString());
                operands.add(normal(trial * 10L + i, shape));
                all += term;
            }
            StringBuilder output = new StringBuilder();
            for (char c = 'e'; c >= 'a'; c--) {
                if (all.indexOf(c) >= 0 && rng.below(next++, 2) == 0) {
                    output.insert(rng.below(next++, output.length() + 1), c);
                }
            }
            String equation = String.join(",", terms) + "->" + output;
            Tensor wanted = naive(terms, output.toString(), operands);
            Tensor got = Einsum.einsum(equation, operands.toArray(new Tensor[0]));
            assertEquals(wanted.shape(), got.shape(), equation);
            double[] w = wanted.toDoubleArray();
            double[] g = got.toDoubleArray();
            for (int i = 0; i < w.length; i++) {
                assertEquals(w[i], g[i], 1e-11, equation);
            }
        }
    }

    @Test
    void readsEllipsesAndImplicitOutputs() {
        Tensor a = normal(82, 2, 3, 4);
        Tensor b = normal(83, 3, 4, 5);
        assertTrue(Einsum.einsum("...ij,...jk", a, b.slice(0, 0, 1))
                .bitEquals(a.matmul(b.slice(0, 0, 1).squeeze(0))));
        assertEquals(Shape.of(3, 2, 4), Einsum.einsum("b...c->...bc", a).shape());
        assertEquals(Shape.of(3, 2), Einsum.einsum("ba", normal(84, 2, 3)).shape());
        assertEquals(
                Shape.of(3, 2), Einsum.einsum("aB -> a B", normal(84, 3, 2)).shape());
        assertEquals(Shape.of(2, 3), Einsum.einsum("bA", normal(84, 3, 2)).shape());
        // An output without the ellipsis sums its axes.
        assertEquals(a.sum().item(), Einsum.einsum("...->", a).item(), 1e-12);
        assertTrue(Einsum.einsum("...,...", a, a).bitEquals(a.mul(a)));
        assertTrue(Einsum.einsum(",", Tensor.scalar(2.0), Tensor.scalar(3.0)).bitEquals(Tensor.scalar(6.0)));
    }

    @Test
    void readsViewsAndReturnsItsOwnStorage() {
        Tensor a = normal(85, 3, 4);
        Tensor same = Einsum.einsum("ij->ij", a);
        assertNotSame(a.storage(), same.storage());
        assertTrue(same.bitEquals(a));
        assertTrue(Einsum.einsum("ii->i", a.transpose(0, 1).slice(0, 0, 3))
                .bitEquals(Tensor.of(new double[] {a.get(0, 0), a.get(1, 1), a.get(2, 2)}, 3)));
    }

    @Test
    void contractsManyOperandsInAnyOrder() {
        Tensor[] chain = new Tensor[11];
        StringBuilder equation = new StringBuilder();
        Tensor wanted = MatrixChecks.eye(3);
        for (int i = 0; i < chain.length; i++) {
            chain[i] = normal(90 + i, 3, 3).mul(0.5);
            equation.append(i == 0 ? "" : ",").append((char) ('a' + i)).append((char) ('b' + i));
            wanted = wanted.matmul(chain[i]);
        }
        MatrixChecks.assertClose("greedy", wanted, Einsum.einsum(equation + "->al", chain), 1e-12);
    }

    @Test
    void plansTheCheapestOrder() {
        EinsumPlan plan = Einsum.plan("ab,bc,cd->ad", Shape.of(100, 100), Shape.of(100, 100), Shape.of(100, 2));
        assertEquals("""
                einsum ab,bc,cd->ad: 2 contractions, 8.000e+04 flops (8.000e+06 in one loop)
                  1. (1, 2) bc,cd->bd   1 x [100, 100] x [100, 2]   4.000e+04 flops
                  2. (0, 3) ab,bd->ad   1 x [100, 100] x [100, 2]   4.000e+04 flops""", plan.toString());
        assertEquals(80_000, plan.flops());
        assertEquals(
                "bhqd,bhkd->bhqk",
                Einsum.plan("bhqd,bhkd->bhqk", Shape.of(2, 2, 3, 4), Shape.of(2, 2, 5, 4))
                        .steps()
                        .get(0)
                        .expression());
        assertEquals(
                4,
                Einsum.plan("bhqd,bhkd->bhqk", Shape.of(2, 2, 3, 4), Shape.of(2, 2, 5, 4))
                        .steps()
                        .get(0)
                        .batch());
    }

    @Test
    void saysWhatDoesNotFit() {
        Tensor a = Tensor.zeros(DType.F32, 2, 3);
        Tensor b = Tensor.zeros(DType.F32, 4, 5);
        assertEquals(
                "einsum: every letter has one size (or 1, which repeats) in 'ij,jk->ik'; got j = 3 in operand 0 [2, 3] and"
                        + " j = 4 in operand 1 [4, 5]"
                        + "\n  operands[0] [2, >3<] F32"
                        + "\n  operands[1] [>4<, 5] F32",
                message("ij,jk->ik", a, b));
        assertEquals(
                "einsum: every letter has one size (or 1, which repeats) in 'ii'; got i = 2 in operand 0 [2, 3] and i = 3 in"
                        + " operand 0 [2, 3]"
                        + "\n  operands[0] [>2<, >3<] F32",
                message("ii", a));
        assertEquals(
                "einsum: one term per operand is needed; got 1 terms in 'ij->i' for 2 operands"
                        + "\n  operands[0] [2, 3] F32"
                        + "\n  operands[1] [4, 5] F32",
                message("ij->i", a, b));
        assertEquals(
                "einsum: term 'i' of 'i->i' needs 1 axes; got [2, 3] for operand 0; name all axes or write ..."
                        + "\n  operands[0] >[2, 3]< F32",
                message("i->i", a));
        assertEquals(
                "einsum: term 'ijk...' of 'ijk...' needs at least 3 axes; got [2, 3] for operand 0"
                        + "\n  operands[0] [2, 3] F32",
                message("ijk...", a));
        assertEquals(
                "einsum: the output's letters must appear in a term; got k in 'ij->ik'" + "\n  operands[0] [2, 3] F32",
                message("ij->ik", a));
        assertEquals(
                "einsum: a letter appears once in the output; got i twice in 'ij->ii'" + "\n  operands[0] [2, 3] F32",
                message("ij->ii", a));
        assertEquals(
                "einsum: terms hold the letters a-z, A-Z and at most one '...'; got '1' in term 'i1' of 'i1'"
                        + "\n  operands[0] [2, 3] F32",
                message("i1", a));
        assertEquals(
                "einsum: needs F32 or F64; got I64; convert with to()",
                assertThrows(DTypeException.class, () -> Einsum.einsum("i", Tensor.zeros(DType.I64, 2)))
                        .getMessage());
    }
}
