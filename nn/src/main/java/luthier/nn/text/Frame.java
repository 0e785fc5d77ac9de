package luthier.nn.text;

import java.util.List;

/** Special tokens around one text or two, {@code [CLS] A [SEP] B [SEP]}. */
record Frame(List<Frame.Part> parts) {
    /** The frame of what a tokenizer's file gives no template for. */
    static final Frame NONE = new Frame(List.of());

    /** Where a text goes, or special tokens. */
    record Part(int text, List<Integer> special, int type) {
        /** A place for the text of this number. */
        static Part ofText(int text, int type) {
            return new Part(text, List.of(), type);
        }

        /** Special tokens. */
        static Part ofSpecial(List<Integer> ids, int type) {
            return new Part(-1, ids, type);
        }
    }

    Frame {
        parts = List.copyOf(parts);
    }

    /** {@code before A after}. */
    static Frame single(List<Integer> before, List<Integer> after) {
        return new Frame(List.of(Part.ofSpecial(before, 0), Part.ofText(0, 0), Part.ofSpecial(after, 0)));
    }

    /** {@code before A between B after}, B and what follows of the given segment. */
    static Frame pair(List<Integer> before, List<Integer> between, List<Integer> after, int second) {
        return new Frame(List.of(
                Part.ofSpecial(before, 0),
                Part.ofText(0, 0),
                Part.ofSpecial(between, 0),
                Part.ofText(1, second),
                Part.ofSpecial(after, second)));
    }

    /** The same places for the texts without the special tokens. */
    Frame bare() {
        return new Frame(parts.stream().filter(part -> part.text() >= 0).toList());
    }

    int specials() {
        return parts.stream().mapToInt(part -> part.special().size()).sum();
    }

    /** A stretch of a text's tokens. */
    record Stretch(TokenList tokens, int from, int to) {
        int length() {
            return to - from;
        }
    }

    /** Puts the special tokens around stretches of texts. */
    Encoding around(List<Stretch> texts) {
        int size = specials() + texts.stream().mapToInt(Stretch::length).sum();
        int whole = texts.stream().mapToInt(text -> text.tokens().count()).sum();
        Encoding result = new Encoding(
                new int[size],
                new int[size],
                new int[size],
                new int[size],
                new int[size],
                new int[size],
                whole - size + specials());
        int at = 0;
        for (Part part : parts) {
            for (int id : part.special()) {
                result.ids()[at] = id;
                result.types()[at] = part.type();
                result.words()[at] = -1;
                result.texts()[at++] = -1;
            }
            if (part.text() >= 0) {
                at = put(result, at, part, texts.get(part.text()));
            }
        }
        return result;
    }

    private static int put(Encoding result, int first, Part part, Stretch text) {
        int at = first;
        for (int i = text.from(); i < text.to(); i++, at++) {
            result.ids()[at] = text.tokens().id(i);
            result.types()[at] = part.type();
            result.words()[at] = text.tokens().word(i);
            result.texts()[at] = part.text();
            result.starts()[at] = text.tokens().start(i);
            result.ends()[at] = text.tokens().end(i);
        }
        return at;
    }
}
