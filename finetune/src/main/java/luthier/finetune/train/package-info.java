/** The training loop, its events and its checks. */
package luthier.finetune.train;
