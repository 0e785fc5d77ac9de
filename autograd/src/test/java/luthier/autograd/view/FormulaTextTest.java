package luthier.autograd.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.autograd.ops.ConvolutionOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.LinearAlgebraOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.RoundingOps;
import luthier.autograd.ops.SelectionOps;
import luthier.tensor.Convolution;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What formulas become when they are filled. */
class FormulaTextTest {
    private static String rule(Variable y) {
        return line(y, "dx");
    }

    private static String line(Variable y, String start) {
        return y.explain()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    private static String normRule(Variable x, double p) {
        return GraphView.of(NormsOps.norm(x, p, false))
                .node("x")
                .contributions()
                .getFirst()
                .rule();
    }

    private static Variable number(double value) {
        return Variable.parameter(Tensor.scalar(value)).named("x");
    }

    /** One name, two rules: which one it is follows from what the rule has saved. */
    @Test
    void tellsOperationsOfOneNameApart() {
        assertEquals("dx = -dv2 * v2 / x = -1 * 3 / 2 = -1.5", rule(ElementwiseOps.div(6, number(2))));
        assertEquals("dx = dv2 * v2 * log(2) = 1 * 8 * log(2) = 5.5452", rule(ElementwiseOps.pow(2, number(3))));
        assertEquals("v2 = sub(x, c=5)  F64[] = 3", line(ElementwiseOps.sub(5, number(2)), "v2"));
        assertEquals(
                "5 - x",
                GraphView.of(ElementwiseOps.sub(5, number(2))).node("v2").formula());
        assertEquals(
                "x - 5",
                GraphView.of(ElementwiseOps.sub(number(2), 5)).node("v2").formula());
        assertEquals(
                "x + 5",
                GraphView.of(ElementwiseOps.add(number(2), 5)).node("v2").formula());
        assertEquals(
                "x - 5 * floor(x / 5)",
                GraphView.of(RoundingOps.remainder(number(7), 5)).node("v2").formula());
        assertEquals("dx = 3 * x^(3 - 1) * dv2 = 3 * 2^(3 - 1) * 1 = 12", rule(ElementwiseOps.pow(number(2), 3)));
        Variable x = Variable.parameter(Tensor.of(new double[] {2, 2}, 2)).named("x");
        assertEquals(
                "dx = dv2 where x = max, shared at ties = 1 where [2, 2] = max, shared at ties = [0.5, 0.5]",
                rule(ReductionOps.max(x, false)));
        assertTrue(rule(ReductionOps.maxWithIndex(x, 0, true).values()).contains("the first of equals"));
        assertEquals("0", normRule(x, 0));
        assertEquals("dv2 * sign(x)", normRule(x, 1));
        assertEquals("dv2 * x / v2", normRule(x, 2));
        assertEquals("dv2 * sign(x) * (|x| / v2)^(3 - 1)", normRule(x, 3));
        assertEquals("dv2 * sign(x) where |x| is v2, shared at ties", normRule(x, Double.POSITIVE_INFINITY));
        Variable low = Variable.constant(Tensor.scalar(1.0)).named("low");
        Variable high = Variable.constant(Tensor.scalar(3.0)).named("high");
        assertEquals(
                "dx = dv4 * (low <= x <= high) = 1 * (1 <= 2 <= 3) = 1",
                rule(SelectionOps.clamp(number(2), low, high)));
        assertEquals("dx = dv2 * (1 <= x <= 3) = 1 * (1 <= 2 <= 3) = 1", rule(SelectionOps.clamp(number(2), 1, 3)));
    }

    @Test
    void ownRulesAreJacobians() {
        Variable y = Variable.record(Tensor.scalar(1.0), (dY, gradients) -> gradients.set(0, dY), number(1));
        assertEquals(Formula.unknown(), y.rule().orElseThrow().formula());
        assertEquals("Custom", y.operation());
        assertEquals("dx = J^T dv2, J = dv2/dx = 1", rule(y));
    }

    private record Power(Variable x, int p) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(ElementwiseOps.pow(x, p - 1)).mul(p));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0}^{p}", "{p} * {0}^({p} - 1) * {dY}")
                    .with("p", p)
                    .with("exact", true)
                    .with("limit", Double.POSITIVE_INFINITY);
        }
    }

    @Test
    void ownRulesHaveFormulas() {
        Variable x = number(2);
        Variable y = Variable.record(Tensor.scalar(8.0), new Power(x, 3), x);
        assertEquals("v2 = power(x, p=3, exact=true)  F64[] = 8", line(y, "v2"));
        assertEquals("dx = 3 * x^(3 - 1) * dv2 = 3 * 2^(3 - 1) * 1 = 12", rule(y));
        assertEquals("x^3", GraphView.of(y).node("v2").formula());
    }

    @Test
    void leavesUnknownPlacesToBeSeen() {
        BackwardRule rule = new BackwardRule() {
            @Override
            public void backward(Variable dY, Gradients gradients) {
                gradients.set(0, dY);
            }

            @Override
            public Formula formula() {
                return Formula.of("{0} + {typo}", "{dY} + {1} + {n1}");
            }
        };
        GraphView view = GraphView.of(Variable.record(Tensor.scalar(1.0), rule, number(1)));
        assertEquals("custom(x)", view.root().call());
        assertEquals("x + {typo}", view.root().formula());
        assertEquals(
                "dv2 + {1} + {n1}", view.node("x").contributions().getFirst().rule());
        assertEquals("", view.node("x").contributions().getFirst().numbers());
    }

    /** A bias that is not there is not written. */
    @Test
    void writesTheAddendsThatThereAre() {
        Variable w = Variable.parameter(Tensor.ones(DType.F64, 1, 1)).named("w");
        Variable b = Variable.parameter(Tensor.ones(DType.F64, 1)).named("b");
        assertEquals("w w^T", GraphView.of(MatmulOps.linear(w, w)).root().formula());
        assertEquals("w w^T + b", GraphView.of(MatmulOps.linear(w, w, b)).root().formula());
        Variable image = Variable.parameter(Tensor.ones(DType.F64, 1, 1, 3)).named("x");
        Variable kernel = Variable.parameter(Tensor.ones(DType.F64, 1, 1, 2)).named("k");
        Convolution.Options usual = Convolution.Options.DEFAULT;
        assertEquals(
                "x * k",
                GraphView.of(ConvolutionOps.conv1d(image, kernel, usual)).root().formula());
        assertEquals(
                "x * k + b",
                GraphView.of(ConvolutionOps.conv1d(image, kernel, b, usual))
                        .root()
                        .formula());
    }

    /** Leading axes that were repeated are summed again; the matrices themselves never are. */
    @Test
    void sumsWhatWasBroadcast() {
        Variable a = Variable.parameter(Tensor.ones(DType.F64, 2, 1, 1)).named("a");
        Variable b = Variable.parameter(Tensor.ones(DType.F64, 1, 3)).named("b");
        assertTrue(line(LinearAlgebraOps.solve(a, b), "db").startsWith("db = sumTo(a^-T dv3, [1, 3]) = "));
        assertTrue(line(LinearAlgebraOps.solve(a, b), "da").startsWith("da = -(a^-T dv3) v3^T = "));
        Tensor mask = Tensor.of(new boolean[] {true, false}, 2);
        assertEquals(
                "dx = sumTo(dv2 outside the mask, 0 under it, []) = sumTo([1, 1] outside the mask, 0 under it, []) = 1",
                rule(SelectionOps.maskedFill(number(7), mask, 0)));
    }
}
