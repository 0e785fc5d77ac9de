/** Conversions between tensors and the vectors and matrices of JOML. */
package luthier.tensor.joml;
