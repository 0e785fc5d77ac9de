/**
 * Differentiable operations, one family a file: each operation is a static method whose Javadoc gives the formula forward and
 * backward, with its rule, a record, directly beneath. A fused operation takes a fused kernel backward when only numbers are
 * asked for and its composed form when the gradient itself needs a history.
 */
package luthier.autograd.ops;
