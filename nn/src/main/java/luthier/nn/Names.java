package luthier.nn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.StoredTensor;
import luthier.tensor.io.WeightSource;

/**
 * How a file's names become a model's, step by step in the order in which the steps were added, and back. Immutable.
 *
 * {@snippet :
 * Names names = Names.same()
 *         .prefix("bert.", "module.")
 *         .also("{}LayerNorm.gamma", "{}LayerNorm.weight")
 *         .ignore("{}position_ids");
 * WeightSource file = WeightSource.of(Map.of("module.bert.LayerNorm.gamma", Tensor.ones(DType.F32, 2)), "a file");
 * LoadPlan plan = names.plan(List.of(new Names.Wanted("bert.LayerNorm.weight", Shape.of(2), DType.F32)), file);
 * plan.report().loaded(); // {bert.LayerNorm.weight=module.bert.LayerNorm.gamma}
 * }
 *
 * <p>Names are written as templates: a hole {@code {}} stands for any text, also none, {@code {n}} for a number, and the holes of two templates
 * stand for the same texts. A name that several renamings fit takes the first, on the way back the last: {@code layer.{n}.output.{}} leaves
 * alone {@code layer.0.attention.output.bias}, which {@code layer.{}.output.{}} would take.
 */
public final class Names {
    private final List<NameRule> rules;

    private Names(List<NameRule> rules) {
        this.rules = rules;
    }

    /**
     * A parameter that a file is to fill.
     *
     * @param names its name and, for a tied parameter, the others; one of them in the file is enough
     * @param shape its shape
     * @param dtype its type: a parameter of fractions takes fractions of any width, one of whole numbers whole numbers
     */
    public record Wanted(List<String> names, Shape shape, DType dtype) {
        /** Copies the names. */
        public Wanted {
            names = List.copyOf(names);
            if (names.isEmpty()) {
                throw new IllegalArgumentException("names: a parameter must have a name; got none for " + shape);
            }
        }

        /** Creates one with a single name. */
        public Wanted(String name, Shape shape, DType dtype) {
            this(List.of(name), shape, dtype);
        }

        /** Returns the parameter's own name, the first. */
        public String name() {
            return names.getFirst();
        }
    }

    /** Returns the names of files that have the model's names. */
    public static Names same() {
        return new Names(List.of());
    }

    /**
     * Adds starts of names that say nothing, {@code bert.} or {@code module.}: they are stripped, also several after another, from the
     * file's and the model's names alike before these are compared. Two names of a file that become one are refused.
     */
    public Names prefix(String... usual) {
        return with(new NameRule.Prefixes(List.of(usual)));
    }

    /** Adds another name: what files call {@code file} the model calls {@code model}, in both directions. */
    public Names rename(String file, String model) {
        return renamed(file, model, true);
    }

    /** Adds a name that files may have too, {@code {}LayerNorm.gamma} for {@code {}LayerNorm.weight}; it is never written. */
    public Names also(String file, String model) {
        return renamed(file, model, false);
    }

    private Names renamed(String file, String model, boolean written) {
        NameTemplate to = NameTemplate.of(model);
        return with(new NameRule.Rename(NameTemplate.of(file).requireHolesOf(to), to, written));
    }

    /** Adds matrices that files hold transposed; {@code model} is their name after the steps before. Tensors of other ranks stay. */
    public Names transpose(String model) {
        return with(new NameRule.Transpose(NameTemplate.of(model)));
    }

    /** Adds a tensor of the file that holds several of the model's one after the other along an axis, such as query, key and value. */
    public Names split(String file, int axis, String... models) {
        List<NameTemplate> parts = Stream.of(models).map(NameTemplate::of).toList();
        NameTemplate whole = NameTemplate.of(file).requireHolesOf(parts.toArray(NameTemplate[]::new));
        return with(new NameRule.Split(whole, axis, parts));
    }

    /** Adds tensors that the model may leave alone, by their names after the steps before; what it does want it still gets. */
    public Names ignore(String... files) {
        Names result = this;
        for (String file : files) {
            result = result.with(new NameRule.Ignore(NameTemplate.of(file)));
        }
        return result;
    }

    /**
     * Adds parameters that are made anew, such as a head for other labels: nothing is read for them, and tensors of these names are
     * left alone and reported.
     *
     * @param model the names, without usual prefixes
     * @param why told in the report
     */
    public Names anew(String model, String why) {
        return with(new NameRule.Anew(NameTemplate.of(model), why));
    }

    private Names with(NameRule rule) {
        List<NameRule> more = new ArrayList<>(rules);
        more.add(rule);
        return new Names(List.copyOf(more));
    }

    /**
     * Finds a tensor for every parameter, and checks them all before anything is read.
     *
     * @throws WeightsException naming every parameter that is missing, every tensor that no parameter wants, that has another shape or
     *     type, that shares a parameter with another, and tied tensors with different values; all at once
     */
    public LoadPlan plan(Collection<Wanted> wanted, WeightSource source) {
        return new NamePlanner(this, wanted, source).plan();
    }

    /** Returns the tensor of a source that would become the model's of this name, if there is exactly one and it is no part. */
    public Optional<StoredTensor> find(String model, WeightSource source) {
        String core = core(model);
        List<StoredTensor> found = source.tensors().values().stream()
                .filter(tensor -> pieces(tensor).stream()
                        .anyMatch(piece -> piece.cut().isEmpty() && piece.name().equals(core)))
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /**
     * Returns a model's tensors under the names of a file, transposed and joined as it holds them. Prefixes stay as the model has them.
     *
     * @throws WeightsException if parts of a joined tensor are missing, or two tensors would get one name
     */
    public Map<String, Tensor> toFile(Map<String, Tensor> tensors) {
        Map<String, Tensor> result = new LinkedHashMap<>(tensors);
        for (NameRule rule : rules.reversed()) {
            result = rule.toFile(result);
        }
        return result;
    }

    /** Returns what becomes of a file's tensor. */
    List<NamePiece> pieces(StoredTensor file) {
        List<NamePiece> pieces = List.of(NamePiece.of(file));
        for (NameRule rule : rules) {
            pieces = pieces.stream()
                    .flatMap(piece -> rule.toModel(piece).stream())
                    .toList();
        }
        return pieces;
    }

    /** Returns a model's name without what says nothing. */
    String core(String model) {
        String core = model;
        for (NameRule rule : rules) {
            core = rule instanceof NameRule.Prefixes prefixes ? prefixes.strip(core) : core;
        }
        return core;
    }

    boolean ignores(String core) {
        return rules.stream().anyMatch(rule -> rule instanceof NameRule.Ignore(NameTemplate file) && file.fits(core));
    }

    /** Returns why a parameter is made anew, if it is. */
    Optional<String> anew(String core) {
        return rules.stream()
                .flatMap(rule -> rule instanceof NameRule.Anew(NameTemplate model, String why) && model.fits(core)
                        ? Stream.of(why)
                        : Stream.empty())
                .findFirst();
    }

    @Override
    public String toString() {
        return "Names" + rules;
    }
}
