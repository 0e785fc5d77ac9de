package luthier.nn.optim;

/** Moves parameters against their gradients. */
public interface Optimizer {
    /** Takes one step at a learning rate. Parameters that are frozen or have no gradient stay as they are. */
    void step(double learningRate);

    /** Forgets the gradients of all its parameters. */
    void zeroGrad();

    /** Returns how many numbers it keeps for each trained one: 2 for AdamW. */
    int statesPerParameter();
}
