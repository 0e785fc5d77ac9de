/** Fine-tuning. */
package luthier.finetune;
