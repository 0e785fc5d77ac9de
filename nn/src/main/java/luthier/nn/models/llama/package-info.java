/**
 * Llama and its kin, with the public checkpoints' names: one decoder, and a file for each kin that says in what it differs. {@link
 * luthier.nn.models.Pretrained#causalLm} reads one from a folder; built from sizes alone, it takes no memory:
 *
 * {@snippet :
 * AttentionDesign attention = AttentionDesign.of(new AttentionDesign.Heads(576, 9, 3, 64));
 * LlamaConfig sizes = new LlamaConfig(
 *         49152, 576, 1536, Collections.nCopies(30, attention), 1e-5, HiddenActivation.SILU, false, true, 8192);
 * new LlamaModel(sizes).parameters().size(); // 272
 * }
 */
package luthier.nn.models.llama;
