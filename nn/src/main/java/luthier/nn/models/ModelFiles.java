package luthier.nn.models;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import luthier.nn.WeightStorage;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.WeightSource;

/** Where the files of a pretrained model lie: in a folder, on the class path, or all in one. */
sealed interface ModelFiles permits FolderFiles, ClassPathFiles, GgufFiles {
    /** Returns where they lie, for messages. */
    String place();

    /** Reads {@code config.json}. */
    JsonObject config() throws IOException;

    /** Returns what a sentence encoder's files say beside the transformer; empty if they are none. */
    Optional<SentenceModules> modules();

    /** Reads the tokenizer. */
    Tokenizer tokenizer() throws IOException;

    /** Opens the weights. */
    WeightSource weights() throws IOException;

    /** Returns how frozen matrices are kept where nothing else is wished. */
    default WeightStorage storage() {
        return WeightStorage.F32;
    }

    /** Returns what a user should know of the files. */
    List<String> notes();
}
