package luthier.nn;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.Pool;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one pass through a model shares: whether it trains, its random stream, and by typed keys whatever else its layers ask for. A
 * new one is made for each batch; it never changes, but for the values that it proposes for buffers.
 */
public final class Context {
    /** The padding mask, BOOL {@code [B, T]}, true = a real token; without it every token is real. */
    public static final Key<Tensor> MASK = Key.rows("mask", DType.BOOL, "true = real token");

    /** The token types (segments), I64 {@code [B, T]}; without them all are of type 0. */
    public static final Key<Tensor> TOKEN_TYPES = Key.rows("token types", DType.I64, "the type of each token");

    /** Which of the attached adaptations the pass uses. */
    public static final Key<Active> ACTIVE = Key.of("active");

    /**
     * Is shown the output of every layer as it is made, adapters included. In a {@linkplain Layer#recomputed recomputed} part a
     * gradient cannot come back through what is shown: asking for it is an error.
     */
    public static final Key<BiConsumer<Layer, Variable>> TAPS = Key.of("taps");

    private static final Context INFERENCE = new Context(Map.of(), null, null, null, Part.PLAIN);

    /** Where a pass stands to recomputation. */
    enum Part {
        /** Computed once. */
        PLAIN,
        /** Computed for its value; for gradients it will be computed again. */
        FIRST,
        /** Computed again, for gradients. */
        REPLAY
    }

    private final Map<Key<?>, Object> values;
    private final @Nullable Rng rng;
    private final @Nullable Map<Parameter, Tensor> proposals;
    private final @Nullable Found found;
    private final Part part;

    /**
     * What a pass has found in the tree it runs in.
     *
     * @param attached what hung on the tree then
     * @param choice what of it the pass uses; null where the pass has chosen anew since
     */
    private record Found(Layer root, Attached attached, Attached.@Nullable Choice choice) {}

    private Context(
            Map<Key<?>, Object> values,
            @Nullable Rng rng,
            @Nullable Map<Parameter, Tensor> proposals,
            @Nullable Found found,
            Part part) {
        this.values = values;
        this.rng = rng;
        this.proposals = proposals;
        this.found = found;
        this.part = part;
    }

    /** Returns the context of a pass that does not train: no dropout, buffers stay. */
    public static Context inference() {
        return INFERENCE;
    }

    /** Returns the context of a training pass whose dropout masks are drawn from a stream; give each step its own. */
    public static Context training(Rng rng) {
        return new Context(Map.of(), rng, new LinkedHashMap<>(), null, Part.PLAIN);
    }

    // ---- keys

    /** Returns this pass with one thing more. Another {@link #ACTIVE} chooses among what the pass found attached when it began. */
    public <T> Context with(Key<T> key, T value) {
        Map<Key<?>, Object> more = new HashMap<>(values);
        more.put(key, key.checked(value));
        Found in = found;
        Found next = in == null || key != ACTIVE ? in : new Found(in.root(), in.attached(), null);
        return new Context(more, rng, proposals, next, part);
    }

    /** Returns what the pass carries under a key, if anything. */
    @SuppressWarnings("unchecked") // with() puts values under keys of their type
    public <T> Optional<T> get(Key<T> key) {
        return Optional.ofNullable((T) values.get(key));
    }

    /**
     * Returns what the pass carries under a key.
     *
     * @throws IllegalStateException naming the key if it carries nothing
     */
    public <T> T require(Key<T> key) {
        return get(key).orElseThrow(() -> new IllegalStateException(
                "context: this pass needs \"" + key + "\"; got none; give it with(key, value)"));
    }

    /**
     * Returns this pass with a padding mask.
     *
     * @param realTokens BOOL {@code [B, T]}, true = a real token
     */
    public Context withMask(Tensor realTokens) {
        return with(MASK, realTokens);
    }

    /** Returns the padding mask, BOOL {@code [B, T]}; empty if every token is real. */
    public Optional<Tensor> mask() {
        return get(MASK);
    }

    /**
     * Returns this pass with only these rows of what it carries by row.
     *
     * @param rows I64 {@code [n]}
     */
    Context rows(Tensor rows, long batch) {
        Map<Key<?>, Object> fewer = new HashMap<>(values);
        fewer.replaceAll((key, value) -> select(key, value, rows, batch));
        return new Context(fewer, rng, proposals, found, part);
    }

    @SuppressWarnings("unchecked") // with() puts values under keys of their type
    private static <T> Object select(Key<T> key, Object value, Tensor rows, long batch) {
        return key.select((T) value, rows, batch);
    }

    // ---- randomness

    /** Returns whether this pass trains. */
    public boolean isTraining() {
        return rng != null;
    }

    /** Returns the random stream of this pass; empty unless it trains. */
    public Optional<Rng> rng() {
        return Optional.ofNullable(rng);
    }

    /** Returns this pass with random streams of its own, for a layer that is called several times in it. */
    public Context at(String call) {
        Rng stream = rng;
        return stream == null ? this : new Context(values, stream.split(call), proposals, found, part);
    }

    // ---- buffers

    /**
     * Returns the buffer whose values this pass changes when it meets the given one: the buffer itself, or the copy of the adaptation
     * that trains it; empty if it is frozen or the pass does not train.
     */
    public Optional<Parameter> live(Parameter buffer) {
        if (proposals == null) {
            return Optional.empty();
        }
        var adapters = adapters().of(buffer);
        return adapters.isEmpty()
                ? Optional.of(buffer).filter(Parameter::isLive)
                : adapters.getLast().target().filter(Parameter::isLive);
    }

    /** Returns what a live buffer will be: the last proposal of this pass, else its value. */
    public Tensor proposed(Parameter buffer) {
        Parameter live = live(buffer)
                .orElseThrow(() -> new IllegalStateException("proposed: the buffer must be live in this pass; got "
                        + buffer.path() + "; ask live(buffer) first"));
        Map<Parameter, Tensor> made = proposals;
        return made == null ? live.value() : made.getOrDefault(live, live.value());
    }

    /** Proposes new values for a buffer, if it is live; {@link #commit} sets them. A recomputation proposes nothing. */
    public void propose(Parameter buffer, Tensor value) {
        Map<Parameter, Tensor> made = proposals;
        if (made != null && part != Part.REPLAY) {
            live(buffer).ifPresent(live -> made.put(live, keep(value)));
        }
    }

    /** Sets the buffers to what the pass has proposed; call it after every backward pass. */
    public void commit() {
        if (proposals != null) {
            proposals.forEach(Parameter::load);
            proposals.clear();
        }
    }

    /** Takes a tensor out of the pass's pool, so that it outlives the pass; returns it. */
    public Tensor keep(Tensor tensor) {
        return Pool.keep(tensor);
    }

    // ---- recomputation

    /** Returns whether this pass is a recomputation, which must leave no trace: no proposals, no taps, no writing to caches. */
    public boolean isReplay() {
        return part == Part.REPLAY;
    }

    Part part() {
        return part;
    }

    Context as(Part wanted) {
        return new Context(values, rng, proposals, found, wanted);
    }

    // ---- adapters

    /** Returns this pass with the adapters of a layer's tree chosen once and for all, unless it runs in that tree already. */
    Context inTreeOf(Layer layer) {
        Layer tree = layer.root();
        Found before = found;
        Found here = before != null && tree.equals(before.root()) ? before : null;
        if (here != null && here.choice() != null) {
            return this;
        }
        Attached attached = here != null ? here.attached() : tree.attached();
        // A tree of its own inside another's pass, without attachments, has nothing that the pass's choice could name.
        Attached.Choice chosen = before != null && attached.isEmpty()
                ? Attached.NOTHING.choose(Active.all())
                : attached.choose(get(ACTIVE).orElse(attached.usual()));
        return new Context(values, rng, proposals, new Found(tree, attached, chosen), part);
    }

    /** Returns the choice by rows that this pass begins with in a layer's tree, if any. */
    Optional<Active> byRows(Layer layer) {
        Found in = found;
        boolean chosen = in != null && in.choice() != null && in.root().equals(layer.root());
        return chosen ? Optional.empty() : get(ACTIVE).filter(Active::isByRows);
    }

    Attached.Choice adapters() {
        Found in = found;
        Attached.Choice chosen = in == null ? null : in.choice();
        if (chosen == null) {
            throw new IllegalStateException(
                    "context: a pass begins, and chooses anew, with a layer's forward; got a context that no layer has had since");
        }
        return chosen;
    }
}
