/**
 * Luthier beside libtorch, OpenBLAS, EJML and its own scalar kernels.
 *
 * <p>A {@link luthier.benchmarks.compare.Workload} is a row of the table: how Luthier does it, and what the others are to do. A
 * {@link luthier.benchmarks.compare.Contender} is a library; each lives in a process of its own ({@link
 * luthier.benchmarks.compare.ContenderProcess}), and they take turns of some ten milliseconds, never two at a time, so that whatever else
 * the machine does hits all alike. {@link luthier.benchmarks.compare.Comparison} hands out the turns. To add a row, add a line
 * to a {@code *Rows} class: the libtorch side is a line of TorchScript, so no other file changes.
 */
@NullMarked
package luthier.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
