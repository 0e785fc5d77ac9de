package luthier.nn.models;

/** How a sentence encoder gathers its tokens' vectors. */
public enum SentencePooling {
    /** The mean over the real tokens. */
    MEAN,
    /** The first token's vector. */
    FIRST
}
