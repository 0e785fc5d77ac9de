package luthier.autograd;

import static java.util.Map.entry;
import static luthier.golden.Args.flag;
import static luthier.golden.Args.integers;
import static luthier.golden.Args.number;
import static luthier.golden.Args.pair;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ConvolutionOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.PaddingOps;
import luthier.autograd.ops.ResizeOps;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Signature;
import luthier.golden.Variant;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Modules that one or a few operations make, against PyTorch's: values, gradients of inputs and of parameters. */
class ModulesGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    /** What a module is given, and the operations that it is. */
    private record Module(Signature signature, GoldenOps.Operation operation) {
        static Module of(String operands, String options, Single operation) {
            return new Module(
                    Signature.of(operands, "y", options), (in, args) -> Map.of("y", operation.apply(in, args)));
        }

        /** An operation that has a case of its own. */
        static Module like(String operation) {
            return new Module(
                    Signature.of(
                            "x weight bias?", "y", "kernel_size stride padding output_padding dilation groups eps"),
                    GoldenOps.find("ops/" + operation).orElseThrow());
        }
    }

    private interface Single {
        Variable apply(Map<String, Variable> in, JsonObject args);
    }

    private static final Map<String, Module> MODULES = Map.ofEntries(
            entry("conv1d", Module.like("conv1d")),
            entry("conv_transpose1d", Module.like("conv_transpose1d")),
            entry("conv_transpose2d", Module.like("conv_transpose2d")),
            entry("group_norm", Module.like("group_norm")),
            entry("layer_norm_no_bias", Module.like("layer_norm")),
            entry(
                    "instance_norm1d",
                    Module.of(
                            "x",
                            "eps",
                            (in, args) -> NormalizationOps.groupNorm(
                                    in.get("x"), (int) in.get("x").size(1), number(args, "eps", 1e-5)))),
            entry("rms_norm", Module.of("x weight", "eps shape", ModulesGoldenTest::rmsNorm)),
            entry(
                    "batch_norm2d_eval",
                    new Module(
                            Signature.of("x weight bias rm rv steps:i?", "y", "momentum eps"),
                            GoldenOps.find("ops/batch_norm_eval").orElseThrow())),
            entry(
                    "conv1d_gpt2",
                    Module.of(
                            "x weight bias",
                            "",
                            (in, args) -> in.get("x").matmul(in.get("weight")).add(in.get("bias")))),
            entry(
                    "conv2d_padding_modes",
                    Module.of("x weight bias", "kernel_size padding padding_mode", ModulesGoldenTest::padded)),
            entry("mlp_swiglu", gated()),
            entry("mlp_geglu", gated()),
            entry("mlp_geglu_tanh", gated()),
            entry("mlp_reglu", gated()),
            entry("interpolate", Module.of("x", "size mode align_corners", ModulesGoldenTest::resized)));

    private static Variable rmsNorm(Map<String, Variable> in, JsonObject args) {
        if (integers(args.get("shape")).length != 1) {
            throw new NotCovered("root mean squares over several axes");
        }
        return NormalizationOps.rmsNorm(in.get("x"), in.get("weight"), number(args, "eps", 1e-5));
    }

    private static Variable padded(Map<String, Variable> in, JsonObject args) {
        int[] p = pair(args, "padding", 0);
        long[] widths = {p[1], p[1], p[0], p[0]};
        String mode = args.get("padding_mode").asString();
        Variable x = switch (mode) {
            case "reflect" -> PaddingOps.reflect(in.get("x"), widths);
            case "replicate" -> PaddingOps.edge(in.get("x"), widths);
            case "circular" -> PaddingOps.circular(in.get("x"), widths);
            default -> throw new NotCovered("padding mode " + mode);
        };
        return ConvolutionOps.conv2d(x, in.get("weight"), in.get("bias"), luthier.tensor.Convolution.Options.DEFAULT);
    }

    /** down(act(gate x) * (up x)). */
    private static Module gated() {
        String parameters = List.of("gate", "up", "down").stream()
                .map(name -> " " + name + "_proj.weight " + name + "_proj.bias?")
                .reduce("", String::concat);
        return Module.of("x" + parameters, "bias activation", (in, args) -> {
            String name = args.get("activation").asString();
            Variable gate = linear(in, "gate", in.get("x"));
            Variable activated = switch (name) {
                case "swiglu" -> ActivationOps.silu(gate);
                case "geglu" -> ActivationOps.gelu(gate);
                case "geglu_tanh" -> ActivationOps.geluTanh(gate);
                case "reglu" -> ActivationOps.relu(gate);
                default -> throw new NotCovered("activation " + name);
            };
            return linear(in, "down", activated.mul(linear(in, "up", in.get("x"))));
        });
    }

    private static Variable linear(Map<String, Variable> in, String name, Variable x) {
        Variable weight = in.get(name + "_proj.weight");
        Variable bias = in.get(name + "_proj.bias");
        return bias == null ? MatmulOps.linear(x, weight) : MatmulOps.linear(x, weight, bias);
    }

    private static Variable resized(Map<String, Variable> in, JsonObject args) {
        int[] size = pair(args, "size");
        String mode = args.get("mode").asString();
        return switch (mode) {
            case "nearest" -> ResizeOps.nearest(in.get("x"), size[0], size[1]);
            case "bilinear" -> ResizeOps.bilinear(in.get("x"), size[0], size[1], flag(args, "align_corners", false));
            default -> throw new NotCovered("mode " + mode);
        };
    }

    @TestFactory
    Stream<DynamicTest> modules() {
        List<GoldenSet.Case> cases = SET.cases("modules");
        return cases.isEmpty()
                ? Stream.of(SET.absent("modules"))
                : cases.stream().flatMap(ModulesGoldenTest::tests);
    }

    private static Stream<DynamicTest> tests(GoldenSet.Case golden) {
        Module module = MODULES.get(golden.id().substring("modules/".length()));
        if (module == null) {
            return Stream.of(SET.notCovered(golden.id(), "no such module"));
        }
        Variant.Check check = (variant, dtype) -> OpsGoldenTest.check(variant, module.operation(), dtype);
        return SET.json(golden.meta()).find("variants").isPresent()
                ? Variant.tests(SET, golden, args -> module.signature(), "", check)
                : Variant.moduleTests(SET, golden, module.signature(), check);
    }
}
