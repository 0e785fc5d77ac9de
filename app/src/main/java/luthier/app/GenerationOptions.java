package luthier.app;

import java.util.List;
import luthier.finetune.TextGenerator;
import luthier.nn.generate.Filters;
import luthier.nn.generate.GenerationException;
import luthier.nn.generate.GenerationSettings;
import picocli.CommandLine.Option;

/** How texts are generated, as {@code generate} and {@code chat} take it. */
final class GenerationOptions {
    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "256",
            description = "the most new tokens (default: ${DEFAULT-VALUE})")
    private int maxTokens;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            defaultValue = "0",
            description = "0 takes the best token always, 1 draws as the model scores (default: ${DEFAULT-VALUE})")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "draws from the best K tokens; 0 for all")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "draws from the best tokens that have P of the probability together")
    private double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description = "draws from tokens with at least P of the best one's probability")
    private double minP;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "seed of the draws (default: 0)")
    private long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "ends an answer before this text; may be given again")
    private List<String> stops = List.of();

    /**
     * Returns what they ask for.
     *
     * @throws UsageException naming the option that is out of range, or has no part in it
     */
    TextGenerator.Wish of(TextGenerator model) {
        boolean greedy = temperature == 0;
        if (greedy && (topK != 0 || topP != 1 || minP != 0)) {
            throw new UsageException(
                    "generate: --top-k, --top-p and --min-p choose what is drawn from; got temperature 0,"
                            + " which draws nothing; give --temperature 0.7");
        }
        try {
            GenerationSettings settings = model.greedy(maxTokens).seeded(seed);
            if (!greedy) {
                Filters filters =
                        Filters.usual().temperature(temperature).topP(topP).minP(minP);
                settings = settings.filtering(topK == 0 ? filters : filters.topK(topK));
            }
            return new TextGenerator.Wish(settings, stops);
        } catch (GenerationException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
