/** DistilBERT: an encoder like BERT's without token types and pooler, and its head, under the names of the public checkpoints. */
package luthier.nn.models.distilbert;
