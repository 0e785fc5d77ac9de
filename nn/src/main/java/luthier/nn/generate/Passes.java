package luthier.nn.generate;

import java.util.List;
import java.util.stream.LongStream;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Sequence;
import luthier.nn.layers.KeyValueCache;
import luthier.nn.models.CausalModel;
import luthier.tensor.Pool;
import luthier.tensor.Tensor;

/**
 * The passes of a batch of texts through a causal model: prompts of unlike length first, then one token each. No pass records a tape, each uses
 * the memory of the last, and every row has the bits that it has alone.
 */
final class Passes {
    private final Layer model;
    private final Context context;
    private final KeyValueCache cache = new KeyValueCache();
    private final Pool pool = new Pool();
    private long[] given = new long[0];

    /**
     * Begins.
     *
     * @param context the pass whose adapters all of them use
     */
    Passes(Layer model, Context context) {
        this.model = model;
        this.context = context;
    }

    /** Reads prompts, filled up on the right, and returns the scores of what comes after each. */
    List<double[]> begin(List<int[]> prompts) {
        int rows = prompts.size();
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
        long[] ids = new long[rows * longest];
        boolean[] real = new boolean[ids.length];
        long[] last = new long[rows];
        given = new long[rows];
        for (int row = 0; row < rows; row++) {
            int[] prompt = prompts.get(row);
            for (int t = 0; t < prompt.length; t++) {
                ids[row * longest + t] = prompt[t];
                real[row * longest + t] = true;
            }
            given[row] = prompt.length;
            last[row] = prompt.length - 1L;
        }
        Context c = cache.next(context).with(CausalModel.AT, Tensor.of(last, rows));
        boolean uneven = prompts.stream().anyMatch(prompt -> prompt.length != longest);
        List<double[]> scores =
                scores(Tensor.of(ids, rows, longest), uneven ? c.withMask(Tensor.of(real, rows, longest)) : c);
        if (uneven) {
            long front = cache.length() - longest;
            long[] lengths = new long[rows];
            for (int row = 0; row < rows; row++) {
                lengths[row] = front + given[row];
            }
            cache.keep(lengths);
        }
        return scores;
    }

    /** Reads the next token of each row and returns the scores of what comes after it. */
    List<double[]> step(int[] tokens) {
        long[] ids = new long[tokens.length];
        for (int row = 0; row < tokens.length; row++) {
            ids[row] = tokens[row];
        }
        return scores(Tensor.of(ids, ids.length, 1), cache.next(context));
    }

    /** Goes on with these rows. */
    void select(int... rows) {
        cache.select(rows);
        long[] before = given;
        given = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            given[i] = before[rows[i]];
        }
    }

    private List<double[]> scores(Tensor ids, Context c) {
        Context spanned = c.with(Sequence.SPAN, span());
        return pool.scope(() -> Grad.disabled(() -> {
            Tensor logits = model.forward(Variable.constant(ids), spanned).value();
            return rows(logits.select(1, logits.size(1) - 1));
        }));
    }

    /** Which tokens were given, whatever was generated since: [B, 2]. */
    private Tensor span() {
        long[] ends = new long[2 * given.length];
        for (int row = 0; row < given.length; row++) {
            ends[2 * row + 1] = given[row];
        }
        return Tensor.of(ends, given.length, 2);
    }

    private static List<double[]> rows(Tensor logits) {
        return LongStream.range(0, logits.size(0))
                .mapToObj(row -> logits.select(0, row).toDoubleArray())
                .toList();
    }
}
