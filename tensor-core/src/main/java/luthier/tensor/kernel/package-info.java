/** Kernels on arrays: each family is a contract, a scalar definition and a SIMD twin with the same bits. */
package luthier.tensor.kernel;
