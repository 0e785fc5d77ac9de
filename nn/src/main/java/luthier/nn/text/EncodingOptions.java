package luthier.nn.text;

import java.util.List;
import java.util.Optional;

/**
 * How texts are encoded.
 *
 * @param framed whether the special tokens of the tokenizer's template are put around the texts: yes for plain text, no for text that a chat
 *     template has rendered, which has them already
 * @param specialAsText whether special tokens that are written in a text are only text: for what comes from outside
 * @param literal stretches of the first text in which special tokens are only text, in order: the contents in a rendered chat
 * @param truncation how what is too long is cut; empty cuts nothing
 */
public record EncodingOptions(
        boolean framed, boolean specialAsText, List<Span> literal, Optional<Truncation> truncation) {
    /** With the template's special tokens, special tokens in the text read as such, nothing cut. */
    public static final EncodingOptions USUAL = new EncodingOptions(true, false, List.of(), Optional.empty());

    /** Keeps an unchangeable copy of the stretches. */
    public EncodingOptions {
        literal = List.copyOf(literal);
    }

    /** Without the template's special tokens. */
    public EncodingOptions unframed() {
        return new EncodingOptions(false, specialAsText, literal, truncation);
    }

    /** With special tokens in the text as text. */
    public EncodingOptions allAsText() {
        return new EncodingOptions(framed, true, literal, truncation);
    }

    /** With special tokens as text in some stretches. */
    public EncodingOptions literal(List<Span> stretches) {
        return new EncodingOptions(framed, specialAsText, stretches, truncation);
    }

    /** Cut where it is too long. */
    public EncodingOptions truncated(Truncation wanted) {
        return new EncodingOptions(framed, specialAsText, literal, Optional.of(wanted));
    }
}
