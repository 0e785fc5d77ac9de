package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import luthier.finetune.reft.Positions;
import luthier.nn.models.BertConfig;
import luthier.tensor.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads the options of a fine-tuning run and starts it. */
@Command(
        name = "finetune",
        description = {
            "Fine-tunes all-MiniLM-L6-v2 to tell the supersense (noun.animal, verb.motion, ...) of a WordNet definition.",
            "Writes config.json, metrics.jsonl, summary.json, the adapter or weights and report.html to a folder of its own."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class FinetuneCommand implements Callable<Integer> {
    private static final List<String> DEFAULT_FREEZE = List.of("bert.embeddings", "bert\\.encoder\\.layer\\.[0-2]");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Option(names = "--method", paramLabel = "NAME", description = "head, full, freeze, lora or loreft (default: lora)")
    private String method = "lora";

    @Option(
            names = "--rank",
            paramLabel = "N",
            description = "rank of adapters and edits, for lora and loreft (default: 8)")
    private @Nullable Integer rank;

    @Option(names = "--alpha", paramLabel = "X", description = "LoRA's product is scaled by alpha / rank (default: 16)")
    private @Nullable Double alpha;

    @Option(
            names = "--targets",
            paramLabel = "REGEX",
            split = ",",
            description = "layers that get a LoRA adapter: names or regular expressions (default: query,value)")
    private @Nullable List<String> targets;

    @Option(
            names = "--layers",
            paramLabel = "0-5",
            description = "blocks that are adapted or edited, for lora and loreft: 0-5, 3, 0,2,4 (default: all)")
    private @Nullable String layers;

    @Option(
            names = "--positions",
            paramLabel = "P",
            description = "tokens that LoReFT edits: all, fN, lN or fN+lM (default: all)")
    private @Nullable String positions;

    @Option(
            names = "--freeze",
            paramLabel = "PATTERN",
            split = ",",
            description =
                    "what method freeze keeps as it is: names or regular expressions of layers or parameters (default:"
                            + " the embeddings and blocks 0-2)")
    private @Nullable List<String> freeze;

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the training data (default: 3)")
    private int epochs = 3;

    @Option(names = "--steps", paramLabel = "N", description = "end after N steps (default: all)")
    private @Nullable Long steps;

    @Option(names = "--batch-size", paramLabel = "N", description = "definitions in a batch (default: 32)")
    private int batchSize = 32;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description =
                    "highest rate of the schedule (default: head 1e-2, full 1e-4, freeze 2e-4, lora 2e-3, loreft 5e-3)")
    private @Nullable Double learningRate;

    @Option(names = "--train-size", paramLabel = "N", description = "training definitions (default: 6000)")
    private int trainSize = 6000;

    @Option(names = "--seed", paramLabel = "N", description = "of data, first values and order (default: 0)")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads; changes the speed, never a bit (default: all cores)")
    private @Nullable Integer threads;

    @Option(names = "--out", paramLabel = "DIR", description = "where to write (default: runs/<time>-<method>)")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        Settings settings = settings();
        Integer count = threads;
        if (count != null) {
            if (count < 1) {
                throw new UsageException("--threads: must be at least 1; got " + count);
            }
            Threads.set(count);
        }
        new FinetuneRun(settings, out, spec.commandLine().getOut()).execute();
        return 0;
    }

    Settings settings() {
        Method chosen = Settings.method(method);
        onlyFor(chosen, "--rank", rank, Method.LORA, Method.LOREFT);
        onlyFor(chosen, "--alpha", alpha, Method.LORA);
        onlyFor(chosen, "--targets", targets, Method.LORA);
        onlyFor(chosen, "--layers", layers, Method.LORA, Method.LOREFT);
        onlyFor(chosen, "--positions", positions, Method.LOREFT);
        onlyFor(chosen, "--freeze", freeze, Method.FREEZE);
        return new Settings(
                chosen,
                orElse(rank, 8),
                orElse(alpha, 16.0),
                orElse(targets, List.of("query", "value")),
                blocks(orElse(layers, "0-" + (BertConfig.MINILM_L6.hiddenLayers() - 1))),
                Positions.parse(orElse(positions, "all")),
                orElse(freeze, DEFAULT_FREEZE),
                epochs,
                orElse(steps, Long.MAX_VALUE),
                batchSize,
                orElse(learningRate, chosen.learningRate()),
                trainSize,
                seed);
    }

    private static <T> T orElse(@Nullable T value, T other) {
        return value == null ? other : value;
    }

    private static void onlyFor(Method chosen, String option, @Nullable Object value, Method... methods) {
        if (value != null && !List.of(methods).contains(chosen)) {
            throw new UsageException(option + ": belongs to method " + List.of(methods) + "; got method " + chosen);
        }
    }

    /** Reads {@code 0-5}, {@code 3} or {@code 0,2,4} as block numbers. */
    static List<Integer> blocks(String text) {
        int count = BertConfig.MINILM_L6.hiddenLayers();
        TreeSet<Integer> blocks = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            boolean wellFormed = ends.length <= 2;
            for (String end : ends) {
                wellFormed &= end.matches("\\d{1,4}");
            }
            if (!wellFormed) {
                throw new UsageException("--layers: must be like 0-5, 3 or 0,2,4; got " + text);
            }
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (first > last || last >= count) {
                throw new UsageException("--layers: the model has blocks 0-" + (count - 1) + "; got " + text);
            }
            for (int i = first; i <= last; i++) {
                blocks.add(i);
            }
        }
        return new ArrayList<>(blocks);
    }
}
