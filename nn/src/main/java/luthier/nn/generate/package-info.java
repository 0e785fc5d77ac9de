/**
 * Continuing texts with a causal model. {@link luthier.nn.generate.Generator} runs the passes; what is chosen from the scores of a pass is a
 * matter of pure functions: {@link luthier.nn.generate.Penalties} first, then {@link luthier.nn.generate.Filters}, then a draw by a
 * counter-based random number, so that a seed gives one text whatever runs beside it.
 *
 * {@snippet :
 * AttentionDesign attention = AttentionDesign.of(new AttentionDesign.Heads(8, 2, 1, 4));
 * LlamaConfig sizes =
 *         new LlamaConfig(20, 8, 16, List.of(attention), 1e-5, HiddenActivation.SILU, false, true, 32);
 * LlamaModel decoder = new LlamaModel(sizes);
 * Layer model = new CausalModel("model", decoder, "lm_head", new Linear(decoder.tokens().weight()), 0).initialize(Seed.of(1));
 * new Generator(model, 32).generate(new int[] {3, 1}, GenerationSettings.greedy(5)).tokens().size(); // 5
 * }
 *
 * <p>{@link luthier.nn.generate.StopStrings} ends an answer at a text, however tokens cut it.
 */
package luthier.nn.generate;
