/** Tensors and their operations on values. */
package luthier.tensor;
