package luthier.nn.text;

import java.util.ArrayList;
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

    int texts() {
        return (int) parts.stream().filter(part -> part.text() >= 0).count();
    }

    private int specials() {
        return parts.stream().mapToInt(part -> part.special().size()).sum();
    }

    /** A text's ids with the word of each. */
    record Content(int[] ids, int[] words) {}

    /** Frames texts, cutting the longest one by one until all fits. */
    Encoding around(List<Content> texts, int maxLength) {
        int room = maxLength - specials();
        if (room < 0) {
            throw new IllegalArgumentException(
                    "encode: maxLength must leave room for the " + specials() + " special tokens; got " + maxLength);
        }
        int[] keep = texts.stream().mapToInt(text -> text.ids().length).toArray();
        int cut = 0;
        for (long total = total(keep); total > room; total--) {
            int longest = 0;
            for (int i = 1; i < keep.length; i++) {
                longest = keep[i] >= keep[longest] ? i : longest;
            }
            keep[longest]--;
            cut++;
        }
        List<Integer> ids = new ArrayList<>();
        List<Integer> types = new ArrayList<>();
        List<Integer> words = new ArrayList<>();
        for (Part part : parts) {
            for (int id : part.special()) {
                ids.add(id);
                types.add(part.type());
                words.add(-1);
            }
            for (int i = 0; part.text() >= 0 && i < keep[part.text()]; i++) {
                ids.add(texts.get(part.text()).ids()[i]);
                types.add(part.type());
                words.add(texts.get(part.text()).words()[i]);
            }
        }
        return new Encoding(array(ids), array(types), array(words), cut);
    }

    private static long total(int[] lengths) {
        long total = 0;
        for (int length : lengths) {
            total += length;
        }
        return total;
    }

    private static int[] array(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
