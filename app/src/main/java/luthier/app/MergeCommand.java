package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import luthier.finetune.TextModel;
import luthier.nn.text.Tokenizer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Folds what a run has learned into the model's weights. */
@Command(
        name = "merge",
        description = {
            "Folds what a run has learned into the model's weights and writes them with model.json to a folder that predict reads.",
            "Prints the largest change of an output on probe texts: rounding alone, about 1e-6."
        },
        mixinStandardHelpOptions = true)
final class MergeCommand implements Callable<Integer>, InRunFolder {
    private static final int PROBES = 16;
    private static final int TOKENS = 12;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of a finished run, runs/...")
    private Path run = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "where to write; must be empty or missing")
    private Path out = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "rows whose texts are the probes (default: texts of the vocabulary)")
    private @Nullable Path data;

    @Override
    public Optional<Path> runFolder() {
        return Optional.of(run);
    }

    @Override
    public Integer call() throws IOException {
        RunFolder.requireEmpty(out);
        if (FolderKind.ofRun(run) == FolderKind.MAIN_JOB) {
            throw new UsageException(
                    "merge: the run must be one on your own data; got a run of the main job; use: luthier interpolate "
                            + run);
        }
        TextModel model = TextModel.open(run);
        if (model.learned().isEmpty()) {
            throw new FolderException(run + ": nothing is left to merge; it holds merged weights already");
        }
        List<List<String>> probes = probes(model);
        TextModel.Merged merged;
        try {
            merged = model.mergeComparing(probes);
        } catch (IllegalStateException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        model.save(out);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "merged into %s%nlargest change of an output on %d probe texts: %.2e%n",
                        out,
                        probes.size(),
                        merged.largestChange());
        return 0;
    }

    private List<List<String>> probes(TextModel model) throws IOException {
        List<List<String>> probes = new ArrayList<>();
        Path file = data;
        if (file == null) {
            IntStream.range(0, PROBES).forEach(i -> probes.add(List.of(probe(model.tokenizer(), i))));
            return probes;
        }
        new GivenTexts(List.of(file.toString()), List.of())
                .forEach(model.task(), System.in, spec.commandLine().getErr(), rows -> {
                    if (probes.size() < PROBES) {
                        probes.addAll(rows.subList(0, Math.min(rows.size(), PROBES - probes.size())));
                    }
                });
        return probes;
    }

    /** Returns tokens from all over the vocabulary, a different text for each number. */
    private static String probe(Tokenizer tokenizer, int number) {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < TOKENS; i++) {
            long place = (long) (i * PROBES + number) * tokenizer.vocabularySize() / (PROBES * TOKENS);
            tokens.add(tokenizer.token((int) place));
        }
        return String.join(" ", tokens);
    }
}
