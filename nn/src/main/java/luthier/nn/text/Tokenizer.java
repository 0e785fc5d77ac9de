package luthier.nn.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.SentencePieceFile;

/**
 * Turns texts into what a model reads, and back. Implementations are immutable and safe for use by several threads.
 *
 * {@snippet :
 * String json = """
 *     {"model": {"type": "BPE", "vocab": {"l": 0, "o": 1, "w": 2, "Ġ": 3, "lo": 4, "low": 5}, "merges": ["l o", "lo w"]},
 *      "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "decoder": {"type": "ByteLevel"}}
 *     """;
 * Tokenizer tokenizer = Tokenizer.fromJson(json.getBytes(), "tokenizer.json");
 * Arrays.toString(tokenizer.encode("low wool")); // [5, 3, 2, 1, 1, 0]
 * tokenizer.decode(tokenizer.encode("low wool")); // low wool
 * }
 */
public interface Tokenizer {
    /**
     * Reads a {@code tokenizer.json}.
     *
     * @param source the name of the file in error messages
     * @throws ModelFormatException if the content is not JSON, lacks a setting, or asks for a part or a setting that is not known; the
     *     message names it
     */
    static Tokenizer fromJson(byte[] content, String source) {
        return fromJson(Json.parse(content, source), source);
    }

    /** As {@link #fromJson(byte[], String)}, from JSON that is already parsed. */
    static Tokenizer fromJson(JsonValue root, String source) {
        return new Pipeline(new TokenizerFile(root, source).read());
    }

    /**
     * Reads the tokenizer of a model's folder: {@code tokenizer.json}; else {@code vocab.json} with {@code merges.txt}, {@code
     * tokenizer.model} or {@code vocab.txt}, with what {@code tokenizer_config.json} says about them.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if there is none, or a file does not fit; a tokenizer of another type is named
     */
    static Tokenizer open(Path folder) throws IOException {
        return new Pipeline(new TokenizerFolder(folder).read());
    }

    /**
     * Makes the tokenizer of a GGUF file's metadata.
     *
     * @param source the name of the file in error messages
     * @throws ModelFormatException if a value does not fit or names what is not known; the message has the key
     */
    static Tokenizer of(GgufVocabulary vocabulary, String source) {
        return new Pipeline(new GgufTokenizer(vocabulary, source).parts());
    }

    /**
     * Makes the tokenizer of a SentencePiece model, without special tokens around texts.
     *
     * @param source the name of the file in error messages
     * @throws ModelFormatException if the model is neither unigram nor byte pairs, or a value does not fit
     */
    static Tokenizer of(SentencePieceFile model, String source) {
        return new Pipeline(
                new SentencePieceTokenizer(model, source).parts(TokenizerParts.PLAIN, TokenizerParts.PLAIN_PAIR));
    }

    /**
     * Reads a rank file of tiktoken; the pattern that cuts texts and the special tokens are not in it.
     *
     * @throws IOException if it cannot be read
     * @throws ModelFormatException if a line is not a token and a rank, or an id is there twice
     */
    static Tokenizer tiktoken(Path file, String pattern, Map<String, Integer> special) throws IOException {
        return new Pipeline(TiktokenFile.read(TokenizerFolder.lines(file), pattern, special, file.toString()));
    }

    /**
     * Returns the ids of one text, or of a pair, with the special tokens that frame a sequence.
     *
     * @param texts one or two
     * @param maxLength the most ids; what is over is cut off the end, of a pair off the longer text, and counted
     * @throws IllegalArgumentException if there are not one or two texts, or {@code maxLength} leaves no room for the special tokens
     */
    Encoding encode(List<String> texts, int maxLength);

    /** As {@link #encode(List, int)}, of a text that is already cut into words: each id knows its word. */
    Encoding encodeWords(List<String> words, int maxLength);

    /**
     * Returns the tokens of one text, or of a pair.
     *
     * @throws IllegalArgumentException as {@link #encode(List, int)}, or if the truncation cannot be done
     */
    Encoding encode(List<String> texts, EncodingOptions options);

    /**
     * Returns all windows of one text, or of a pair, that the truncation cuts: the first is {@link #encode(List, EncodingOptions)}, the
     * others go on where the one before ended, less the stride. Of a pair of which both are cut every combination is a window.
     *
     * @throws IllegalArgumentException as {@link #encode(List, EncodingOptions)}, or if the options have no truncation
     */
    List<Encoding> windows(List<String> texts, EncodingOptions options);

    /** Returns the ids of a text between the special tokens that frame a sequence; nothing is cut. */
    default int[] encode(String text) {
        return encode(List.of(text), EncodingOptions.USUAL).ids();
    }

    /**
     * Returns readable text for ids.
     *
     * @param withSpecial whether special tokens are written or left out
     * @throws IllegalArgumentException if an id is not in the vocabulary
     */
    String decode(int[] ids, boolean withSpecial);

    /** Returns readable text for ids, without the special tokens. */
    default String decode(int... ids) {
        return decode(ids, false);
    }

    /**
     * Returns a stream that makes text of ids as they come.
     *
     * {@snippet :
     * String json = """
     *     {"model": {"type": "BPE", "vocab": {"Ã": 0, "©": 1}, "merges": []}, "decoder": {"type": "ByteLevel"}}
     *     """;
     * TextStream stream = Tokenizer.fromJson(json.getBytes(), "tokenizer.json").stream(false);
     * stream.accept(0).isEmpty(); // true
     * stream.accept(1); // é
     * }
     */
    TextStream stream(boolean withSpecial);

    /** Returns the id that fills a batch up. */
    int padId();

    /** Returns the id that begins a sequence, if the files name one. */
    OptionalInt bosId();

    /** Returns the id that ends a sequence, if the files name one. */
    OptionalInt eosId();

    /** Returns the id of a token as it is written in the vocabulary, or empty if it is not there. */
    OptionalInt id(String token);

    /**
     * Returns the token of an id as the vocabulary writes it.
     *
     * @throws IllegalArgumentException if the id is not in the vocabulary
     */
    String token(int id);

    /** Returns whether an id is a special token: left out by {@code decode}. */
    boolean isSpecial(int id);

    /** Returns the number of different tokens. */
    int vocabularySize();

    /** Returns whether texts are lowercased before they are cut. */
    boolean lowercases();

    /** Returns the truncation that the file wishes for; it is done only where it is asked for. */
    Optional<Truncation> fileTruncation();

    /** Returns the padding that the file wishes for; it is done only where it is asked for. */
    Optional<Padding> filePadding();
}
