package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import picocli.CommandLine;

/**
 * What a command has said.
 *
 * @param code its exit code
 * @param out standard output
 * @param err standard error
 */
record Spoken(int code, String out, String err) {
    /** Runs the command line in this JVM. */
    static Spoken of(Object... words) {
        return of(Main.commandLine(), words);
    }

    /** Runs a command alone. */
    static Spoken of(CommandLine command, Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] texts = new String[words.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = words[i].toString();
        }
        int code = command.execute(texts);
        command.getOut().flush();
        return new Spoken(code, out.toString(), err.toString());
    }

    /** Requires success and returns what was said. */
    String done() {
        assertEquals(0, code, toString());
        return out;
    }

    /** Requires one line of error with this code, and returns it. */
    String refused(int wanted) {
        assertEquals(wanted, code, toString());
        assertEquals(1, err.lines().count(), err);
        return err.strip();
    }

    /** Trains a run of classification on tickets and returns its folder. */
    static Path run(Path folder, Path model, Path data, Object... more) {
        Object[] words = new Object[9 + more.length];
        System.arraycopy(
                new Object[] {"finetune", "--model", model, "--data", data, "--epochs", 2, "--out", folder},
                0,
                words,
                0,
                9);
        System.arraycopy(more, 0, words, 9, more.length);
        of(words).done();
        return folder;
    }
}
