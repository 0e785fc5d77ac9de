package luthier.nn;

/** A layer with one weight from an input's features to an output's: linear layers, embeddings, convolutions. */
public interface Projection {
    /** Returns the number of features that come in; for an embedding its rows. */
    long inFeatures();

    /** Returns the number of features that go out. */
    long outFeatures();

    /** Returns the weight. */
    Parameter weight();
}
