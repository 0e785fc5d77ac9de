/**
 * Reverse-mode automatic differentiation. A {@link luthier.autograd.Variable} is a value with the rule that made it; {@link
 * luthier.autograd.Variable#backward()} walks the rules in reverse order of creation and adds gradients to the leaves. Rules are
 * records written on variables, so the backward pass can itself be recorded ({@link luthier.autograd.Backward#createGraph()})
 * and differentiated to any order.
 *
 * {@snippet :
 * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2, 3}, 3));
 * Variable loss = x.mul(x).sum();
 * loss.backward();
 * x.grad().orElseThrow(); // F32[3][2.0, 4.0, 6.0]
 * }
 */
package luthier.autograd;
