package luthier.app;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
        name = "luthier",
        description =
                "Fine-tunes a pretrained sentence encoder in pure Java, and evaluates, queries and interpolates the result.",
        mixinStandardHelpOptions = true,
        version = "Luthier 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {FinetuneCommand.class, EvaluateCommand.class, PredictCommand.class, InterpolateCommand.class, ResumeCommand.class})
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private Main() {}

    /** Runs one command and exits with its code: 0 done, 2 what the user can mend, 130 interrupted, 1 our fault. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        Locale.setDefault(Locale.ROOT);
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        ErrorLine errors = new ErrorLine();
        return new CommandLine(new Main())
                .setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors)
                .setUsageHelpAutoWidth(true);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed");
    }
}
