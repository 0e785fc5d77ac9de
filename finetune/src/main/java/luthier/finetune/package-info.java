/**
 * The doors. {@link luthier.finetune.TextClassifier} and {@link luthier.finetune.Embedder} are a pretrained folder with a purpose;
 * {@link luthier.finetune.TextModel} is what both are beneath, for any task. {@link luthier.finetune.FineTuning} is one run: it says what
 * it will do, goes on in the background while others ask, and puts the best state in place. What a run is made of are values: {@link
 * luthier.finetune.TuningSettings}, from options by {@link luthier.finetune.RunOptions}.
 *
 * <p>{@link luthier.finetune.Tuning} puts a method on any model without a folder, a task or a run. Closed, it leaves the model as it was, bit for
 * bit; saved, it is a folder as the PEFT library writes it where that knows the method:
 *
 * {@snippet :
 * Layer model = new Linear(3, 2).initialize(Seed.of(1));
 * Method lora = Methods.named("lora");
 * Adaptation tuned = Tuning.fresh(model, lora, lora.options().parse(Map.of("rank", "1")), Seed.of(2));
 * tuned.trained(); // {lora_A.weight=lora_A.weight F32[1, 3], lora_B.weight=lora_B.weight F32[2, 1]}
 * Path folder = Files.createTempDirectory("adapter");
 * Tuning.save(tuned, folder, Optional.empty());
 * tuned.close();
 * Tuning.load(model, "again", folder).config().get(Lora.RANK); // 1
 * }
 *
 * <p>Here alone are the lists of what there is, {@link luthier.finetune.Methods} and {@link luthier.finetune.Dialects}; nothing beneath knows them.
 */
package luthier.finetune;
