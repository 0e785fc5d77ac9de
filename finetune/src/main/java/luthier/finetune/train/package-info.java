/**
 * The training loop, its plan, its events and its checks, and what it keeps: the best evaluation, checkpoints, the log.
 *
 * <p>A {@link luthier.finetune.train.RunPlan} says how many steps there are, where the run evaluates and saves; a {@link
 * luthier.finetune.train.Trainer} takes them, telling {@linkplain luthier.finetune.train.TrainingEvent events} to listeners. Where a run
 * stands is a few numbers, as the order of rows and the random streams are functions of seed, epoch and step. So a run goes on bit for
 * bit from a {@link luthier.finetune.train.Checkpoint}:
 *
 * {@snippet :
 * Path file = Files.writeString(Files.createTempFile("rows", ".csv"), "text,label");
 * RunIdentity identity = RunIdentity.here(Map.of("seed", "1"), Map.of("data", RunIdentity.Source.of("data", file)));
 * try (CheckpointFolder folder = CheckpointFolder.open(Files.createTempDirectory("checkpoints"), 2)) {
 *     CheckpointFolder.Found found = folder.resume(identity);
 *     found.checkpoint().isPresent(); // false
 * }
 * }
 *
 * <p>The run then takes {@code new Saving(folder, identity, Optional.empty(), found.checkpoint())}. {@link
 * luthier.finetune.train.Trainer#stop}, from any thread, ends a run after its step with a checkpoint.
 */
package luthier.finetune.train;
