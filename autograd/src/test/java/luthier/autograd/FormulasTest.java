package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.RoundingOps;
import luthier.autograd.ops.SelectionOps;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The samples of the gradient check cover every public operation: what they record must have a formula. */
class FormulasTest {
    @Test
    void everyOperationHasAFormula() {
        Set<String> without = new TreeSet<>();
        Set<String> seen = new TreeSet<>();
        GradSamples.all().forEach((name, sample) -> {
            List<Variable> inputs = inputs(sample);
            Variable y = sample.f().apply(inputs);
            walk(y, seen, without);
            // What gradients of gradients are made of has formulas too.
            for (Variable gradient : Backward.fromScalar(y).createGraph().gradients(inputs.toArray(Variable[]::new))) {
                walk(gradient, seen, without);
            }
        });
        assertEquals(Set.of(), without);
        assertTrue(seen.size() > 120, seen.size() + " " + seen);
    }

    private static List<Variable> inputs(GradSamples.Sample sample) {
        return Arrays.stream(sample.inputs())
                .map(input -> Variable.parameter(input.copy()))
                .toList();
    }

    private static void walk(Variable from, Set<String> seen, Set<String> without) {
        Set<Variable> visited = new HashSet<>();
        Deque<Variable> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty()) {
            Variable node = open.pop();
            BackwardRule rule = node.ruleOrNull();
            if (rule == null || !visited.add(node)) {
                continue;
            }
            seen.add(rule.operation());
            if (Formulas.of(rule, node.inputCount()).forward().isEmpty()) {
                without.add(rule.operation());
            }
            open.addAll(List.of(node.inputs()));
        }
    }

    /** Every place in a formula is known to its operation, for names and for numbers. */
    @Test
    void everyFormulaCanBeWrittenOut() {
        List<String> wrong = new ArrayList<>();
        GradSamples.all().forEach((name, sample) -> {
            GraphView view = GraphView.of(sample.f().apply(inputs(sample)));
            for (GraphView.Node node : view.nodes()) {
                List<String> texts = new ArrayList<>(List.of(node.formula(), node.numbers()));
                node.contributions().forEach(part -> texts.addAll(List.of(part.rule(), part.numbers())));
                texts.stream()
                        .filter(text -> text.matches(".*\\{\\w+}.*"))
                        .forEach(text -> wrong.add(name + ": " + text));
            }
        });
        assertEquals(List.of(), wrong);
    }

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
        Formula formula = Formulas.of(y.rule().orElseThrow(), 1);
        assertTrue(formula.forward().isEmpty());
        assertFalse(formula.broadcasts());
    }
}
