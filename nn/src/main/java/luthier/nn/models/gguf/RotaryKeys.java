package luthier.nn.models.gguf;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rotary positions of a GGUF file as {@code config.json} has them. Factors of frequencies, which Llama 3 has as a tensor, are those of {@code longrope}
 * with one list for short and long texts, without a change of the numbers' size.
 */
final class RotaryKeys {
    private static final String SCALING = "rope.scaling.";
    private static final String ATTENTION = "attn_factor";
    private static final BigDecimal USUAL_BASE = new BigDecimal("10000");
    private static final Set<String> OF_LINEAR = Set.of("type", "factor", "finetuned");
    private static final Set<String> OF_YARN = Set.of("type", "factor", "finetuned", "original_context_length");

    private RotaryKeys() {}

    /**
     * Adds the fields.
     *
     * @param factors what frequencies are divided by, if the file has such a tensor
     */
    static void add(Map<String, Object> config, Fields fields, Sizes sizes, Optional<List<Double>> factors) {
        config.put("rope_theta", fields.findNumber("rope.freq_base").orElse(USUAL_BASE));
        long turned = fields.size("rope.dimension_count", sizes.head());
        if (turned != sizes.head()) {
            config.put("partial_rotary_factor", (double) turned / sizes.head());
        }
        String type = fields.text(SCALING + "type").orElse("none");
        Map<String, Object> scaling = new LinkedHashMap<>();
        switch (type) {
            case "none" -> only(fields, Set.of("type", "finetuned"));
            case "linear" -> {
                only(fields, OF_LINEAR);
                scaling.put("rope_type", "linear");
                scaling.put("factor", fields.number(SCALING + "factor"));
            }
            case "yarn" -> {
                only(fields, OF_YARN);
                scaling.put("rope_type", "yarn");
                scaling.put("factor", fields.number(SCALING + "factor"));
                scaling.put("original_max_position_embeddings", fields.size(SCALING + "original_context_length"));
            }
            default -> throw fields.error(SCALING + "type", "must be none, linear or yarn; got " + type);
        }
        factors.ifPresent(list -> {
            if (!scaling.isEmpty()) {
                throw fields.error(SCALING + "type", "must be none beside " + GgufModel.FREQUENCIES + "; got " + type);
            }
            scaling.put("rope_type", "longrope");
            scaling.put("short_factor", list);
            scaling.put("long_factor", list);
            scaling.put("factor", 1.0);
            scaling.put("attention_factor", 1.0);
            scaling.put("original_max_position_embeddings", sizes.length());
        });
        if (!scaling.isEmpty()) {
            config.put("rope_scaling", scaling);
        }
    }

    private static void only(Fields fields, Set<String> known) {
        for (String key : fields.own().keySet()) {
            boolean usual =
                    key.equals(SCALING + ATTENTION) && fields.number(key).compareTo(BigDecimal.ONE) == 0;
            if (key.startsWith(SCALING) && !known.contains(key.substring(SCALING.length())) && !usual) {
                fields.requireNeutral(key);
            }
        }
    }
}
