package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import luthier.finetune.SavedModel;
import luthier.finetune.train.CheckpointFolder;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;

/** What a folder is that a user names. */
enum FolderKind {
    /** A finished run on one's own rows, or what was merged of one. */
    TUNED,
    /** A run of the main job. */
    MAIN_JOB,
    /** A pretrained model. */
    PRETRAINED;

    private static final String MODULES = "modules.json";

    /**
     * Looks at a folder.
     *
     * @throws FolderException if it is none of these
     */
    static FolderKind of(Path folder) throws IOException {
        if (SavedModel.isIn(folder)) {
            return TUNED;
        }
        Path config = folder.resolve(RunFolder.CONFIG);
        if (!Files.isRegularFile(config)) {
            if (Files.isRegularFile(folder.resolve(MODULES))) {
                return PRETRAINED;
            }
            throw new FolderException(folder + ": not a run's folder (it has no " + RunFolder.CONFIG
                    + "); give a folder that luthier finetune has written, runs/...");
        }
        if (RunFolder.isRun(folder) && RunFolder.ended(folder).isEmpty()) {
            throw new FolderException(folder + ": the run has not ended; its newest checkpoint is "
                    + CheckpointFolder.newestStep(RunFolder.checkpoints(folder)).stream()
                            .mapToObj(step -> "after step " + step)
                            .findFirst()
                            .orElse("none yet")
                    + "; go on with: luthier resume " + folder);
        }
        return isMainJob(folder) ? MAIN_JOB : PRETRAINED;
    }

    /** Returns whether a folder with a configuration is one of a run of the main job, ended or not. */
    static boolean isMainJob(Path folder) throws IOException {
        JsonObject json = Json.read(folder.resolve(RunFolder.CONFIG)).asObject();
        return json.find("format").isPresent();
    }

    /**
     * Requires a finished run.
     *
     * @throws FolderException if it is none
     */
    static FolderKind ofRun(Path folder) throws IOException {
        FolderKind kind = of(folder);
        if (kind == PRETRAINED) {
            throw new FolderException(
                    folder + ": not a run's folder (it holds a pretrained model); give a folder that luthier"
                            + " finetune has written, runs/...");
        }
        return kind;
    }
}
