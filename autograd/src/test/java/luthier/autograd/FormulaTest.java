package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import luthier.autograd.view.GraphView;
import org.junit.jupiter.api.Test;

/** The samples of the gradient check cover every public operation: what they record must have a formula. */
class FormulaTest {
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
            if (rule.formula().forward().isEmpty()) {
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
                        .filter(text -> text.matches(".*\\{\\+?\\w+}.*"))
                        .forEach(text -> wrong.add(name + ": " + text));
            }
        });
        assertEquals(List.of(), wrong);
    }

    @Test
    void keepsItsNumbersInOrder() {
        Formula formula = Formula.of("{0}^{p}", "{dY}").with("p", 3).with("exact", true);
        assertEquals("{p=3, exact=true}", formula.numbers().toString());
        assertThrows(
                UnsupportedOperationException.class, () -> formula.numbers().clear());
        assertEquals(List.of("{dY}"), formula.backward());
    }
}
