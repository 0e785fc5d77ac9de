/** Choosing what is trained. */
package luthier.finetune.freeze;
