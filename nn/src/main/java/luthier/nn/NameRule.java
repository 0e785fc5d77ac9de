package luthier.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import luthier.tensor.Joining;
import luthier.tensor.Tensor;

/** One step between the names of a file and those of a model. */
sealed interface NameRule {
    /** Takes pieces of a file one step towards the model. */
    default List<NamePiece> toModel(NamePiece piece) {
        return List.of(piece);
    }

    /** Takes tensors one step towards the file. */
    default Map<String, Tensor> toFile(Map<String, Tensor> tensors) {
        return tensors;
    }

    /** Starts of names that say nothing: stripped from the file's and the model's names alike before these are compared. */
    record Prefixes(List<String> usual) implements NameRule {
        @Override
        public List<NamePiece> toModel(NamePiece piece) {
            return List.of(piece.named(strip(piece.name())));
        }

        String strip(String name) {
            String rest = name;
            for (boolean again = true; again; ) {
                again = false;
                for (String prefix : usual) {
                    if (rest.startsWith(prefix)) {
                        rest = rest.substring(prefix.length());
                        again = true;
                    }
                }
            }
            return rest;
        }
    }

    /** Another name for the same tensor; {@code written} if files are to have it. */
    record Rename(NameTemplate file, NameTemplate model, boolean written) implements NameRule {
        @Override
        public List<NamePiece> toModel(NamePiece piece) {
            return List.of(piece.named(other(piece.name(), file, model)));
        }

        @Override
        public Map<String, Tensor> toFile(Map<String, Tensor> tensors) {
            if (!written) {
                return tensors;
            }
            Map<String, Tensor> result = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> put(result, other(name, model, file), tensor));
            return result;
        }

        private static String other(String name, NameTemplate from, NameTemplate to) {
            return from.match(name).map(to::fill).orElse(name);
        }
    }

    /** A matrix that files hold transposed; {@code model} is its name at this step. */
    record Transpose(NameTemplate model) implements NameRule {
        @Override
        public List<NamePiece> toModel(NamePiece piece) {
            return List.of(model.fits(piece.name()) ? piece.transposed() : piece);
        }

        @Override
        public Map<String, Tensor> toFile(Map<String, Tensor> tensors) {
            Map<String, Tensor> result = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> result.put(
                    name,
                    model.fits(name) && tensor.rank() == 2
                            ? tensor.transpose(0, 1).contiguous()
                            : tensor));
            return result;
        }
    }

    /** A tensor of the file that is several of the model's, one after the other along an axis. */
    record Split(NameTemplate file, int axis, List<NameTemplate> models) implements NameRule {
        @Override
        public List<NamePiece> toModel(NamePiece piece) {
            Optional<List<String>> taken = file.match(piece.name());
            return taken.isEmpty()
                    ? List.of(piece)
                    : piece.split(
                            axis,
                            models.stream()
                                    .map(model -> model.fill(taken.get()))
                                    .toList());
        }

        @Override
        public Map<String, Tensor> toFile(Map<String, Tensor> tensors) {
            Map<String, Tensor> result = new LinkedHashMap<>();
            Map<String, Tensor> rest = new LinkedHashMap<>(tensors);
            for (String name : tensors.keySet()) {
                Optional<List<String>> taken = models.stream()
                        .map(model -> model.match(name))
                        .flatMap(Optional::stream)
                        .findFirst();
                if (taken.isEmpty()) {
                    put(result, name, Objects.requireNonNull(tensors.get(name)));
                } else if (rest.containsKey(name)) {
                    put(result, file.fill(taken.get()), joined(rest, taken.get()));
                }
            }
            return result;
        }

        private Tensor joined(Map<String, Tensor> rest, List<String> taken) {
            List<Tensor> parts = new ArrayList<>();
            for (NameTemplate model : models) {
                Tensor part = rest.remove(model.fill(taken));
                if (part == null) {
                    throw new WeightsException("names: the parts of " + file.fill(taken)
                            + " must be there together; got none called " + model.fill(taken));
                }
                parts.add(part);
            }
            return Joining.concat(parts, axis);
        }
    }

    /** Tensors of a file that a model may leave alone. */
    record Ignore(NameTemplate file) implements NameRule {}

    /** Parameters that are made anew, whatever a file holds. */
    record Anew(NameTemplate model, String why) implements NameRule {}

    private static void put(Map<String, Tensor> result, String name, Tensor tensor) {
        if (result.put(name, tensor) != null) {
            throw new WeightsException("names: two tensors must not have one name; got " + name + " twice");
        }
    }
}
