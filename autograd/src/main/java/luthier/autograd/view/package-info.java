/**
 * Pictures of a tape: a {@link luthier.autograd.view.GraphView} watches one backward pass and shows values, gradients and formulas with
 * their numbers as text, as a graph, and as a page that steps through the run.
 *
 * {@snippet :
 * Variable x = Variable.parameter(Tensor.scalar(3.0)).named("x");
 * GraphView.of(x.mul(x)).root().formula(); // x * x
 * }
 */
package luthier.autograd.view;
