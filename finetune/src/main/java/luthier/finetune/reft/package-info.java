/** Representation finetuning: edits of hidden states in a low-rank subspace. */
package luthier.finetune.reft;
