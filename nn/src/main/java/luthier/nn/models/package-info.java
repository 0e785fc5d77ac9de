/** Pretrained architectures under the names of their public checkpoints. */
package luthier.nn.models;
