package luthier.finetune.train;

import java.util.Optional;

/**
 * Where a run is saved, and what it goes on from.
 *
 * @param folder takes the checkpoints
 * @param identity what decides the numbers of the run, saved with each
 * @param log whose length each remembers, if there is one
 * @param from the checkpoint to go on from, as {@link CheckpointFolder#resume} has found it; empty to begin
 */
public record Saving(
        CheckpointFolder folder, RunIdentity identity, Optional<MetricsLog> log, Optional<Checkpoint> from) {}
