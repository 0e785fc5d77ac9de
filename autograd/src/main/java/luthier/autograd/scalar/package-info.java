/** The first lecture: reverse-mode differentiation of single numbers, in one class. */
package luthier.autograd.scalar;
