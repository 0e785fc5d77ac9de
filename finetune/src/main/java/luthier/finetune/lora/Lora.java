package luthier.finetune.lora;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Option;
import luthier.finetune.method.Options;
import luthier.finetune.method.Parts;
import luthier.finetune.method.Recipe;
import luthier.finetune.method.TargetException;
import luthier.finetune.method.Targets;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.layers.Linear;

/**
 * Low-rank adaptation of linear layers: y' = y + s B (A x), {@code A [r, in]}, {@code B [out, r]}, s = alpha / r. A starts as U(-1/sqrt(in),
 * 1/sqrt(in)) and B at zero, so a fresh adapter changes nothing. Hu et al. 2021, arXiv:2106.09685, eq. 3. Rank-stabilised: s = alpha /
 * sqrt(r), Kalajdzievski 2023, arXiv:2312.03732. With {@code dora} the length of each output's weights is trained apart from its
 * direction: {@link DoraAdapter}.
 *
 * <p>Differences: the paper draws A from a normal distribution; this follows its authors' and PEFT's code. The scale is applied
 * between A and B, where the rows are short.
 */
public final class Lora extends HostMethod {
    /** The inner size of the low-rank product. */
    public static final Option<Integer> RANK = Option.whole("rank", "r", 16, "inner size of the low-rank product")
            .check(rank -> rank >= 1, "must be at least 1")
            .inPeft(8);

    /** The product is scaled by alpha over the rank. */
    public static final Option<Double> ALPHA = Option.number(
                    "alpha", "lora_alpha", config -> 2.0 * config.get(RANK), "the product is scaled by alpha / rank")
            .check(alpha -> alpha > 0 && alpha < Double.POSITIVE_INFINITY, "must be positive and finite")
            .inPeft(8.0);

    /** Dropout on the adapter's input while training. */
    public static final Option<Double> DROPOUT = Option.number(
                    "dropout", "lora_dropout", 0, "probability of dropout on the adapter's input while training")
            .check(p -> p >= 0 && p < 1, "must be in [0, 1)");

    /** Scales by alpha over the root of the rank. */
    public static final Option<Boolean> RANK_STABILISED =
            Option.flag("rank-stabilised", "use_rslora", false, "scale by alpha / sqrt(rank), for high ranks");

    /** Trains length and direction apart. */
    public static final Option<Boolean> DORA = Option.flag(
            "dora",
            "use_dora",
            false,
            "train the length of each output's weights apart from its direction (arXiv:2402.09353)");

    /** Other ranks by name. */
    public static final Option<Map<String, Double>> RANK_PATTERN =
            Option.pattern("rank-pattern", "rank_pattern", "other ranks by name, query=4");

    /** Other alphas by name. */
    public static final Option<Map<String, Double>> ALPHA_PATTERN =
            Option.pattern("alpha-pattern", "alpha_pattern", "other alphas by name, query=8");

    /** The adapted layers. */
    public static final Option<List<String>> TARGETS = Option.words(
                    "targets",
                    "target_modules",
                    List.of(Targets.ALL_LINEAR),
                    "the adapted layers: names, regular expressions, roles as @query, or all-linear")
            .inPeft(List.of("query", "value"));

    /** The adapted blocks. */
    public static final Option<List<Integer>> LAYERS =
            Option.range("layers", "layers_to_transform", "only in these blocks, 0-5,7");

    /** Creates the method. */
    public Lora() {}

    @Override
    public String name() {
        return "lora";
    }

    @Override
    public String what() {
        return "low-rank adapters beside linear layers";
    }

    @Override
    public String formula() {
        return "y = W x + (alpha / r) B A x";
    }

    @Override
    public String paper() {
        return "Hu et al. 2021, arXiv:2106.09685";
    }

    @Override
    public Options options() {
        return Options.of(
                RANK, ALPHA, DROPOUT, TARGETS, LAYERS, RANK_STABILISED, DORA, RANK_PATTERN, ALPHA_PATTERN, SAVE);
    }

    @Override
    public Optional<String> peftType() {
        return Optional.of("LORA");
    }

    @Override
    public Recipe recipe() {
        return new Recipe(2e-4, 0.01);
    }

    @Override
    protected void build(Layer model, Config config, Seed seed, Parts parts) {
        List<Layer> chosen =
                Targets.layers("targets", model, config.get(TARGETS), layer -> layer instanceof Linear, false);
        for (Layer layer : Targets.inBlocks(model, config.get(LAYERS), chosen)) {
            Linear host = (Linear) layer;
            double wanted = Targets.pattern(config.get(RANK_PATTERN), host.path(), config.get(RANK));
            if (wanted != Math.rint(wanted) || wanted < 1 || wanted > Integer.MAX_VALUE) {
                throw new TargetException("lora: rank must be a whole number of at least 1; got " + Option.plain(wanted)
                        + " for " + host.path());
            }
            int rank = (int) wanted;
            double alpha = Targets.pattern(config.get(ALPHA_PATTERN), host.path(), config.get(ALPHA));
            double scale = config.get(RANK_STABILISED) ? alpha / Math.sqrt((double) rank) : alpha / rank;
            LoraAdapter adapter = new LoraAdapter(host, rank, scale, config.get(DROPOUT), seed.at(host.place()));
            parts.around(host, config.get(DORA) ? new DoraAdapter(host, adapter) : adapter);
        }
    }
}
