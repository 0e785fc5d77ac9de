/** Optimizers, learning-rate schedules and gradient clipping. */
package luthier.nn.optim;
