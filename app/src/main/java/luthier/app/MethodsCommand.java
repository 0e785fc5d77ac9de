package luthier.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import luthier.finetune.Methods;
import luthier.finetune.method.Method;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the ways to fine-tune. */
@Command(
        name = "methods",
        description = "Shows the ways to fine-tune; with a name its formula, its paper and its options.",
        mixinStandardHelpOptions = true)
final class MethodsCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "one of them")
    private @Nullable String name;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Method> shown =
                name == null ? Methods.ALL : List.of(OwnOptions.table().method("methods", name));
        if (json) {
            List<Object> all =
                    shown.stream().<Object>map(MethodsCommand::fields).toList();
            out.println(Json.of(name == null ? all : all.getFirst()).toJson(2));
        } else if (name == null) {
            out.print(table());
            out.println("luthier methods NAME shows a method's formula and options");
        } else {
            describe(shown.getFirst(), out);
        }
        return 0;
    }

    private static String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("method", "learning rate", "PEFT", "what"));
        Methods.ALL.forEach(method -> rows.add(List.of(
                method.name(),
                Tables.number(method.recipe().learningRate()),
                method.peftType().orElse("-"),
                method.what())));
        return Tables.alignedLeft(rows);
    }

    private static void describe(Method method, PrintWriter out) {
        out.println(method.name() + ": " + method.what());
        out.println("formula: " + method.formula());
        out.println("paper: " + (method.paper().isEmpty() ? "none" : method.paper()));
        out.println("learning rate " + Tables.number(method.recipe().learningRate()) + ", weight decay "
                + Tables.number(method.recipe().weightDecay()) + "; saved as "
                + method.peftType().map(type -> "PEFT's " + type).orElse("Luthier's own format"));
        out.println("options:");
        out.print(method.options().help());
    }

    private static Map<String, Object> fields(Method method) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", method.name());
        fields.put("what", method.what());
        fields.put("formula", method.formula());
        fields.put("paper", method.paper());
        fields.put("peft", method.peftType().orElse(null));
        fields.put("learning_rate", method.recipe().learningRate());
        fields.put("weight_decay", method.recipe().weightDecay());
        fields.put("options", method.options().usual().fields());
        return fields;
    }
}
