package luthier.nn.models;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import luthier.nn.WeightStorage;
import luthier.nn.models.gguf.GgufModel;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
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
        throw new ModelFormatException(
                place(), "tokenizer.ggml.model must be bert for a WordPiece tokenizer; got the file of a decoder");
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
