/**
 * Pretrained models: {@link luthier.nn.models.Pretrained#open} takes a folder as model hubs serve it, finds its family by {@code config.json} among
 * {@link luthier.nn.models.Architectures#ALL}, and builds from it an encoder, a classifier or a sentence encoder under the names of the public
 * checkpoint. What does not fit is one error that names everything; what was made anew or left alone is in the {@link
 * luthier.nn.LoadReport}. A family is a package of its own.
 */
package luthier.nn.models;
