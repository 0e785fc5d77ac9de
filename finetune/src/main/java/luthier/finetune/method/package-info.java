/**
 * What a method of fine-tuning is: a file that declares its options once and fills the parts it puts on a model. {@link
 * luthier.finetune.method.HostMethod} does the rest.
 */
package luthier.finetune.method;
