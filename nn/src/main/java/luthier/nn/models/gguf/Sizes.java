package luthier.nn.models.gguf;

/**
 * The sizes of a decoder, which all shapes follow from.
 *
 * @param blocks how many blocks
 * @param width of a token's vector
 * @param inner width inside the feed-forward part
 * @param queries heads of queries
 * @param keys heads of keys and values
 * @param head width of a head
 * @param vocabulary rows of the embedding
 * @param length the longest text
 */
record Sizes(int blocks, long width, long inner, long queries, long keys, long head, long vocabulary, long length) {
    private static final int MOST_BLOCKS = 1000;

    /** Reads the sizes. */
    static Sizes read(Fields fields, long vocabulary) {
        long blocks = fields.size("block_count");
        if (blocks > MOST_BLOCKS) {
            throw fields.error("block_count", "must be at most " + MOST_BLOCKS + "; got " + blocks);
        }
        long width = fields.size("embedding_length");
        long queries = fields.size("attention.head_count");
        if (fields.find("attention.key_length").isEmpty() && width % queries != 0) {
            throw fields.error(
                    "attention.head_count",
                    "must divide " + fields.key("embedding_length") + " where " + fields.key("attention.key_length")
                            + " does not say how wide heads are; got " + queries + " and " + width);
        }
        long head = fields.size("attention.key_length", Math.max(1, width / queries));
        if (head % 2 != 0) {
            throw fields.error(
                    "attention.key_length", "must be even: a half of a head turns with the other; got " + head);
        }
        long values = fields.size("attention.value_length", head);
        if (values != head) {
            throw fields.error(
                    "attention.value_length",
                    "must be " + fields.key("attention.key_length") + "; got " + values + " and " + head);
        }
        return new Sizes(
                (int) blocks,
                width,
                fields.size("feed_forward_length"),
                queries,
                fields.size("attention.head_count_kv", queries),
                head,
                vocabulary,
                fields.size("context_length"));
    }

    /** Returns a size by its letter: V vocabulary, D width, F inner width, Q all queries, K all keys, H a head. */
    long of(char letter) {
        return switch (letter) {
            case 'V' -> vocabulary;
            case 'D' -> width;
            case 'F' -> inner;
            case 'Q' -> queries * head;
            case 'K' -> keys * head;
            case 'H' -> head;
            default -> throw new IllegalArgumentException("sizes: no size is called " + letter);
        };
    }
}
