package luthier.nn.chat;

/** What of a conversation is learned. */
public enum Trained {
    /** The last answer. */
    LAST,
    /** Every answer. */
    ASSISTANT,
    /** Everything. */
    ALL
}
