package luthier.finetune;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import luthier.finetune.io.Saved;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.Option;
import luthier.finetune.method.OptionException;
import luthier.nn.Layer;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration of a finished PEFT adapter means for a model. Every field that PEFT knows is honoured, or is at its default, which asks
 * for nothing, or is refused by its name. A name that PEFT does not know is warned of if its value asks for nothing, and refused otherwise.
 *
 * <p>The choice of places is resolved by PEFT's rules ({@link PeftPlaces}), so that the method's options, whose rules are stricter, choose the
 * same.
 */
final class PeftFields {
    private static final String TARGETS = "target_modules";
    private static final String EXCLUDE = "exclude_modules";
    private static final String LAYERS = "layers_to_transform";
    private static final String PATTERN = "layers_pattern";
    private static final String WHOLE = "modules_to_save";
    private static final String FEEDFORWARD = "feedforward_modules";
    private static final String START = "init_lora_weights";

    /** Fields that say nothing of what a finished adapter computes. What a linear layer's weight is, the layer itself knows. */
    private static final Set<String> INERT = words("""
            auto_mapping base_model_name_or_path eva_config fan_in_fan_out inference_mode init_ia3_weights megatron_core
            merge_weights peft_version qalora_group_size revision runtime_config""");

    /** First values that leave the base as it is. */
    private static final Set<String> STARTS = words("true false gaussian orthogonal eva");

    /** Fields that PEFT knows; those that no option of a method has must be off. */
    private static final Set<String> KNOWN = words("""
            alora_invocation_tokens alpha_pattern arrow_config bias corda_config enable_lora ensure_weight_tying
            kasa_config layer_replication loftq_config lora_alpha lora_bias lora_dropout lora_ga_config megatron_config
            monteclora_config r rank_pattern target_parameters trainable_token_indices use_bdlora use_dora use_qalora
            use_rslora velora_config exclude_modules feedforward_modules init_lora_weights layers_pattern
            layers_to_transform modules_to_save target_modules""");

    private static final Set<String> CLASSIFIES = Set.of("SEQ_CLS", "TOKEN_CLS");
    private static final Logger LOGGER = System.getLogger(PeftFields.class.getPackageName());

    private final Saved saved;
    private final PeftPlaces places;
    private final Map<String, Object> meant;

    private PeftFields(Layer model, Saved saved, Map<String, Object> meant) {
        this.saved = saved;
        this.meant = meant;
        places = new PeftPlaces(model);
    }

    /**
     * Returns the configuration that an adapter's fields mean.
     *
     * @throws OptionException naming the field that is not supported, does not fit, or chooses nothing
     */
    static Config read(Layer model, Method method, Saved saved) {
        Set<String> own = method.options().peft(method.options().usual()).keySet();
        Map<String, Object> meant = meant(own, saved);
        new PeftFields(model, saved, meant).choose(own, method);
        return method.options().fromPeft(meant);
    }

    /** Returns whether PEFT expects a head that was trained whole in an adapter of a task. */
    static boolean expectsHead(String task) {
        return CLASSIFIES.contains(task);
    }

    /** Returns whether one of the modules is a head by name. */
    static boolean hasHead(@Nullable Object whole) {
        return whole instanceof List<?> names
                && names.stream()
                        .anyMatch(name -> PeftPlaces.HEADS.stream()
                                .anyMatch(head -> name.toString().endsWith(head)));
    }

    // ---- fields

    private static Map<String, Object> meant(Set<String> own, Saved saved) {
        Map<String, Object> meant = new LinkedHashMap<>();
        Set<String> places = new TreeSet<>(Set.of(TARGETS, EXCLUDE, WHOLE));
        if (own.contains(LAYERS)) {
            places.add(PATTERN);
        }
        Set<String> unknown = new TreeSet<>();
        saved.fields().forEach((field, value) -> {
            if (own.contains(field) || places.contains(field)) {
                if (value != null) {
                    meant.put(field, value);
                }
            } else if (!asksNothing(value) && !isInert(field, value)) {
                throw refused(field, value);
            } else if (!KNOWN.contains(field) && !INERT.contains(field)) {
                unknown.add(field);
            }
        });
        if (!unknown.isEmpty()) {
            LOGGER.log(
                    Level.WARNING,
                    "peft: fields that are not known here ask for nothing and were left alone: "
                            + String.join(", ", unknown));
        }
        return meant;
    }

    private static boolean asksNothing(@Nullable Object value) {
        return Saved.isOff(value) || value instanceof Number number && number.doubleValue() == 0 || "".equals(value);
    }

    private static boolean isInert(String field, @Nullable Object value) {
        return INERT.contains(field) || field.equals(START) && STARTS.contains(String.valueOf(value));
    }

    private static OptionException refused(String field, @Nullable Object value) {
        String got = "; got " + (value == null ? "null" : Option.plain(value));
        return new OptionException(
                field.equals(START)
                        ? "peft: " + START + " must be one that leaves the base as it is, one of "
                                + String.join(", ", new TreeSet<>(STARTS)) + got
                                + "; save the adapter converted to an ordinary one"
                        : KNOWN.contains(field)
                                ? "peft: " + field + " is not supported and must be off" + got
                                : "peft: a field that is not known must be off, as it may change the numbers" + got
                                        + " for " + field);
    }

    // ---- places

    private void choose(Set<String> own, Method method) {
        List<String> asked = whole();
        List<String> names = new ArrayList<>(asked);
        for (String head : PeftPlaces.HEADS) {
            if (isTrainedHead(head) && !names.contains(head)) {
                names.add(head);
            }
        }
        Set<String> trained = new LinkedHashSet<>();
        for (String name : names) {
            List<String> layers = places.whole(name);
            if (layers.isEmpty() && !PeftPlaces.HEADS.contains(name)) {
                throw new OptionException(
                        "peft: " + WHOLE + " must name modules of the model; got " + name + ", which it has not");
            }
            trained.addAll(layers);
        }
        meant.put(WHOLE, List.copyOf(trained));
        method.options()
                .all()
                .forEach(option -> option.usualOfPeft()
                        .ifPresent(usual -> option.peft().ifPresent(field -> meant.putIfAbsent(field, usual))));
        Object said = meant.get(TARGETS);
        if (said == null) {
            throw new OptionException("peft: " + TARGETS + " must be given for " + saved.kind() + "; got none");
        }
        if (!places.areNone()) {
            target(own, names, said);
        }
    }

    /** The names that are said to be trained whole; the usual names of heads are listed for models that lack them, too. */
    private List<String> whole() {
        return meant.containsKey(WHOLE) ? PeftPlaces.names(WHOLE, meant.get(WHOLE)) : List.of();
    }

    /** Old files do not list the head of a classifier, and hold it. */
    private boolean isTrainedHead(String head) {
        return saved.task().filter(CLASSIFIES::contains).isPresent()
                && saved.tensors().keySet().stream().anyMatch(tensor -> ("." + tensor).contains("." + head + "."));
    }

    private void target(Set<String> own, List<String> whole, Object said) {
        Set<String> all = places.named(
                TARGETS, said, saved.task().filter("SEQ_CLS"::equals).isPresent());
        Set<String> chosen = PeftPlaces.outside(all, whole);
        Object exclude = meant.remove(EXCLUDE);
        if (exclude != null && !Saved.isOff(exclude)) {
            chosen.removeAll(places.named(EXCLUDE, exclude, false));
        }
        if (own.contains(LAYERS)) {
            chosen = inBlocks(chosen, said);
        }
        if (chosen.isEmpty()) {
            throw new OptionException("peft: " + TARGETS + " must choose a layer of the model; got " + said);
        }
        boolean asListed = said instanceof List<?> && chosen.equals(all);
        meant.put(TARGETS, asListed ? PeftPlaces.naming(PeftPlaces.names(TARGETS, said), all) : List.copyOf(chosen));
        if (own.contains(FEEDFORWARD)) {
            meant.put(FEEDFORWARD, PeftPlaces.ending(FEEDFORWARD, meant.getOrDefault(FEEDFORWARD, List.of()), chosen));
        }
    }

    private Set<String> inBlocks(Set<String> chosen, Object said) {
        Object layers = meant.remove(LAYERS);
        Object pattern = meant.remove(PATTERN);
        if (layers == null || Saved.isOff(layers)) {
            return chosen;
        }
        if (said instanceof String) {
            throw new OptionException("peft: " + LAYERS + " goes with a list of " + TARGETS + "; got " + said);
        }
        List<Integer> numbers = new ArrayList<>();
        for (Object number : layers instanceof List<?> list ? list : List.of(layers)) {
            if (!(number instanceof Double value) || value != Math.rint(value) || value < 0 || value > 1e6) {
                throw new OptionException("peft: " + LAYERS + " must be numbers of blocks; got " + layers);
            }
            numbers.add(value.intValue());
        }
        List<String> patterns = pattern == null ? List.of() : PeftPlaces.names(PATTERN, pattern);
        return PeftPlaces.inBlocks(chosen, numbers, patterns);
    }

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }
}
