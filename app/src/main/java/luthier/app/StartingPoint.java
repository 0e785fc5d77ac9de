package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import luthier.finetune.SavedModel;
import luthier.finetune.SavedTuning;
import luthier.finetune.task.Task;

/**
 * What a run begins from: a pretrained model, and an adapter that is trained on. A run's folder stands for its model with its adapter, or
 * for its merged weights.
 *
 * @param model the folder of the weights
 * @param adapter the folder of what was learned before, if it is trained on
 * @param task what was learned before, if the folder says it
 */
record StartingPoint(Path model, Optional<Path> adapter, Optional<Task> task) {
    private static final String ADAPTER = "adapter";

    /**
     * Returns what two options name.
     *
     * @param adapter a folder of an adapter, or of a run that has one; empty for none
     * @throws UsageException if both name an adapter
     */
    static StartingPoint of(Path model, String adapter) throws IOException {
        Optional<SavedModel> run = SavedModel.find(model);
        Path weights = run.map(SavedModel::start).orElse(model);
        Optional<Path> own = run.flatMap(SavedModel::adapter);
        Optional<Task> task = run.map(SavedModel::task);
        if (adapter.isEmpty()) {
            return new StartingPoint(weights, own, task);
        }
        if (own.isPresent()) {
            throw new UsageException("--adapter: belongs to a pretrained model; got the run " + model
                    + ", which has an adapter of its own; give its model, " + weights + ", or leave --adapter away");
        }
        Path given = Path.of(adapter);
        if (!Files.exists(given)) {
            throw new FolderException(given + ": no such adapter; give the folder of one with --adapter");
        }
        Path folder = SavedModel.isIn(given) ? given.resolve(ADAPTER) : given;
        Path parent = folder.toAbsolutePath().getParent();
        Optional<Task> learned = parent == null || !folder.endsWith(ADAPTER)
                ? Optional.empty()
                : SavedModel.find(parent).map(SavedModel::task);
        return new StartingPoint(weights, Optional.of(folder), learned.or(() -> task));
    }

    /** Reads the adapter. */
    Optional<SavedTuning> tuning() throws IOException {
        return adapter.isEmpty() ? Optional.empty() : Optional.of(SavedTuning.read(adapter.get()));
    }

    /**
     * Returns the task of the rows, with the labels in the order in which they were learned before.
     *
     * @throws UsageException if other things were learned
     */
    Task task(Task ofRows) {
        if (task.isEmpty()) {
            return ofRows;
        }
        Task before = task.get();
        if (!before.name().equals(ofRows.name()) || !before.labels().containsAll(ofRows.labels())) {
            throw new UsageException("finetune: the rows must have the task and labels that were learned before, "
                    + said(before) + "; got " + said(ofRows) + "; begin from the pretrained model");
        }
        return before;
    }

    private static String said(Task task) {
        return task.name() + (task.labels().isEmpty() ? "" : " " + task.labels());
    }
}
