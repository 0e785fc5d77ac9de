package luthier.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import luthier.autograd.Variable;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.ShapeOps;
import luthier.tensor.DType;
import luthier.tensor.Joining;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * The rows of a pass on one side of a model, once adapters have put theirs in front. An architecture begins one after its token
 * embedding, works with its rows and its context, and cuts the rows in front away before its head:
 *
 * {@snippet :
 * class Tagger extends Layer {
 *     private final Embedding words = child("words", Role.TOKENS, new Embedding(9, 4));
 *     private final Linear head = child("head", Role.HEAD, new Linear(4, 2));
 *
 *     @Override
 *     protected Variable compute(Variable ids, Context c) {
 *         Sequence in = Sequence.begin(words.forward(ids, c), c);
 *         // Blocks would come here: they are given in.x() and in.context().
 *         return head.forward(in.cut(in.x()), c);
 *     }
 * }
 * Layer tagger = new Tagger().initialize(Seed.of(1));
 * Variable ids = Variable.constant(Tensor.zeros(DType.I64, 1, 3));
 * tagger.forward(ids, Context.inference()).shape(); // [1, 3, 2]
 * }
 *
 * <p>Places in a sequence count from 0 over everything that caches hold of it, rows in front included. Where a cache holds the
 * beginning already, nothing is put in front again, but masks and spans still move.
 *
 * @param x the rows, {@code [B, F + T, D]}
 * @param context the pass with {@link Context#MASK}, {@link Context#TOKEN_TYPES} and {@link #SPAN} of these rows
 * @param front F, the rows in front that this pass computes
 */
public record Sequence(Variable x, Context context, long front) {
    /** How many places of the sequence earlier passes have put into caches, rows in front included; without it 0. */
    public static final Key<Long> PAST = Key.of("past");

    /**
     * The same for each row of the batch, I64 {@code [B]}, where caches hold rows of unlike length; {@link #PAST} is that of the longest.
     */
    public static final Key<Tensor> ROW_PAST = Key.rows("past of each row", DType.I64, "places of each row in caches");

    /** By how much positions are moved: by the number of keys that adapters of attention put in front; without it 0. */
    public static final Key<Long> SHIFT = Key.of("shift");

    /**
     * The begin and end of each row's given tokens, I64 {@code [B, 2]}, in places. It is set once for a sequence, whatever is generated
     * after it; without it the first pass takes it from the mask.
     */
    public static final Key<Tensor> SPAN = Key.rows("span", DType.I64, "begin and end of the given tokens");

    /** What adapters put in front, outermost last. */
    private static final Key<List<Front>> IN_FRONT = Key.of("rows in front");

    /** Rows {@code [P, D]}, and whether a sequence has begun with them. */
    private record Front(Variable rows, AtomicBoolean taken) {}

    /**
     * Computes a model whose sequence begins with these rows, before those that it begins with already: for an adapter around its root.
     *
     * @param rows {@code [P, D]}, the same for every sequence of the batch
     * @throws IllegalStateException if the model begins no sequence: the rows would have no effect
     */
    public static Variable forward(Inner inner, Variable x, Variable rows, Context c) {
        Front mine = new Front(rows, new AtomicBoolean());
        List<Front> all = new ArrayList<>();
        all.add(mine);
        all.addAll(c.get(IN_FRONT).orElse(List.of()));
        Variable y = inner.forward(x, c.with(IN_FRONT, all));
        if (!mine.taken().get()) {
            throw new IllegalStateException("sequence: rows in front need a model that begins a sequence; got "
                    + inner.host().describe() + ", which begins none; call Sequence.begin after its token embedding");
        }
        return y;
    }

    /** Returns a pass whose positions are moved by so many keys more, which adapters of attention put in front. */
    public static Context shifted(long keys, Context c) {
        return c.with(SHIFT, c.get(SHIFT).orElse(0L) + keys);
    }

    /**
     * Begins a sequence.
     *
     * @param tokens the embedded tokens of this pass, {@code [B, T, D]}
     * @throws ShapeException if the mask is not of all places, past and new, or the token types not of the new ones
     */
    public static Sequence begin(Variable tokens, Context c) {
        List<Front> rows = c.get(IN_FRONT).orElse(List.of());
        long front = rows.stream().mapToLong(each -> each.rows().size(0)).sum();
        long past = past(c);
        long batch = tokens.size(0);
        requireLength("mask", c.mask(), past == 0 ? tokens.size(1) : past - front + tokens.size(1));
        if (front == 0) {
            return new Sequence(tokens, c, 0);
        }
        rows.forEach(each -> each.taken().set(true));
        if (past != 0 && past < front) {
            throw new IllegalStateException("sequence: what is in the cache must begin with the rows in front; got "
                    + past + " places for " + front + " rows in front; fill the cache with the same adaptations");
        }
        Context moved = c.with(IN_FRONT, List.of());
        if (past == 0 || c.get(SPAN).isPresent()) {
            moved = moved.with(SPAN, span(c, batch, tokens.size(1)).add(Tensor.full(DType.I64, front, Shape.of(1, 1))));
        }
        moved = before(moved, Context.MASK, Tensor.full(DType.BOOL, 1, Shape.of(batch, front)));
        if (past != 0) {
            return new Sequence(tokens, moved, 0);
        }
        moved = before(moved, Context.TOKEN_TYPES, Tensor.zeros(DType.I64, Shape.of(batch, front)));
        List<Variable> parts = new ArrayList<>();
        rows.forEach(each -> parts.add(forEach(each.rows(), batch)));
        parts.add(tokens);
        return new Sequence(JoiningOps.concat(parts, 1), moved, front);
    }

    /** [P, D] -> [B, P, D], a view: the same for every sequence of the batch. */
    private static Variable forEach(Variable rows, long batch) {
        return ShapeOps.expand(ShapeOps.unsqueeze(rows, 0), Shape.of(batch, rows.size(0), rows.size(1)));
    }

    private static Context before(Context c, Key<Tensor> key, Tensor front) {
        return c.get(key)
                .map(tensor -> c.with(key, Joining.concat(List.of(front, tensor), 1)))
                .orElse(c);
    }

    private static void requireLength(String what, Optional<Tensor> given, long length) {
        given.filter(tensor -> tensor.rank() != 2 || tensor.size(1) != length).ifPresent(tensor -> {
            throw new ShapeException("sequence: the " + what + " must be of all tokens, those in caches too; got "
                    + tensor.shape() + " for " + length + " tokens");
        });
    }

    /** Returns y without the rows in front: {@code [B, F + T, D] -> [B, T, D]}. */
    public Variable cut(Variable y) {
        return front == 0 ? y : ShapeOps.slice(y, 1, front, y.size(1));
    }

    /** Returns how many places of the sequence lie before this pass. */
    public static long past(Context c) {
        return c.get(PAST).orElse(0L);
    }

    /**
     * Returns the positions of a pass's rows, I64 {@code [length]}, or {@code [B, length]} where {@link #ROW_PAST} tells rows apart: they count
     * on from what lies before it.
     */
    public static Tensor positions(Context c, long length) {
        long shift = c.get(SHIFT).orElse(0L);
        Optional<Tensor> rows = c.get(ROW_PAST);
        if (rows.isPresent()) {
            long[] first = rows.get().toLongArray();
            long[] positions = LongStream.of(first)
                    .flatMap(past -> LongStream.range(past + shift, past + shift + length))
                    .toArray();
            return Tensor.of(positions, first.length, length);
        }
        long first = past(c) + shift;
        return Tensor.of(LongStream.range(first, first + length).toArray(), length);
    }

    /**
     * Returns the begin and end of each row's given tokens, I64 {@code [B, 2]}: what {@link #SPAN} says, else from the first to the last
     * true place of the mask, else all.
     *
     * @throws IllegalStateException if the pass continues a sequence and does not say it
     */
    public static Tensor span(Context c, long batch, long length) {
        return c.get(SPAN).orElseGet(() -> {
            if (past(c) != 0) {
                throw new IllegalStateException("sequence: a pass that continues a sequence must say which tokens were"
                        + " given; got none; give it with(Sequence.SPAN, ..)");
            }
            int rows = Math.toIntExact(batch);
            long[] ends = new long[2 * rows];
            for (int row = 0; row < rows; row++) {
                long[] both = c.mask().isPresent() ? ends(c.mask().get(), row) : new long[] {0, length};
                System.arraycopy(both, 0, ends, 2 * row, 2);
            }
            return Tensor.of(ends, rows, 2);
        });
    }

    private static long[] ends(Tensor mask, int row) {
        boolean[] real = mask.select(0, row).toBooleanArray();
        int begin = 0;
        int end = real.length;
        while (end > 0 && !real[end - 1]) {
            end--;
        }
        while (begin < end && !real[begin]) {
            begin++;
        }
        return new long[] {begin, end};
    }
}
