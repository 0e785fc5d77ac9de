/** BERT and what is built like it: an encoder, and heads on it, under the names of the public checkpoints. */
package luthier.nn.models.bert;
