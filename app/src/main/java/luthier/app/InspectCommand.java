package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import luthier.tensor.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a file holds. */
@Command(
        name = "inspect",
        description = {
            "Shows what a file or folder holds: names, types, shapes and totals of weights (safetensors, also sharded, ONNX, torch's zip and"
                    + " pickle without running code, GGUF, npy, npz), an adapter's settings, a tokenizer, the columns of a data file."
        },
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE|DIR", description = "what to look at")
    private Path path = Path.of("");

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        Contents contents = Contents.of(path);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.of(contents.fields()).toJson(2) + System.lineSeparator() : contents.text());
        out.flush();
        return 0;
    }
}
