/** Measurements: every kernel family and a training step, scalar and SIMD side by side. */
@NullMarked
package luthier.benchmarks;

import org.jspecify.annotations.NullMarked;
