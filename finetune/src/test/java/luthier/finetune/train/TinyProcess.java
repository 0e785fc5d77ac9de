package luthier.finetune.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Goes on with a {@link TinyRun} to its end, and says a line for every step. Argument: the run's folder. */
final class TinyProcess {
    private TinyProcess() {}

    public static void main(String[] arguments) throws IOException {
        TinyRun run = TinyRun.open(Path.of(arguments[0]));
        run.listener = event -> {
            if (event instanceof TrainingEvent.Step step) {
                System.out.println("step " + step.step());
                System.out.flush();
            }
        };
        TinyRun.Session session = run.run(Map.of(), Long.MAX_VALUE, TinyRun.End.ITSELF, new DiskStorage(), () -> {});
        System.out.println("from " + session.from());
    }
}
