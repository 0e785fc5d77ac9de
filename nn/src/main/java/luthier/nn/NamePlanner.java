package luthier.nn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import luthier.nn.LoadPlan.Range;
import luthier.nn.LoadPlan.Step;
import luthier.nn.Names.Wanted;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.StoredTensor;
import luthier.tensor.io.StoredType;
import luthier.tensor.io.WeightSource;

/** Brings a file's tensors and a model's parameters together, and collects everything that does not fit. */
final class NamePlanner {
    private final Names names;
    private final WeightSource source;
    private final Map<String, Wanted> byCore = new LinkedHashMap<>();
    private final Set<Wanted> wanted = new LinkedHashSet<>();
    private final Map<String, List<NamePiece>> found = new LinkedHashMap<>();
    private final Map<String, List<NamePiece>> files = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, String> loaded = new LinkedHashMap<>();
    private final List<String> anew = new ArrayList<>();
    private final Set<String> reasons = new LinkedHashSet<>();
    private final List<String> ignored = new ArrayList<>();
    private final Misfits misfits = new Misfits();

    NamePlanner(Names names, Collection<Wanted> wanted, WeightSource source) {
        this.names = names;
        this.source = source;
        for (Wanted one : wanted) {
            this.wanted.add(one);
            for (String name : one.names()) {
                Wanted other = byCore.put(names.core(name), one);
                if (other != null) {
                    throw new IllegalArgumentException(
                            "names: two parameters must differ in more than usual prefixes; got " + other.names()
                                    + " and " + one.names());
                }
            }
        }
    }

    LoadPlan plan() {
        source.tensors().values().forEach(this::place);
        wanted.forEach(this::fill);
        if (!misfits.isEmpty()) {
            throw new WeightsException(misfits.message(
                    source.source(), found.isEmpty(), source.tensors().keySet()));
        }
        return new LoadPlan(
                source, steps, new LoadReport(source.source(), loaded, anew, ignored, List.copyOf(reasons)));
    }

    /** Puts a file's tensor down for the parameters that want it. */
    private void place(StoredTensor tensor) {
        List<NamePiece> pieces = names.pieces(tensor);
        long welcome = pieces.stream()
                .filter(piece -> byCore.containsKey(piece.name()))
                .count();
        if (welcome == pieces.size()) {
            files.put(tensor.name(), pieces);
            pieces.forEach(piece ->
                    found.computeIfAbsent(piece.name(), _ -> new ArrayList<>()).add(piece));
        } else if (welcome == 0 && pieces.stream().allMatch(piece -> names.ignores(piece.name()))) {
            ignored.add(tensor.name());
        } else {
            misfits.unknown.add(shown(tensor.name()) + " " + tensor.type() + " " + tensor.shape());
        }
    }

    /** Finds the one tensor of a parameter, under any of its names. */
    private void fill(Wanted one) {
        Optional<String> why = one.names().stream()
                .map(name -> names.anew(names.core(name)))
                .flatMap(Optional::stream)
                .findFirst();
        List<NamePiece> candidates = new ArrayList<>();
        for (String name : one.names()) {
            List<NamePiece> same = found.getOrDefault(names.core(name), List.of());
            if (same.size() > 1 && why.isEmpty()) {
                misfits.twice.add(files(same) + " for " + name);
                return;
            }
            candidates.addAll(same);
        }
        if (why.isPresent()) {
            anew.add(one.name());
            reasons.add(why.get());
            candidates.forEach(piece -> ignored.add(piece.file().name()));
        } else if (candidates.isEmpty()) {
            misfits.missing.add(one.name());
        } else if (candidates.stream().allMatch(piece -> fits(one, piece)) && agree(one, candidates)) {
            add(one, candidates.getFirst());
        }
    }

    private void add(Wanted one, NamePiece piece) {
        steps.add(step(one, piece));
        loaded.put(one.name(), piece.file().name());
    }

    private static String files(List<NamePiece> pieces) {
        return String.join(
                " and ",
                pieces.stream().map(piece -> shown(piece.file().name())).toList());
    }

    private boolean fits(Wanted one, NamePiece piece) {
        StoredTensor file = piece.file();
        if (isFraction(file.type()) != isFraction(one.dtype())) {
            misfits.types.add(shown(file.name()) + " " + file.type() + " for " + one.dtype());
            return false;
        }
        Shape expected = inFile(piece);
        if (!file.shape().equals(expected)) {
            misfits.shapes.add(shown(file.name()) + " " + file.shape() + " for " + expected);
            return false;
        }
        return true;
    }

    /** Tied names may all be in the file, but only with one value. */
    private boolean agree(Wanted one, List<NamePiece> candidates) {
        for (NamePiece other : candidates.subList(1, candidates.size())) {
            boolean same = step(one, candidates.getFirst())
                    .read(source)
                    .bitEquals(step(one, other).read(source));
            if (!same) {
                misfits.tied.add(files(List.of(candidates.getFirst(), other)));
                return false;
            }
        }
        return true;
    }

    private static boolean isFraction(StoredType type) {
        return type != StoredType.C64 && isFraction(type.readAs());
    }

    private static boolean isFraction(DType type) {
        return switch (type) {
            case F64, F32, F16, BF16 -> true;
            case I64, I32, I8, U8, BOOL -> false;
        };
    }

    // ---- shapes
    // ---------------------------------------------------------------------------------------------------------

    private Step step(Wanted one, NamePiece piece) {
        return new Step(one.name(), piece, piece.cut().map(cut -> range(piece, cut)));
    }

    /** Returns the shape that a piece's tensor must have in the file. */
    private Shape inFile(NamePiece piece) {
        Shape shape = afterCut(piece);
        if (piece.cut().isPresent()) {
            int axis = piece.cut().get().axis();
            long[] sizes = shape.toArray();
            if (axis < sizes.length) {
                sizes[axis] = siblings(piece).stream()
                        .mapToLong(part -> afterCut(part).size(axis))
                        .sum();
            }
            shape = Shape.of(sizes);
        }
        return NamePiece.flipped(shape, piece.flippedBefore());
    }

    private Shape afterCut(NamePiece piece) {
        Wanted one = Objects.requireNonNull(byCore.get(piece.name()));
        return NamePiece.flipped(one.shape(), piece.flippedAfter());
    }

    private List<NamePiece> siblings(NamePiece piece) {
        return Objects.requireNonNull(files.get(piece.file().name()));
    }

    private Range range(NamePiece piece, NamePiece.Cut cut) {
        long start = siblings(piece).subList(0, cut.index()).stream()
                .mapToLong(part -> afterCut(part).size(cut.axis()))
                .sum();
        return new Range(cut.axis(), start, start + afterCut(piece).size(cut.axis()));
    }

    private static String shown(String name) {
        return ModelFormatException.escape(name);
    }

    // ---- what does not fit
    // ----------------------------------------------------------------------------------------------

    /** Everything that does not fit, for one message. */
    private static final class Misfits {
        private static final int SHOWN = 100;

        private final List<String> missing = new ArrayList<>();
        private final List<String> unknown = new ArrayList<>();
        private final List<String> shapes = new ArrayList<>();
        private final List<String> types = new ArrayList<>();
        private final List<String> twice = new ArrayList<>();
        private final List<String> tied = new ArrayList<>();

        boolean isEmpty() {
            return missing.isEmpty()
                    && unknown.isEmpty()
                    && shapes.isEmpty()
                    && types.isEmpty()
                    && twice.isEmpty()
                    && tied.isEmpty();
        }

        String message(String source, boolean nothingFits, Set<String> all) {
            List<String> parts = new ArrayList<>();
            add(parts, missing, "missing");
            add(parts, shapes, "of another shape");
            add(parts, types, "of another type");
            add(parts, twice, "with two tensors");
            add(parts, tied, "tied, with different values");
            add(parts, unknown, "unknown");
            String hint = !nothingFits
                    ? ""
                    : all.isEmpty()
                            ? "; the file holds no tensors"
                            : "; no name fits: are these weights of another model or another family?";
            return "load: the weights must be the model's, name by name; got from " + source + ": "
                    + String.join("; ", parts) + hint;
        }

        private static void add(List<String> parts, List<String> names, String what) {
            if (!names.isEmpty()) {
                parts.add(names.size() + " " + what + ": "
                        + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                        + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : ""));
            }
        }
    }
}
