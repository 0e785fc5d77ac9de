package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import luthier.finetune.task.NotFiniteException;
import luthier.finetune.train.CheckpointException;
import luthier.finetune.train.DivergedException;
import luthier.finetune.train.TrainingException;
import luthier.nn.WeightsException;
import luthier.nn.chat.TemplateException;
import luthier.nn.data.DataException;
import luthier.tensor.io.ModelFormatException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * Turns what went wrong into one line and an exit code: 2 for the options, 3 for the data, 4 for the file of a model or the folder of a run,
 * 5 for numbers that are not finite any more; 1 with a trace in a file for what only we can mend.
 */
final class ErrorLine implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    static final int INTERNAL = 1;
    static final int USAGE = 2;
    static final int DATA = 3;
    static final int MODEL = 4;
    static final int DIVERGED = 5;

    private record Fault(int code, String line) {}

    @Override
    public int handleExecutionException(Exception exception, CommandLine commandLine, @Nullable ParseResult parsed) {
        PrintWriter err = commandLine.getErr();
        Fault fault = fault(exception);
        if (fault == null) {
            err.println("luthier: internal error; " + trace(exception, Optional.ofNullable(parsed)));
            return INTERNAL;
        }
        err.println("luthier: " + fault.line().replace('\n', ' '));
        return fault.code();
    }

    @Override
    public int handleParseException(CommandLine.ParameterException exception, String[] arguments) {
        CommandLine commandLine = exception.getCommandLine();
        String message = String.valueOf(exception.getMessage()).replace('\n', ' ');
        commandLine
                .getErr()
                .println("luthier: " + message + "; see luthier "
                        + (commandLine.getParent() == null ? "" : commandLine.getCommandName() + " ") + "--help");
        return USAGE;
    }

    /** Says what no command can go on after, and returns its exit code. */
    static int fatal(Throwable thrown, PrintWriter err) {
        if (thrown instanceof OutOfMemoryError) {
            err.println("luthier: the memory is too small; got a heap of "
                    + Tables.bytes(Runtime.getRuntime().maxMemory())
                    + "; give more with --memory, or smaller batches or texts");
            return USAGE;
        }
        err.println("luthier: internal error; " + trace(thrown, Optional.empty()));
        return INTERNAL;
    }

    private static @Nullable Fault fault(@Nullable Throwable thrown) {
        return switch (thrown) {
            case null -> null;
            case NoSuchFileException e -> new Fault(USAGE, e.getFile() + ": no such file or folder");
            case AccessDeniedException e -> new Fault(USAGE, e.getFile() + ": access denied");
            case UncheckedIOException e -> fault(e.getCause());
            case IOException e ->
                fullDisk(e)
                        ? new Fault(USAGE, "no space left on the disk; what was logged is kept; free some space")
                        : new Fault(USAGE, message(e));
            case DataException e -> new Fault(DATA, message(e));
            case FolderException e -> new Fault(MODEL, message(e));
            case ModelFormatException e -> new Fault(MODEL, message(e));
            case TemplateException e -> new Fault(MODEL, message(e));
            case WeightsException e -> new Fault(MODEL, message(e));
            case CheckpointException e -> new Fault(MODEL, message(e));
            case DivergedException e -> new Fault(DIVERGED, message(e));
            case NotFiniteException e -> new Fault(DIVERGED, message(e));
            case UsageException e -> new Fault(USAGE, message(e));
            case TrainingException e -> new Fault(USAGE, message(e));
            case IllegalArgumentException e -> new Fault(USAGE, message(e));
            default -> null;
        };
    }

    /** The JDK has no exception of its own for it, only the operating system's words. */
    private static boolean fullDisk(IOException e) {
        return String.valueOf(e.getMessage()).contains("No space left on device");
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    }

    // ---- traces
    // ---------------------------------------------------------------------------------------------------------

    /** Writes the trace into the run's folder, or among temporary files, and returns what to do with it. */
    private static String trace(Throwable thrown, Optional<ParseResult> parsed) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        try {
            Optional<Path> run = parsed.flatMap(ErrorLine::runFolder);
            Path file = run.isPresent()
                    ? Files.createTempFile(run.get(), "error-", ".txt")
                    : Files.createTempFile("luthier-error-", ".txt");
            Files.writeString(file, text.toString());
            return "please report it with the trace in " + file;
        } catch (IOException e) {
            return "please report it with this trace (no file could be written): " + text;
        }
    }

    /** Returns the folder that the command writes or reads. */
    private static Optional<Path> runFolder(ParseResult parsed) {
        List<CommandLine> commands = parsed.asCommandLineList();
        CommandLine last = commands.getLast();
        if (last.getCommand() instanceof InRunFolder command) {
            return command.runFolder().filter(Files::isDirectory);
        }
        return Optional.empty();
    }
}
