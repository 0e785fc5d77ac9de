package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import luthier.finetune.Methods;
import luthier.finetune.RunOptions;
import luthier.finetune.method.Config;
import luthier.finetune.method.Option;
import luthier.finetune.method.Options;
import luthier.finetune.task.DataOptions;
import luthier.nn.WeightStorage;

/** The options of a run on a user's own model and rows: where these are, and those that every run has. */
final class OwnOptions {
    static final Option<String> MODEL =
            Option.word("model", null, "", "folder of a pretrained model, or of a run to go on from");
    static final Option<String> ADAPTER = Option.word(
            "adapter", null, "", "adapter to train on, ours or PEFT's: method and options are the adapter's");
    static final Option<String> STORAGE = Option.word(
                    "storage",
                    null,
                    WeightStorage.F32.toString(),
                    "how frozen weights are kept in memory: " + WeightStorage.words())
            .check(OwnOptions::isStorage, "must be one of " + WeightStorage.words());
    static final Option<String> DATA =
            Option.word("data", null, "", "rows: a file, a folder of train, valid and test files, or of class folders");
    static final Option<String> TASK =
            Option.word("task", null, "auto", "what is learned: auto, classify, pair, embed, score or tag");
    static final Option<String> TEXT = Option.word("text", null, "", "column of the text");
    static final Option<String> LABEL = Option.word("label", null, "", "column of the label or number");
    static final Option<String> PROMPT = Option.word("prompt", null, "", "column of the prompt");
    static final Option<String> COMPLETION = Option.word("completion", null, "", "column of the completion");
    static final Option<String> VALID =
            Option.word("valid", null, "0.1", "rows that choose the best state: a file, or a share of the data");
    static final Option<String> TEST =
            Option.word("test", null, "", "rows that are measured at the end, and choose nothing");
    static final Option<String> OOD =
            Option.word("ood", null, "", "rows of another distribution, measured at the end, that choose nothing");

    /** All of them. */
    static final Options ALL = all();

    private OwnOptions() {}

    private static Options all() {
        List<Option<?>> options = new ArrayList<>(
                List.of(MODEL, ADAPTER, STORAGE, DATA, TASK, TEXT, LABEL, PROMPT, COMPLETION, VALID, TEST, OOD));
        options.addAll(RunOptions.ALL.all());
        return new Options(options);
    }

    private static boolean isStorage(String word) {
        return Arrays.stream(WeightStorage.values())
                .anyMatch(storage -> storage.toString().equals(word));
    }

    /** Returns these options beside the methods'. */
    static OptionTable table() {
        return new OptionTable(ALL, Methods.ALL, Methods.named("lora"));
    }

    static Path model(Config options) {
        return required(options, MODEL, "--model", "a pretrained model's folder");
    }

    static Path data(Config options) {
        return required(options, DATA, "--data", "a file of rows");
    }

    /** Returns what the run begins from. */
    static StartingPoint start(Config options) throws IOException {
        return StartingPoint.of(model(options), options.get(ADAPTER));
    }

    private static Path required(Config options, Option<String> option, String name, String what) {
        if (options.get(option).isEmpty()) {
            throw new UsageException(
                    name + ": a run on your own data needs " + what + "; got none; give it with " + name);
        }
        return Path.of(options.get(option));
    }

    /** Returns the file that an option names; empty if it names none, or a share. */
    static Optional<Path> file(Config options, Option<String> option) {
        String text = options.get(option);
        return text.isEmpty() || isShare(text) ? Optional.empty() : Optional.of(Path.of(text));
    }

    private static boolean isShare(String text) {
        return text.matches("[0-9]*\\.?[0-9]+");
    }

    /** Returns the share of the rows that are kept for validation. */
    static double share(Config options) {
        double share = Double.parseDouble(options.get(VALID));
        if (!(share > 0 && share < 1)) {
            throw new UsageException("--valid: must be a file, or a share between 0 and 1; got " + options.get(VALID));
        }
        return share;
    }

    /** Returns what is said of the columns. */
    static DataOptions columns(Config options) {
        DataOptions said = DataOptions.auto().withTask(options.get(TASK));
        said = options.get(TEXT).isEmpty() ? said : said.withText(options.get(TEXT));
        said = options.get(LABEL).isEmpty() ? said : said.withLabel(options.get(LABEL));
        said = options.get(PROMPT).isEmpty() ? said : said.withPrompt(options.get(PROMPT));
        return options.get(COMPLETION).isEmpty() ? said : said.withCompletion(options.get(COMPLETION));
    }
}
