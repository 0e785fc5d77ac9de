/**
 * Decompositions of matrices and what follows from them: QR, SVD, Cholesky, eigenvalues of symmetric matrices, equations, inverses,
 * determinants. Everything is computed in double precision, matrix by matrix, so that a batch gives the bits of each matrix alone.
 *
 * {@snippet :
 * Tensor a = Tensor.of(new double[] {4, 2, 2, 3}, 2, 2);
 * Cholesky.factor(a).get(0, 0); // 2.0
 * LinearAlgebra.determinant(a); // F64[][8.0]
 * }
 */
package luthier.tensor.linalg;
