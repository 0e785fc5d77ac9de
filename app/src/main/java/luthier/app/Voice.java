package luthier.app;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import luthier.tensor.io.Json;
import picocli.CommandLine;

/**
 * Where a run speaks.
 *
 * @param said takes what is said on the way
 * @param warned takes what must be known all the same: that a checkpoint could not be written
 * @param out takes the result
 * @param json whether the result is for programs
 * @param columns of the terminal on which a line of progress is rewritten in place; 0 if there is none
 */
record Voice(PrintWriter said, PrintWriter warned, PrintWriter out, boolean json, int columns) {
    /**
     * Returns the voice of a command.
     *
     * @param json the result is JSON on standard output, and all else is said on standard error
     * @param quiet nothing is said on the way
     */
    static Voice of(CommandLine command, boolean json, boolean quiet) {
        PrintWriter beside = json || quiet ? command.getErr() : command.getOut();
        boolean inPlace = !json && !quiet && Progress.onTerminal();
        return new Voice(
                quiet ? new PrintWriter(Writer.nullWriter()) : beside,
                beside,
                command.getOut(),
                json,
                inPlace ? command.getCommandSpec().usageMessage().width() : 0);
    }

    /** Gives the result: the fields as JSON, or the text. */
    void result(Map<String, Object> fields, String text) {
        out.print(json ? Json.of(fields).toJson(2) + System.lineSeparator() : text);
        out.flush();
    }
}
