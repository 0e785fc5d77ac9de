/** Files of adapters, others' formats first. */
package luthier.finetune.io;
