package luthier.nn.text;

/** An end of a sequence. */
public enum Side {
    /** The beginning. */
    LEFT,
    /** The end. */
    RIGHT
}
