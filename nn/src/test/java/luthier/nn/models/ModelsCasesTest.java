package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.WeightsException;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Model folders made from public reports: what must be in each parameter, or the words of the refusal. */
class ModelsCasesTest {
    private static final List<String> PREFIXES = List.of("bert.", "roberta.", "distilbert.");
    private static final Set<String> CHECKED = Set.of(
            "loads", "new", "ignored", "labels", "says", "pooling", "normalize", "max_length", "decides", "row_order");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> models() {
        return CaseFile.tests("models.json", this::check);
    }

    private void check(JsonObject c) {
        if (c.find("stage").isPresent()) {
            throw new NotCovered("families of stage " + c.get("stage").asString() + ": "
                    + c.get("kind").asString());
        }
        Path model = folder.resolve(c.get("id").asString());
        CaseFolders.write(c.get("files").asObject(), model);
        List<JsonObject> accepted = CaseFile.accepted(c, "expect");
        Outcome outcome = outcome(c.get("task"), model);
        List<String> faults = new ArrayList<>();
        for (JsonObject wanted : accepted) {
            Optional<String> fault = fault(outcome, wanted);
            if (fault.isEmpty()) {
                return;
            }
            faults.add(fault.get());
        }
        throw new AssertionError(faults + "; got " + outcome.shown());
    }

    /** A model with its folder, or the message of the refusal. */
    private record Outcome(Optional<Pretrained> opened, Optional<LoadedModel> loaded, String refusal) {
        String shown() {
            return loaded.map(model -> model.labels() + " " + model.report()).orElse(refusal);
        }
    }

    private static Outcome outcome(JsonValue task, Path model) {
        try {
            Pretrained opened = Pretrained.open(model);
            return new Outcome(Optional.of(opened), Optional.of(load(task, opened)), "");
        } catch (ModelFormatException | WeightsException refused) {
            return new Outcome(Optional.empty(), Optional.empty(), String.valueOf(refused.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LoadedModel load(JsonValue task, Pretrained opened) throws IOException {
        if (task instanceof JsonString word) {
            return switch (word.value()) {
                case "encoder" -> opened.encoder();
                case "embed" -> opened.sentenceEncoder();
                case "predict" -> opened.predictor();
                default -> throw new AssertionError("a task that this test does not know: " + word.value());
            };
        }
        JsonObject classify = task.asObject();
        int count = classify.get("classify").asInt();
        List<String> labels = classify.find("labels").map(CaseFile::texts).orElseGet(() -> LabelNames.numbered(count));
        assertEquals(count, labels.size());
        return opened.classifier(labels, Seed.of(1));
    }

    private static Optional<String> fault(Outcome outcome, JsonObject wanted) {
        Optional<JsonValue> words = wanted.find("refused");
        if (words.isPresent()) {
            return CaseFile.texts(words.get()).stream()
                    .filter(word -> !outcome.refusal().contains(word))
                    .findFirst()
                    .map(word -> "the refusal must say " + word);
        }
        if (outcome.loaded().isEmpty()) {
            return Optional.of("must load");
        }
        for (String field : wanted.members().keySet()) {
            assertTrue(CHECKED.contains(field), "an expectation that this test does not know: " + field);
        }
        try {
            requireLoads(outcome.loaded().get(), outcome.opened().get(), wanted);
            return Optional.empty();
        } catch (AssertionError fault) {
            return Optional.of(String.valueOf(fault.getMessage()));
        }
    }

    private static void requireLoads(LoadedModel loaded, Pretrained opened, JsonObject wanted) {
        Map<String, Parameter> parameters = loaded.model().names();
        wanted.get("loads").asObject().members().forEach((name, seed) -> {
            String full = name(parameters, name);
            assertTrue(loaded.report().loaded().containsKey(full), name + " must be loaded");
            Tensor got = parameters.get(full).value();
            Tensor expected = expected(got, seed.asLong());
            if (wanted.find("row_order").isPresent()) {
                throw new AssertionError("rows are not moved here");
            }
            assertTrue(got.bitEquals(expected), name + " must be of seed " + seed);
        });
        wanted.find("new").map(CaseFile::texts).orElse(List.of()).forEach(name -> requireNew(loaded, parameters, name));
        long anew = loaded.report().anew().size();
        assertEquals(
                parameters.size(), loaded.report().loaded().size() + anew, "every parameter is loaded or made anew");
        List<String> ignored = loaded.report().ignored();
        wanted.find("ignored")
                .map(CaseFile::texts)
                .ifPresent(names -> assertEquals(Set.copyOf(names), Set.copyOf(ignored), "ignored"));
        wanted.find("labels").map(CaseFile::texts).ifPresent(labels -> assertEquals(labels, loaded.labels(), "labels"));
        String notes = String.join("\n", loaded.report().notes());
        wanted.find("says")
                .map(CaseFile::texts)
                .orElse(List.of())
                .forEach(word -> assertTrue(notes.contains(word), "a note must say " + word));
        requireSentences(loaded, opened, wanted);
        wanted.find("decides")
                .ifPresent(what ->
                        assertEquals(what.asString(), loaded.decision().name().toLowerCase(java.util.Locale.ROOT)));
    }

    /** What is not needed is not made up: a parameter that is to be new may be missing from the model. */
    private static void requireNew(LoadedModel loaded, Map<String, Parameter> parameters, String name) {
        boolean there =
                parameters.keySet().stream().anyMatch(own -> stripped(own).equals(name));
        if (there) {
            assertTrue(loaded.report().anew().contains(name(parameters, name)), name + " must be made anew");
        }
    }

    private static void requireSentences(LoadedModel loaded, Pretrained opened, JsonObject wanted) {
        wanted.find("pooling").ifPresent(word -> {
            SentenceEncoder encoder = (SentenceEncoder) loaded.model();
            String got = encoder.pooling() == SentencePooling.MEAN ? "mean" : "cls";
            assertEquals(word.asString(), got, "pooling");
            wanted.find("normalize")
                    .ifPresent(normalize -> assertEquals(normalize.asBoolean(), encoder.normalizes(), "normalize"));
        });
        wanted.find("max_length").ifPresent(length -> assertEquals(length.asInt(), opened.maxLength(), "max_length"));
    }

    /** Finds a parameter by its name without the family's prefix. */
    private static String name(Map<String, Parameter> parameters, String name) {
        return parameters.keySet().stream()
                .filter(own -> stripped(own).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the model must have " + name));
    }

    private static String stripped(String name) {
        return PREFIXES.stream()
                .filter(name::startsWith)
                .findFirst()
                .map(prefix -> name.substring(prefix.length()))
                .orElse(name);
    }

    private static Tensor expected(Tensor like, long seed) {
        float[] numbers = new float[Math.toIntExact(like.elementCount())];
        for (int j = 0; j < numbers.length; j++) {
            numbers[j] = CaseFolders.element(seed, j);
        }
        return Tensor.wrap(numbers, like.shape());
    }
}
