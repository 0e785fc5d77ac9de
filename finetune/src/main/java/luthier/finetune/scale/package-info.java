/** Methods that scale what flows through a model by trained vectors. */
package luthier.finetune.scale;
