/** Low-rank adaptation. */
package luthier.finetune.lora;
