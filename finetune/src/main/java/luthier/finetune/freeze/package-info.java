/** Methods that train some of a model's own parameters, in copies, and leave the others. */
package luthier.finetune.freeze;
