package luthier.tiny;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import luthier.autograd.Variable;
import luthier.autograd.ops.MatmulOps;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.Inner;
import luthier.nn.KeyValueAdapter;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.ParameterAdapter;
import luthier.nn.Sequence;
import luthier.tensor.Tensor;

/** Adapters of each kind, as small as they can be. */
public final class TinyAdapters {
    private TinyAdapters() {}

    private static Map<String, Tensor> with(Map<String, Tensor> own, Tensor weight) {
        Map<String, Tensor> weights = new LinkedHashMap<>(own);
        weights.put("weight", weight);
        return weights;
    }

    private static Tensor weight(Map<String, Tensor> own) {
        return Objects.requireNonNull(own.get("weight"));
    }

    /** y + B A x: changes the output. */
    public record LowRank(Parameter a, Parameter b) implements Adapter {
        public static LowRank of(long seed, long rank, long in, long out) {
            return new LowRank(
                    Tiny.parameter("a", Tiny.normal(seed, rank, in)),
                    Tiny.parameter("b", Tiny.normal(seed + 1, out, rank)));
        }

        @Override
        public Variable forward(Inner inner, Variable x, Context c) {
            return inner.forward(x, c).add(MatmulOps.linear(MatmulOps.linear(x, a.variable()), b.variable()));
        }

        @Override
        public Optional<Map<String, Tensor>> merged(Layer host, Map<String, Tensor> own) {
            return Optional.of(with(own, weight(own).add(b.value().matmul(a.value()))));
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(a, b);
        }
    }

    /** y(R x): changes the input. */
    public record Turned(Parameter r) implements Adapter {
        public static Turned of(long seed, long in) {
            return new Turned(Tiny.parameter("r", Tiny.normal(seed, in, in)));
        }

        @Override
        public Variable forward(Inner inner, Variable x, Context c) {
            return inner.forward(MatmulOps.linear(x, r.variable()), c);
        }

        @Override
        public Optional<Map<String, Tensor>> merged(Layer host, Map<String, Tensor> own) {
            return Optional.of(with(own, weight(own).matmul(r.value())));
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(r);
        }
    }

    /** f(y): leaves no weights. */
    public record Squashed(Parameter scale) implements Adapter {
        public static Squashed of() {
            return new Squashed(Tiny.parameter("scale", Tiny.normal(1, 1)));
        }

        @Override
        public Variable forward(Inner inner, Variable x, Context c) {
            return inner.forward(x, c).mul(scale.variable()).tanh();
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(scale);
        }
    }

    /** W + D around a value. */
    public record Added(Parameter d) implements ParameterAdapter {
        public static Added of(long seed, Parameter own) {
            return new Added(Tiny.parameter("d", Tiny.normal(seed, own.shape().toArray())));
        }

        @Override
        public Variable value(Supplier<Variable> own, Context c) {
            return own.get().add(d.variable());
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(d);
        }
    }

    /** W s around a value. */
    public record Scaled(Parameter s) implements ParameterAdapter {
        public static Scaled of(long seed, Parameter own) {
            return new Scaled(Tiny.parameter("s", Tiny.normal(seed, own.shape().toArray())));
        }

        @Override
        public Variable value(Supplier<Variable> own, Context c) {
            return own.get().mul(s.variable());
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(s);
        }
    }

    /** Rows before the embedded tokens, {@code [P, D]}, around a root. Lester et al. 2021, arXiv:2104.08691. */
    public record Prompt(Parameter rows) implements Adapter {
        public static Prompt of(long seed, long length, long width) {
            return new Prompt(Tiny.parameter("rows", Tiny.normal(seed, length, width)));
        }

        @Override
        public Variable forward(Inner inner, Variable ids, Context c) {
            return Sequence.forward(inner, ids, rows.variable(), c);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(rows);
        }
    }

    /** Moves positions by as many keys as {@link Prefix} puts in front, around a root. */
    public record Shift(long keys) implements Adapter {
        @Override
        public Variable forward(Inner inner, Variable ids, Context c) {
            return inner.forward(ids, Sequence.shifted(keys, c));
        }

        @Override
        public List<Parameter> parameters() {
            return List.of();
        }
    }

    /** Keys and values before those of one attention. Li and Liang 2021, arXiv:2101.00190. */
    public record Prefix(Parameter k, Parameter v) implements KeyValueAdapter {
        public static Prefix of(long seed, long length, long groups, long size) {
            return new Prefix(
                    Tiny.parameter("k", Tiny.normal(seed, length, groups, size)),
                    Tiny.parameter("v", Tiny.normal(seed + 1, length, groups, size)));
        }

        @Override
        public Variable keys(Layer host, Context c) {
            return k.variable();
        }

        @Override
        public Variable values(Layer host, Context c) {
            return v.variable();
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(k, v);
        }
    }
}
