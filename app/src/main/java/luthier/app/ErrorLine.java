package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import luthier.finetune.train.CheckpointException;
import luthier.finetune.train.TrainingException;
import luthier.tensor.io.ModelFormatException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Turns what went wrong into one line and an exit code: 2 for what the user can mend (options, files, disk), 4 for a run that cannot go
 * on or be saved, 1 with a stack trace for what only we can.
 */
final class ErrorLine implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    static final int USAGE = 2;
    static final int INTERNAL = 1;
    /** A run that cannot go on or be saved. */
    static final int RUN = 4;

    @Override
    public int handleExecutionException(
            Exception exception, CommandLine commandLine, CommandLine.@Nullable ParseResult parsed) {
        PrintWriter err = commandLine.getErr();
        String line = describe(exception);
        if (line == null) {
            err.println("luthier: internal error, please report it with this trace");
            exception.printStackTrace(err);
            return INTERNAL;
        }
        err.println("luthier: " + line.replace('\n', ' '));
        return exception instanceof CheckpointException ? RUN : USAGE;
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

    private static @Nullable String describe(@Nullable Throwable thrown) {
        return switch (thrown) {
            case null -> null;
            case NoSuchFileException e -> e.getFile() + ": no such file or folder";
            case AccessDeniedException e -> e.getFile() + ": access denied";
            case UncheckedIOException e -> describe(e.getCause());
            case IOException e ->
                fullDisk(e) ? "no space left on the disk; what was logged is kept; free some space" : message(e);
            case UsageException e -> message(e);
            case ModelFormatException e -> message(e);
            case TrainingException e -> message(e);
            case CheckpointException e -> message(e);
            case IllegalArgumentException e -> message(e);
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
}
