package luthier.nn.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.WeightSource;

/**
 * A folder with a pretrained model, as model hubs serve it.
 *
 * @param folder the folder of the weights: a sentence encoder's transformer may lie in one below its own
 */
record FolderFiles(Path folder, Optional<SentenceModules> modules, WeightFiles found) implements ModelFiles {
    private static final String CONFIG = "config.json";
    private static final String ADAPTER = "adapter_config.json";

    static FolderFiles open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder + ": a model must be a folder with config.json and weights");
        }
        Optional<SentenceModules> modules = SentenceModules.read(folder);
        Path inner = modules.map(SentenceModules::transformer).orElse(folder);
        if (!Files.exists(inner.resolve(CONFIG))) {
            throw new ModelFormatException(
                    inner.toString(),
                    0,
                    Files.exists(inner.resolve(ADAPTER))
                            ? "a model folder must hold config.json; got " + ADAPTER
                                    + ", an adapter's folder; give it as --adapter, and its base model as --model"
                            : "a model folder must hold config.json; got none");
        }
        return new FolderFiles(inner, modules, WeightFiles.find(inner));
    }

    @Override
    public String place() {
        return folder.toString();
    }

    @Override
    public JsonObject config() throws IOException {
        return Json.read(folder.resolve(CONFIG)).asObject();
    }

    @Override
    public Tokenizer tokenizer() throws IOException {
        Tokenizer tokenizer = Tokenizer.open(folder);
        if (modules.filter(SentenceModules::lowercases).isPresent() && !tokenizer.lowercases()) {
            throw new ModelFormatException(
                    folder.resolve("sentence_bert_config.json").toString(),
                    0,
                    "do_lower_case is supported where the tokenizer lowercases too; got true beside a tokenizer that keeps"
                            + " case; set lowercase in tokenizer.json");
        }
        return tokenizer;
    }

    @Override
    public WeightSource weights() throws IOException {
        return found.open();
    }

    @Override
    public List<String> notes() {
        return found.notes();
    }
}
