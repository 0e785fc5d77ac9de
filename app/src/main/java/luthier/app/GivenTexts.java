package luthier.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import luthier.finetune.task.Questions;
import luthier.finetune.task.Task;
import luthier.nn.data.DataException;
import luthier.nn.data.Row;
import luthier.nn.data.RowFormat;
import luthier.nn.data.Rows;

/**
 * The texts that a command is given: one as a word of the command line (two for a pair), the lines of standard input for {@code -}, or the
 * rows of a file.
 *
 * @param words of the command line
 * @param columns of a file, if the user names them
 */
record GivenTexts(List<String> words, List<String> columns) {
    private static final String STANDARD_INPUT = "-";
    private static final String INPUT_NAME = "standard input";
    private static final int TOGETHER = 64;

    /** Copies the lists. */
    GivenTexts {
        words = List.copyOf(words);
        columns = List.copyOf(columns);
    }

    /** Takes texts, some at a time, in order. */
    interface Receiver {
        /** Takes rows of texts as {@code TextModel.predict} does. */
        void take(List<List<String>> rows) throws IOException;
    }

    /** Returns whether the command line holds the text itself. */
    boolean isOne() {
        return !words.equals(List.of(STANDARD_INPUT)) && file().isEmpty();
    }

    private Optional<Path> file() {
        if (words.size() != 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(words.getFirst())).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Returns the one row of texts that the command line holds. */
    List<String> one(String command, Task task) {
        if (words.isEmpty() || words.stream().anyMatch(String::isBlank)) {
            throw new UsageException(command + ": the text must not be empty; got "
                    + (words.isEmpty()
                            ? "none; give a text, a file or - for standard input"
                            : "\"" + String.join("\", \"", words) + "\""));
        }
        boolean pair = Questions.isPair(task);
        if (words.size() != (pair ? 2 : 1)) {
            throw new UsageException(
                    command + ": the model reads " + (pair ? "two texts" : "one text") + " at a time; got "
                            + words.size() + (pair ? "" : "; put the text in quotes, or many texts in a file"));
        }
        requireNoLostFile(words.getFirst());
        return task.isPerToken() ? List.of(words.getFirst().strip().split("\\s+", -1)) : words;
    }

    /** A word that is a file's name rather than a text was mistyped. */
    private static void requireNoLostFile(String word) {
        if (word.chars().noneMatch(Character::isWhitespace)
                && word.lastIndexOf('.') > 0
                && RowFormat.of(Path.of(word)).isPresent()) {
            throw new DataException(word, "no such file");
        }
    }

    /**
     * Gives all texts to a receiver and says on {@code err} which columns nobody reads.
     *
     * @throws DataException for a text that is empty or a column that is not there
     */
    void forEach(Task task, InputStream in, PrintWriter err, Receiver receiver) throws IOException {
        Optional<Path> file = file();
        if (file.isEmpty()) {
            lines(task, in, receiver);
            return;
        }
        Rows rows = Rows.onDisk(file.get());
        Questions questions = Questions.of(task, rows, columns);
        List<String> unused = questions.unused(rows);
        if (!unused.isEmpty()) {
            err.println("unused columns: " + String.join(", ", unused));
        }
        List<List<String>> some = new ArrayList<>();
        try (Stream<Row> stream = rows.stream()) {
            for (Row row : (Iterable<Row>) stream::iterator) {
                some.add(questions.texts(row));
                if (some.size() == TOGETHER) {
                    receiver.take(some);
                    some.clear();
                }
            }
        }
        if (!some.isEmpty()) {
            receiver.take(some);
        }
    }

    private static void lines(Task task, InputStream in, Receiver receiver) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
        List<List<String>> some = new ArrayList<>();
        int line = 1;
        try {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                some.add(row(task, text, line++));
                // Whoever types sees an answer to each line.
                if (some.size() == TOGETHER || !reader.ready()) {
                    receiver.take(some);
                    some.clear();
                }
            }
        } catch (CharacterCodingException e) {
            throw new DataException(INPUT_NAME, line, 0, "must be UTF-8; got other bytes; convert it");
        }
        if (line == 1) {
            throw new DataException(INPUT_NAME, "must hold texts, one a line; got nothing");
        }
        if (!some.isEmpty()) {
            receiver.take(some);
        }
    }

    private static List<String> row(Task task, String text, int line) {
        if (text.isBlank()) {
            throw new DataException(INPUT_NAME, line, 0, "every line must be a text; got an empty one; take it out");
        }
        if (task.isPerToken()) {
            return List.of(text.strip().split("\\s+", -1));
        }
        if (!Questions.isPair(task)) {
            return List.of(text);
        }
        List<String> texts = Arrays.asList(text.split("\t", -1));
        if (texts.size() != 2 || texts.stream().anyMatch(String::isBlank)) {
            throw new DataException(
                    INPUT_NAME,
                    line,
                    0,
                    "every line must be two texts with a tab between; got " + texts.size()
                            + "; put a tab between them");
        }
        return texts;
    }
}
