/** Layers. */
package luthier.nn;
