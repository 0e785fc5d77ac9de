package luthier.nn.optim;

import static luthier.tiny.Tiny.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.WeightsException;
import luthier.nn.layers.Linear;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Groups, frozen parameters, state by name and resuming, once for every rule. */
class OptimizerStateTest {
    static Stream<UpdateRule> rules() {
        return Stream.concat(Optimizers.ALL.stream(), Stream.of(new Sgd(0, 0, false), new Sgd(0.8, 0, true)));
    }

    private static Map<String, Parameter> parameters(DType dtype) {
        Map<String, Parameter> all = new LinkedHashMap<>();
        all.put("a", Tiny.parameter("a", Tiny.normal(1, 3, 2).to(dtype)));
        all.put("b", Tiny.parameter("b", Tiny.normal(2, 4).to(dtype)));
        return all;
    }

    private static void gradients(Map<String, Parameter> parameters, int step) {
        parameters.forEach((name, each) ->
                each.variable().setGrad(Rng.of(step).split(name).normal(each.dtype(), each.shape(), 0, 1)));
    }

    private static void run(Optimizer optimizer, int from, int to) {
        for (int step = from; step < to; step++) {
            optimizer.ahead();
            gradients(optimizer.parameters(), step);
            optimizer.step(0.01);
        }
    }

    private static Optimizer of(UpdateRule rule, Map<String, Parameter> parameters) {
        return new Optimizer(
                rule, parameters, name -> new Optimizer.Group(name.equals("a") ? 3 : 1, 1), rule.decays() ? 0.1 : 0);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void resumesBitForBit(UpdateRule rule) {
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            Map<String, Parameter> whole = parameters(dtype);
            run(of(rule, whole), 0, 7);
            Map<String, Parameter> parts = parameters(dtype);
            Optimizer first = of(rule, parts);
            run(first, 0, 4);
            Map<String, Tensor> state = first.state();
            run(first, 4, 5);
            Map<String, Parameter> resumed = parameters(dtype);
            Optimizer other = of(rule, parameters(dtype));
            run(other, 0, 4);
            resumed.forEach(
                    (name, each) -> each.load(other.parameters().get(name).value()));
            Optimizer second = of(rule, resumed);
            second.load(state);
            run(second, 4, 7);
            whole.forEach(
                    (name, each) -> assertBits(each.value(), resumed.get(name).value(), name));
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void keepsWhatTheRuleAsksForUnderItsNames(UpdateRule rule) {
        Optimizer optimizer = of(rule, parameters(DType.F32));
        assertEquals(Map.of(), optimizer.state());
        run(optimizer, 0, 2);
        Map<String, Tensor> state = optimizer.state();
        int slots = optimizer.parameters().values().stream()
                .mapToInt(each -> rule.slots(each.shape()).size() + 1)
                .sum();
        assertEquals(slots, state.size());
        assertEquals(2, state.get("a/step").toLongArray()[0]);
        rule.slots(Tiny.normal(1, 3, 2).shape())
                .forEach((slot, shape) ->
                        assertEquals(shape, state.get("a/" + slot).shape()));
        Map<String, Tensor> copies = Tiny.copies(state);
        run(optimizer, 2, 3);
        assertBits(copies, state, "state is a copy");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void frozenParametersAndThoseWithoutAGradientStay(UpdateRule rule) {
        Map<String, Parameter> all = parameters(DType.F32);
        Optimizer optimizer = of(rule, all);
        all.get("a").freeze();
        optimizer.ahead();
        gradients(all, 0);
        all.get("b").zeroGrad();
        optimizer.step(0.1);
        parameters(DType.F32)
                .forEach((name, each) -> assertBits(each.value(), all.get(name).value(), name));
        assertTrue(optimizer.state().keySet().stream().noneMatch(name -> name.startsWith("a/")));
    }

    /** A group's rate multiplies the step's, and its decay the optimizer's. */
    @ParameterizedTest
    @MethodSource("rules")
    void groupsMultiplyRateAndDecay(UpdateRule rule) {
        Map<String, Parameter> grouped = parameters(DType.F64);
        Optimizer one = new Optimizer(rule, grouped, name -> new Optimizer.Group(0.5, 4), rule.decays() ? 0.02 : 0);
        Map<String, Parameter> plain = parameters(DType.F64);
        Optimizer two = new Optimizer(rule, plain, rule.decays() ? 0.08 : 0);
        for (int step = 0; step < 3; step++) {
            one.ahead();
            two.ahead();
            gradients(grouped, step);
            gradients(plain, step);
            one.step(0.1);
            two.step(0.05);
        }
        plain.forEach((name, each) -> assertBits(each.value(), grouped.get(name).value(), name));
        Map<String, Parameter> still = parameters(DType.F64);
        Optimizer none = new Optimizer(rule, still, name -> new Optimizer.Group(0, 0), rule.decays() ? 0.1 : 0);
        run(none, 0, 2);
        parameters(DType.F64)
                .forEach(
                        (name, each) -> assertBits(each.value(), still.get(name).value(), name));
    }

    @Test
    void everyFaultOfAStateIsNamedAndNothingLoaded() {
        Optimizer optimizer = of(AdamW.USUAL, parameters(DType.F32));
        run(optimizer, 0, 2);
        Map<String, Tensor> good = optimizer.state();
        Map<String, Tensor> bad = new LinkedHashMap<>(good);
        bad.remove("a/m");
        bad.put("a/v", Tensor.zeros(DType.F32, 2));
        bad.put("b/m", bad.get("b/m").to(DType.F64));
        bad.put("b/step", Tensor.zeros(DType.F32, 1));
        bad.put("c/m", Tensor.zeros(DType.F32, 1));
        bad.put("b/momentum", Tensor.zeros(DType.F32, 4));
        assertEquals(
                "adamw: the state must be that of these parameters; missing a/m, a/v is F32[2], not F32[3, 2], b/m is"
                        + " F64[4], not F32[4], b/step is F32[1], not I64[1], unknown c/m, unknown b/momentum",
                assertThrows(WeightsException.class, () -> optimizer.load(bad)).getMessage());
        assertBits(good, optimizer.state(), "state");
        assertThrows(
                WeightsException.class,
                () -> of(Sgd.USUAL, parameters(DType.F32)).load(good));
    }

    @Test
    void rulesAreFoundByName() {
        Optimizers.ALL.forEach(rule -> assertEquals(rule, Optimizers.named(rule.name())));
        assertEquals(
                "optimizer: must be one of "
                        + String.join(
                                ", ",
                                Optimizers.ALL.stream().map(UpdateRule::name).toList()) + "; got adamn",
                assertThrows(IllegalArgumentException.class, () -> Optimizers.named("adamn"))
                        .getMessage());
        assertTrue(Optimizers.ALL.stream().map(UpdateRule::name).distinct().count() == Optimizers.ALL.size());
    }

    @Test
    void aStepMustTrainSomething() {
        Linear layer = new Linear(2, 3);
        layer.initialize(Seed.of(1));
        Optimizer optimizer = new Optimizer(AdamW.USUAL, layer.parameters(), 0);
        layer.freeze();
        assertEquals(
                "adamw: a step must train something; got 2 parameters, all of them frozen; unfreeze some, or give the optimizer"
                        + " what an adaptation trains",
                assertThrows(IllegalStateException.class, () -> optimizer.step(0.1))
                        .getMessage());
        layer.unfreeze();
        optimizer.step(0.1);
    }
}
