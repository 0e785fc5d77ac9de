package luthier.nn.text;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tokenizer inside a GGUF file: what its metadata say under {@code tokenizer.ggml.}.
 *
 * @param model {@code gpt2} or {@code llama}
 * @param pre how {@code gpt2} cuts texts; empty if the file does not say
 * @param tokens the tokens by id
 * @param types 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte, by id; empty if the file has none
 * @param scores by id; empty if the file has none
 * @param merges two tokens with a space between them, from the first to the last
 * @param bos the id that begins a sequence
 * @param eos the id that ends one
 * @param unknown the id of what no token stands for
 * @param padding the id that fills a batch up
 * @param addBos whether a text gets the beginning; empty if the file does not say
 * @param addEos whether a text gets the end
 * @param addSpacePrefix whether a text gets a space before it
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record GgufVocabulary(
        String model,
        Optional<String> pre,
        List<String> tokens,
        int[] types,
        float[] scores,
        List<String> merges,
        OptionalInt bos,
        OptionalInt eos,
        OptionalInt unknown,
        OptionalInt padding,
        Optional<Boolean> addBos,
        Optional<Boolean> addEos,
        Optional<Boolean> addSpacePrefix) {
    /** Keeps unchangeable copies of the lists. */
    public GgufVocabulary {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
    }
}
