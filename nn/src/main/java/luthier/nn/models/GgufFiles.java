package luthier.nn.models;

import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import luthier.nn.WeightStorage;
import luthier.nn.chat.ChatFormat;
import luthier.nn.models.gguf.GgufModel;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.WeightSource;

/** A GGUF file with all that a model needs. */
record GgufFiles(GgufModel model) implements ModelFiles {
    @Override
    public String place() {
        return model.source();
    }

    @Override
    public JsonObject config() {
        return model.config();
    }

    @Override
    public Optional<SentenceModules> modules() {
        return Optional.empty();
    }

    @Override
    public Tokenizer tokenizer() {
        return model.tokenizer();
    }

    @Override
    public ChatFormat chat() {
        return model.chat();
    }

    @Override
    public NavigableSet<Integer> endTokens(Tokenizer tokenizer) {
        return new TreeSet<>(model.stopIds());
    }

    @Override
    public WeightSource weights() throws IOException {
        return model.weights();
    }

    @Override
    public WeightStorage storage() {
        return WeightStorage.AS_IS;
    }

    @Override
    public List<String> notes() {
        return List.of();
    }
}
