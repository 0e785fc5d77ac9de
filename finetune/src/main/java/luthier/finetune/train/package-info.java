/**
 * The training loop, its plan, its events and its checks, and what it keeps: the best evaluation, checkpoints, the log.
 *
 * <p>A {@link luthier.finetune.train.RunPlan} says how many steps there are, where the run evaluates and saves; a {@link
 * luthier.finetune.train.Trainer} takes them, telling {@linkplain luthier.finetune.train.TrainingEvent events} to listeners. Where a run
 * stands is a few numbers, as the order of rows and the random streams are functions of seed, epoch and step. So a run goes on bit for
 * bit from a {@link luthier.finetune.train.Checkpoint}:
 *
 * <pre>{@code
 * RunIdentity identity = RunIdentity.here(options, Map.of("data", RunIdentity.Source.of("data", file)));
 * try (CheckpointFolder folder = CheckpointFolder.open(run.resolve("checkpoints"), 2)) {
 *     CheckpointFolder.Found found = folder.resume(identity);    // refuses what does not fit, by name
 *     trainer.run(data, evaluator, Optional.of(new Saving(folder, identity, Optional.empty(), found.checkpoint())));
 * }
 * }</pre>
 *
 * <p>{@link luthier.finetune.train.Trainer#stop}, from any thread, ends a run after its step with a checkpoint.
 */
package luthier.finetune.train;
