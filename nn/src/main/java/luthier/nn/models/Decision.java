package luthier.nn.models;

/** What the outputs of a head mean. */
public enum Decision {
    /** One of the labels: probabilities by softmax. */
    SOFTMAX,
    /** Any number of the labels: a probability each, by sigmoid. */
    SIGMOID,
    /** The outputs are numbers themselves. */
    NUMBER
}
