package luthier.golden;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The signatures of the operations that cases of the group {@code ops} are about. */
public final class Signatures {
    /** Cases | operands | outputs | options; {@code shape_a, shape_b, gqa} only say what the tensors show. */
    private static final String TABLE = """
            add sub mul div pow maximum minimum matmul | a b | y | shape_a shape_b
            compare | a b | =lt:b =le:b =gt:b =ge:b =eq:b =ne:b |
            where | cond:b a b | y |
            neg abs sign square reciprocal sqrt rsqrt floor round | x | y |
            exp expm1 log log1p sin cos tanh erf | x | y |
            sigmoid logsigmoid relu gelu_erf gelu_tanh silu | x | y |
            leaky_relu | x | y | slope negative_slope
            elu | x | y | alpha
            softplus | x | y | beta threshold
            pow_scalar | x | y | exponent
            scalar_ops | x | =add =rsub =mul =rdiv | s
            clamp | x | y | lo hi
            sum mean prod max min logsumexp norm_l1 norm_l2 | x | y | axes axis keepdim
            var_unbiased var_biased std_unbiased | x | y | axes axis keepdim
            argmax | x | =argmax:i =argmin:i | axes axis keepdim
            max_with_index | x | values indices:i | axis keepdim
            softmax log_softmax cumsum cumprod | x | y | axis
            softmax_masked | x mask:b | y | axis
            sort | x | values indices:i | axis descending
            topk | x | values indices:i | axis k largest
            linear | input weight bias? | y |
            einsum | ... | y | equation
            transpose permute flip | x | y | axes
            reshape | x | y | shape permute_first
            expand | x | y | shape
            squeeze_unsqueeze | x | u s | at
            slice | x | y | slices
            select | x | y | axis index
            concat stack | ... | y | axis
            split | x | ... | axis sizes
            pad | x | y | pad value
            triu tril | x | y | diagonal
            embedding | weight idx:i | y | padding_idx
            index_select gather | x idx:i | y | axis
            scatter_add index_add | x idx:i src | y | axis
            masked_fill | x mask:b | y | value
            conv1d conv2d | x weight bias? | y | stride padding dilation groups
            conv_transpose1d conv_transpose2d | x weight bias? | y | stride padding output_padding dilation groups
            max_pool2d | x | y | k stride padding dilation ceil_mode
            avg_pool2d | x | y | k stride padding ceil_mode count_include_pad divisor_override
            adaptive_avg_pool2d adaptive_max_pool2d | x | y | output
            layer_norm | x weight? bias? | y | normalized_shape eps
            rms_norm | x weight? | y | normalized_shape eps
            group_norm | x weight? bias? | y | groups eps
            batch_norm_train | x weight?? bias?? rm? rv? | y running_mean running_var | momentum eps
            batch_norm_eval | x weight? bias? rm rv | y | eps
            attention | q k v mask:*? | y | causal scale gqa
            rope_half rope_interleaved | x | y | theta first_position
            cross_entropy | logits target:* weight? | y | reduction ignore_index label_smoothing soft_targets
            nll_loss | logp target:i weight? | y | reduction ignore_index
            bce_with_logits | x t pw? weight? | y | reduction
            mse_loss l1_loss | x t | y | reduction
            huber_loss | x t | y | delta reduction
            smooth_l1_loss | x t | y | beta reduction
            kl_div | logp t | y | log_target reduction
            cosine_similarity | a b | y | axis eps
            triplet_margin_loss | a p n | y | margin p eps swap reduction
            conventions_at_kinks | ... | y | op lo hi slope axis
            """;

    private static final Map<String, Signature> BY_NAME = new HashMap<>();

    static {
        TABLE.lines().forEach(line -> {
            String[] columns = line.split("\\|", -1);
            Signature signature = Signature.of(columns[1], columns[2], columns[3]);
            for (String name : columns[0].strip().split(" ")) {
                BY_NAME.put("ops/" + name, signature);
            }
        });
    }

    private Signatures() {}

    /** Returns the signature of the operation of a case, {@code ops/add}, if there is one. */
    public static Optional<Signature> find(String id) {
        return Optional.ofNullable(BY_NAME.get(id));
    }
}
