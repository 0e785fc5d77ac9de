package luthier.app;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
        name = "luthier",
        description =
                "Fine-tunes pretrained text models in pure Java, and evaluates, queries, merges and interpolates the result.",
        mixinStandardHelpOptions = true,
        version = "Luthier 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            FinetuneCommand.class,
            ResumeCommand.class,
            PlanCommand.class,
            DataCommand.class,
            MethodsCommand.class,
            PredictCommand.class,
            GenerateCommand.class,
            ChatCommand.class,
            EmbedCommand.class,
            EvaluateCommand.class,
            CompareCommand.class,
            MergeCommand.class,
            InterpolateCommand.class,
            InspectCommand.class
        },
        footer = {
            "",
            "--memory 8g, anywhere among the words, sizes the heap (default: three quarters of the memory).",
            "Exit codes: 0 done, 1 our fault, 2 options, 3 data, 4 model file or run, 5 numbers that are not finite; 130, 143, 129 by signal."
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private Main() {}

    /** Runs one command and exits with its code: 0 done, 1 our fault, 2 usage, 3 data, 4 model or run, 5 diverged. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        Locale.setDefault(Locale.ROOT);
        CommandLine commandLine = commandLine();
        try {
            return commandLine.execute(arguments);
        } catch (Error e) {
            return ErrorLine.fatal(e, commandLine.getErr());
        } finally {
            commandLine.getOut().flush();
            commandLine.getErr().flush();
        }
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
