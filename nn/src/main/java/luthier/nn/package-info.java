/**
 * Layers. A {@link luthier.nn.Layer} is a tree of named children and parameters; an {@link luthier.nn.Adapter} changes what one
 * of them computes; a {@link luthier.nn.Context} carries what a pass shares.
 */
package luthier.nn;
