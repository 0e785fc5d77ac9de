package luthier.nn.models;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.WeightSource;

/** Where the files of a pretrained model lie: in a folder, or on the class path. */
sealed interface ModelFiles permits FolderFiles, ClassPathFiles {
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

    /** Returns what a user should know of the files. */
    List<String> notes();
}
