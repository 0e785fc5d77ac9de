package luthier.nn.text;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a tokenizer is made of, whatever file it comes from.
 *
 * @param normalizer changes a text before it is cut
 * @param preTokenizer cuts it into pieces
 * @param model makes tokens of each piece
 * @param added tokens that are found in the text as it stands
 * @param frame the special tokens around one text
 * @param pairFrame those around a pair
 * @param trim whether places leave out spaces
 * @param decoder makes readable text
 * @param roles the tokens that a model must know
 * @param truncation what the file wishes for
 * @param padding what the file wishes for
 */
record TokenizerParts(
        Normalizer normalizer,
        PreTokenizer preTokenizer,
        Model model,
        List<AddedToken> added,
        Frame frame,
        Frame pairFrame,
        Trim trim,
        Decoder decoder,
        Roles roles,
        Optional<Truncation> truncation,
        Optional<Padding> padding) {
    /** What a text becomes without any template. */
    static final Frame PLAIN = Frame.single(List.of(), List.of());

    /** What a pair becomes without any template. */
    static final Frame PLAIN_PAIR = Frame.pair(List.of(), List.of(), List.of(), 1);

    /** Whether places leave out the spaces at a token's ends, and whether the first was added. */
    record Trim(boolean on, boolean added) {
        static final Trim NONE = new Trim(false, false);
    }

    /** The ids that begin and end a sequence and that fill a batch up, where they are known. */
    record Roles(OptionalInt bos, OptionalInt eos, OptionalInt pad) {
        static final Roles NONE = new Roles(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
    }

    TokenizerParts {
        added = List.copyOf(added);
    }

    TokenizerParts with(Roles known) {
        return new TokenizerParts(
                normalizer, preTokenizer, model, added, frame, pairFrame, trim, decoder, known, truncation, padding);
    }
}
