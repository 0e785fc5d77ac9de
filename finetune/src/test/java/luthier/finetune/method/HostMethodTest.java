package luthier.finetune.method;

import static luthier.tiny.Tiny.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import luthier.autograd.Variable;
import luthier.finetune.freeze.BitFit;
import luthier.finetune.freeze.Full;
import luthier.finetune.freeze.Head;
import luthier.finetune.freeze.LnTuning;
import luthier.finetune.lora.Lora;
import luthier.finetune.scale.Ia3;
import luthier.nn.Active;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.WeightsException;
import luthier.nn.init.Initializer;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyGpt;
import org.junit.jupiter.api.Test;

/** What is done once for every method: whole models, ties, types, places in files, several trained at once. */
class HostMethodTest {
    private final Variable x = Tiny.ids(2, 6);

    private static TinyGpt gpt() {
        TinyGpt model = new TinyGpt(true, 0.1, false);
        model.initialize(Seed.of(1));
        return model;
    }

    private static Adaptation attach(Layer model, Method method, String as, Map<String, ?> options) {
        return method.attach(model, as, method.options().parse(options), Seed.of(7));
    }

    @Test
    void aMethodIsPutOnAWholeModel() {
        Layer block = gpt().layers().get("transformer.h.0");
        assertEquals(
                "lora: a method is put on a whole model; got its part transformer.h.0; give the root and choose layers by"
                        + " name",
                assertThrows(TargetException.class, () -> attach(block, new Lora(), "a", Map.of("rank", 2)))
                        .getMessage());
    }

    @Test
    void aLayerIsAdaptedOrTrainedWhole() {
        Map<String, Object> both = Map.of("rank", 2, "targets", "all-linear", "modules-to-save", "transformer.h.0");
        String message = assertThrows(TargetException.class, () -> attach(gpt(), new Lora(), "a", both))
                .getMessage();
        assertTrue(
                message.startsWith(
                        "modules-to-save: a layer is adapted or trained whole, not both; got transformer.h.0."),
                message);
        assertTrue(message.endsWith("; leave it out of the targets or of the layers trained whole"), message);
        assertThrows(
                TargetException.class,
                () -> attach(gpt(), new LnTuning(), "a", Map.of("modules-to-save", "transformer.h.0")));
    }

    @Test
    void theOptionsMustBeOfTheMethod() {
        Config other = new Head().options().usual();
        assertTrue(assertThrows(OptionException.class, () -> new Lora().attach(gpt(), "a", other, Seed.of(1)))
                .getMessage()
                .startsWith("lora: the configuration must be of this method's options; got one of "));
    }

    /** A head that is its embedding's table is trained under its own name, and the table follows. */
    @Test
    void aTiedHeadIsTrained() {
        TinyGpt model = gpt();
        Adaptation head = attach(model, new Head(), "a", Map.of());
        assertEquals(List.of("lm_head.weight"), List.copyOf(head.trained().keySet()));
        Tiny.noise(head.trained(), 3);
        Map<String, Tensor> merged = model.merged(Active.all()).orElseThrow();
        assertBits(merged.get("lm_head.weight"), merged.get("transformer.wte.weight"), "both names");
        assertBits(head.state().get("lm_head.weight"), merged.get("lm_head.weight"), "the trained one");
    }

    @Test
    void savedNamesChooseWhatWasAdaptedAndNothingElse() {
        TinyGpt model = gpt();
        Adaptation ia3 = attach(model, new Ia3(), "a", Map.of("targets", "c_attn", "feedforward", "", "layers", "1"));
        assertEquals(List.of("transformer.h.1.attn.c_attn"), ia3.config().get(Ia3.TARGETS));
        ia3.close();
        Adaptation all = attach(model, new Lora(), "b", Map.of("rank", 2));
        assertEquals(8, all.config().get(Lora.TARGETS).size(), "no head and no table");
        all.close();
        Adaptation named = attach(model, new Lora(), "c", Map.of("rank", 2, "targets", "c_attn,mlp.c_proj"));
        assertEquals(List.of("c_attn", "mlp.c_proj"), named.config().get(Lora.TARGETS));
        named.close();
        Adaptation saved = attach(model, new BitFit(), "d", Map.of("modules-to-save", "@head"));
        assertEquals(List.of("lm_head"), saved.config().get(HostMethod.SAVE));
    }

    @Test
    void whatIsLoadedMustBeFractions() {
        Adaptation adaptation = attach(gpt(), new Lora(), "a", Map.of("rank", 2, "targets", "lm_head"));
        Map<String, Tensor> state = adaptation.state();
        state.computeIfPresent("lm_head.lora_A.weight", (name, tensor) -> tensor.to(DType.I64));
        assertTrue(assertThrows(WeightsException.class, () -> adaptation.load(state))
                .getMessage()
                .endsWith("not of fractions [lm_head.lora_A.weight I64]"));
        state.computeIfPresent("lm_head.lora_A.weight", (name, tensor) -> tensor.to(DType.BF16));
        adaptation.load(state);
        assertSame(
                DType.F32, adaptation.parameters().get("lm_head.lora_A.weight").dtype());
    }

    private void train(Layer model, Adaptation adaptation) {
        Optimizer optimizer = new Optimizer(AdamW.USUAL, adaptation.trained(), adaptation::group, 0.01);
        for (int step = 0; step < 15; step++) {
            optimizer.zeroGrad();
            Context c = Context.training(Rng.of(step)).with(Context.ACTIVE, adaptation.active());
            model.forward(x, c).square().sum().backward();
            optimizer.step(1e-2);
        }
    }

    /** Trains biases, at a pace that depends on how many steps there have been. */
    private static final class Counting extends HostMethod {
        @Override
        public String name() {
            return "counting";
        }

        @Override
        public String what() {
            return "the final norm's bias, with a count of steps";
        }

        @Override
        public String formula() {
            return "n = n + 1";
        }

        @Override
        public String paper() {
            return "this test";
        }

        @Override
        public Options options() {
            return Options.of(SAVE);
        }

        @Override
        public Recipe recipe() {
            return new Recipe(1e-3, 0);
        }

        @Override
        protected void build(Layer model, Config config, Seed seed, Parts parts) {
            Parameter count = Parameter.buffer("steps-seen", Shape.of(1), Initializer.zeros())
                    .initialize(seed);
            parts.shared(count);
            parts.unsaved(count);
            parts.hook(new TrainingHook() {
                @Override
                public void afterStep(long step, long total) {
                    count.load(count.value().add(1));
                }
            });
        }
    }

    /** What a hook remembers goes with a checkpoint, and not with what is exchanged. */
    @Test
    void whatAHookRemembersIsAmongTheParameters() {
        Map<String, ?> options = Map.of("modules-to-save", "transformer.ln_f");
        Adaptation run = attach(gpt(), new Counting(), "run", options);
        run.afterStep(1, 3);
        run.afterStep(2, 3);
        Adaptation resumed = attach(gpt(), new Counting(), "resumed", options);
        resumed.parameters()
                .forEach((name, parameter) ->
                        parameter.load(run.parameters().get(name).value()));
        resumed.afterStep(3, 3);
        assertEquals(3, resumed.parameters().get("steps-seen").value().item());
        assertEquals(
                Set.of("transformer.ln_f.weight", "transformer.ln_f.bias"),
                resumed.trained().keySet());
        assertEquals(resumed.trained().keySet(), resumed.state().keySet());
    }

    /** Two threads train two adaptations of one model, a third predicts: the bits of one after the other. */
    @Test
    void severalAreTrainedAtOnce() throws InterruptedException {
        List<Map<String, Tensor>> alone = new ArrayList<>();
        List<Map<String, Tensor>> together = new ArrayList<>();
        for (boolean atOnce : new boolean[] {false, true}) {
            TinyGpt model = gpt();
            model.use(Active.none());
            Tensor base = Tiny.out(model, x);
            List<Adaptation> both = List.of(
                    attach(model, new Lora(), "p", Map.of("rank", 2, "dropout", 0.1)),
                    attach(model, new Full(), "q", Map.of()));
            List<Thread> threads = new ArrayList<>();
            for (Adaptation each : both) {
                Thread thread = new Thread(() -> train(model, each));
                threads.add(thread);
                thread.start();
                if (!atOnce) {
                    thread.join();
                }
            }
            assertBits(base, Tiny.out(model, x), "who predicts sees the model as it was");
            for (Thread thread : threads) {
                thread.join();
            }
            both.forEach(each -> (atOnce ? together : alone).add(each.state()));
        }
        assertBits(alone.get(0), together.get(0), "lora");
        assertBits(alone.get(1), together.get(1), "full");
    }

    /** What is trained is not served: a copy is published. */
    @Test
    void aPublishedCopyHasTheTrainedBits() {
        TinyGpt model = gpt();
        model.use(Active.none());
        Adaptation trained = attach(model, new Full(), "run", Map.of());
        train(model, trained);
        Adaptation published = trained.method().attach(model, "served", trained.config(), Seed.of(0));
        published.load(trained.state());
        Tensor learned = Tiny.out(model, x, Context.inference().with(Context.ACTIVE, trained.active()));
        model.use(published.active());
        train(model, trained);
        assertBits(learned, Tiny.out(model, x), "served");
        trained.close();
        assertBits(learned, Tiny.out(model, x), "after the run");
    }

    @Test
    void thePictureShowsWhatIsTrainedWhole() {
        TinyGpt model = gpt();
        attach(model, new Lora(), "a", Map.of("rank", 2, "targets", "c_attn", "modules-to-save", "transformer.ln_f"));
        assertTrue(
                model.toString()
                        .lines()
                        .anyMatch(line ->
                                line.contains("ln_f: ") && line.endsWith(" + TrainedCopy(weight) + TrainedCopy(bias)")),
                model::toString);
    }
}
