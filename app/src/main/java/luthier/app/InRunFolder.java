package luthier.app;

import java.nio.file.Path;
import java.util.Optional;

/** A command that works in a run's folder: the trace of an error of ours goes there. */
interface InRunFolder {
    /** Returns the folder; empty before it is known. */
    Optional<Path> runFolder();
}
