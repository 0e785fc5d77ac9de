/**
 * Layers. A {@link luthier.nn.Layer} is a tree of named children and parameters; an {@link luthier.nn.Adapter} changes what one
 * of them computes; a {@link luthier.nn.Context} carries what a pass shares.
 *
 * {@snippet :
 * class Scaled extends Layer { // sizes in the constructor, each name written once
 *     private final Parameter weight = parameter("weight", Shape.of(2), Initializer.ones());
 *
 *     @Override
 *     protected Variable compute(Variable x, Context c) {
 *         return x.mul(weight.in(c));
 *     }
 * }
 * Layer model = new Scaled().initialize(Seed.of(1));
 * Variable x = Variable.constant(Tensor.of(new float[] {1, 2}, 2));
 * model.forward(x, Context.inference()).value(); // F32[2][1.0, 2.0]
 *
 * Parameter shift = new Parameter("shift", Shape.of(2), Initializer.ones()).initialize(Seed.of(2));
 * class Shifted implements Adapter { // around a layer that knows nothing of it
 *     @Override
 *     public Variable forward(Inner inner, Variable in, Context c) {
 *         return inner.forward(in, c).add(shift.variable());
 *     }
 *
 *     @Override
 *     public List<Parameter> parameters() {
 *         return List.of(shift);
 *     }
 * }
 * Attachment shifted = model.attach("shifted", new Shifted());
 * model.forward(x, Context.inference()).value(); // F32[2][2.0, 3.0]
 * Context plain = Context.inference().with(Context.ACTIVE, Active.none());
 * model.forward(x, plain).value(); // F32[2][1.0, 2.0]
 * shift.path(); // shifted/shift
 * shifted.close();
 * model.forward(x, Context.inference()).value(); // F32[2][1.0, 2.0]
 * }
 */
package luthier.nn;
