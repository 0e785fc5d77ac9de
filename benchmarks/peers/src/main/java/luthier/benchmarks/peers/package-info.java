/** Libraries that Luthier is measured against. Not part of the default build. */
@NullMarked
package luthier.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
