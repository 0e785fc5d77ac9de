package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * What the rules of all operations say they do not read: it is overwritten with NaN, and their gradients keep every bit; and what
 * they say they read does change a gradient, of some operation at least.
 */
class RulesReadsTest {
    private final TreeSet<String> read = new TreeSet<>();
    private final TreeSet<String> changed = new TreeSet<>();
    private int asked;

    @Test
    void rulesReadWhatTheySay() {
        GradSamples.all().forEach((name, sample) -> {
            List<Variable> leaves = new ArrayList<>();
            for (Tensor input : sample.inputs()) {
                leaves.add(Variable.parameter(input.copy()));
            }
            for (Variable node : nodes(sample.f().apply(leaves))) {
                probe(name, node, null);
                for (Variable input : node.inputs()) {
                    probe(name, node, Set.of(input));
                }
            }
        });
        assertTrue(asked > 1000, "only " + asked + " values were said to be unread");
        read.removeAll(changed);
        assertTrue(read.isEmpty(), "said to be read, but no gradient depends on it: " + read);
    }

    private static List<Variable> nodes(Variable root) {
        Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<Variable> stack = new ArrayDeque<>(List.of(root));
        List<Variable> result = new ArrayList<>();
        while (!stack.isEmpty()) {
            Variable node = stack.pop();
            if (seen.add(node)) {
                if (!node.isLeaf()) {
                    result.add(node);
                }
                stack.addAll(Arrays.asList(node.inputs()));
            }
        }
        return result;
    }

    private void probe(String sample, Variable node, Set<Variable> needed) {
        Gradients gradients = new Gradients(needed);
        if (!gradients.begin(node.inputs())) {
            return;
        }
        for (boolean recorded : new boolean[] {false, true}) {
            Grad.in(new Grad.Mode(recorded, false), () -> {
                for (int operand = BackwardRule.RESULT; operand < node.inputCount(); operand++) {
                    probe(sample, node, operand, gradients);
                }
                return true;
            });
        }
    }

    private void probe(String sample, Variable node, int operand, Gradients gradients) {
        BackwardRule rule = node.rule().orElseThrow();
        Tensor value = operand == BackwardRule.RESULT
                ? node.value()
                : node.input(operand).value();
        if (value.dtype() != DType.F64 || value.elementCount() == 0 || !value.isContiguous()) {
            return;
        }
        boolean said = rule.reads(operand, gradients);
        String what = rule.operation() + " " + (operand == BackwardRule.RESULT ? "result" : operand);
        List<Tensor> before = gradients(node, gradients);
        Tensor kept = value.copy();
        int[] versions = versions(node);
        value.copyInPlace(Tensor.full(DType.F64, Double.NaN, value.shape()));
        boolean alone = alone(node, operand, versions);
        try {
            boolean same = alone && same(before, gradients(node, gradients));
            if (said) {
                read.add(what);
                if (!same && alone) {
                    changed.add(what);
                }
            } else if (alone) {
                asked++;
                assertTrue(same, sample + ": " + what + " is read, but the rule says it is not");
            }
        } catch (RuntimeException e) {
            changed.add(what);
            assertTrue(said, sample + ": " + what + " is read, but the rule says it is not: " + e);
        } finally {
            value.copyInPlace(kept);
        }
    }

    private static int[] versions(Variable node) {
        int[] result = new int[node.inputCount() + 1];
        Arrays.setAll(
                result,
                i -> (i == node.inputCount() ? node : node.input(i)).value().version());
        return result;
    }

    /** Returns whether no other operand shares what was written. */
    private static boolean alone(Variable node, int operand, int[] before) {
        int[] after = versions(node);
        int own = operand == BackwardRule.RESULT ? node.inputCount() : operand;
        for (int i = 0; i < after.length; i++) {
            if (i != own && after[i] != before[i]) {
                return false;
            }
        }
        return true;
    }

    private static List<Tensor> gradients(Variable node, Gradients gradients) {
        Variable dY = Variable.constant(Rng.of(3).normal(node.dtype(), node.shape(), 0, 1));
        node.rule().orElseThrow().backward(dY, gradients);
        List<Tensor> result = new ArrayList<>();
        for (int i = 0; i < node.inputCount(); i++) {
            Variable gradient = gradients.take(i);
            if (gradient != null) {
                result.add(gradient.value().copy());
            }
        }
        return result;
    }

    private static boolean same(List<Tensor> a, List<Tensor> b) {
        for (int i = 0; i < a.size(); i++) {
            if (!a.get(i).bitEquals(b.get(i))) {
                return false;
            }
        }
        return true;
    }
}
