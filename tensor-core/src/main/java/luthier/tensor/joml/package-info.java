/** Conversions between JOML's matrices, vectors and quaternions and tensors; JOML is optional at run time. */
package luthier.tensor.joml;
