package luthier.nn.models;

import luthier.nn.Names;

/** What the names of all families' checkpoints have in common. */
public final class CheckpointNames {
    private CheckpointNames() {}

    /**
     * Returns the names of a family: the prefixes that wrappers and trainers put before its own, layer norms' old {@code gamma} and {@code
     * beta}, and tensors that are no weights.
     *
     * @param prefix the family's own prefix, {@code bert.}
     */
    public static Names of(String prefix) {
        return Names.same()
                .prefix(prefix, "module.", "_orig_mod.", "model.", "0.auto_model.", "auto_model.")
                .also("{}LayerNorm.gamma", "{}LayerNorm.weight")
                .also("{}LayerNorm.beta", "{}LayerNorm.bias")
                // Numbers that are counted out, and the constants of an exported graph, named after their nodes.
                .ignore("{}position_ids", "{}token_type_ids", "/{}", "onnx::{}");
    }
}
