/**
 * Layers: the formula in the first line of each, a few lines of code beneath. Constructors take sizes; {@link luthier.nn.Layer#initialize}
 * gives first values:
 *
 * {@snippet :
 * Linear half = new Linear(2, 1);
 * half.load(Map.of("weight", Tensor.of(new float[] {0.5f, 0.5f}, 1, 2), "bias", Tensor.of(new float[] {1}, 1)));
 * half.forward(Variable.constant(Tensor.of(new float[] {4, 6}, 1, 2)), Context.inference()).value(); // F32[1, 1][6.0]
 * }
 */
package luthier.nn.layers;
