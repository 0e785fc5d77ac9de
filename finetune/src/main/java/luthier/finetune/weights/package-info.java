/** Weight-space methods: pure functions on named tensors. */
package luthier.finetune.weights;
