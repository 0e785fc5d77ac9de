/**
 * Models in GGUF files as model hubs serve them in folders: metadata become the fields of {@code config.json}, tensors get their public names,
 * and what a GGUF's writer changed (rows of queries and keys, norms) is put back, so that one family reads both and adapters carry the public
 * names. {@link luthier.nn.models.Pretrained#open} is the door.
 *
 * <p>{@link luthier.nn.models.gguf.GgufModel} is an open model, {@code GgufFamily} what an architecture's keys mean, {@code TensorTable} what its
 * tensors are called and how long they are, {@code GgufWeights} the tensors themselves. Whatever would change the numbers and is not known is
 * refused by its key or its tensor's name.
 */
package luthier.nn.models.gguf;
