/** Differentiable operations, one family a file. */
package luthier.autograd.ops;
