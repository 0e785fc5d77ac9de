/**
 * What a method of fine-tuning is: a file that declares its options once and fills the parts it puts on a model. {@link
 * luthier.finetune.method.HostMethod} does the rest: all is attached at once, named, saved, loaded and taken off.
 *
 * {@snippet :
 * class Gain extends HostMethod {
 *     @Override
 *     public String name() {
 *         return "gain";
 *     }
 *
 *     @Override
 *     public String what() {
 *         return "a trained factor for each output of linear layers";
 *     }
 *
 *     @Override
 *     public String formula() {
 *         return "y = g * (W x + b)";
 *     }
 *
 *     @Override
 *     public String paper() {
 *         return "";
 *     }
 *
 *     @Override
 *     public Options options() {
 *         return Options.of(SAVE);
 *     }
 *
 *     @Override
 *     public Recipe recipe() {
 *         return new Recipe(1e-3, 0);
 *     }
 *
 *     @Override
 *     protected void build(Layer model, Config config, Seed seed, Parts parts) {
 *         for (Layer host : Targets.layers("targets", model, List.of("all-linear"), any -> any instanceof Linear, false)) {
 *             Shape size = Shape.of(((Linear) host).outFeatures());
 *             Parameter gain = fresh("gain", size, Initializer.ones(), seed.at(host.place()));
 *             parts.around(host, new Adapter() {
 *                 @Override
 *                 public Variable forward(Inner inner, Variable x, Context c) {
 *                     return inner.forward(x, c).mul(gain.variable());
 *                 }
 *
 *                 @Override
 *                 public List<Parameter> parameters() {
 *                     return List.of(gain);
 *                 }
 *             });
 *         }
 *     }
 * }
 * Layer model = new Linear(3, 2).initialize(Seed.of(1));
 * HostMethod method = new Gain();
 * Adaptation adaptation = method.attach(model, "mine", method.options().usual(), Seed.of(2));
 * adaptation.trained(); // {gain=gain F32[2]}
 * adaptation.state(); // {gain=F32[2][1.0, 1.0]}
 * adaptation.close();
 * }
 */
package luthier.finetune.method;
