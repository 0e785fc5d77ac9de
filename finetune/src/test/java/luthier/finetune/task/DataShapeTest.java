package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import luthier.finetune.task.DataShape.Kind;
import luthier.nn.data.DataException;
import luthier.nn.data.Row;
import luthier.nn.data.Rows;
import luthier.nn.data.Split;
import luthier.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataShapeTest {
    private static final String TICKETS = """
            id,text,label
            1,where is my parcel,delivery
            2,the page is down,outage
            3,my parcel is late,delivery
            """;

    @TempDir
    private Path folder;

    private Rows rows(String name, String text) {
        try {
            return Rows.read(Files.writeString(folder.resolve(name), text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DataShape shape(String name, String text) {
        return DataShape.recognise(rows(name, text), DataOptions.auto());
    }

    /** Asserts the refusal, less the folder's name. */
    private void assertRefused(String message, String name, String text, DataOptions options) {
        Rows rows = rows(name, text);
        DataException fault = assertThrows(DataException.class, () -> DataShape.recognise(rows, options));
        assertEquals(message, fault.getMessage().substring(folder.toString().length() + 1));
    }

    private static String lines(int count, String pattern) {
        return IntStream.range(0, count)
                .mapToObj(i -> pattern.replace("#", String.valueOf(i)))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void whatIsTakenIsSaid() {
        DataShape shape = shape("t.csv", TICKETS);
        assertEquals(Kind.CLASSIFY, shape.kind());
        assertEquals(
                List.of(
                        "classify: text from column \"text\", label from column \"label\"",
                        "unused columns: id",
                        "2 labels: delivery 2, outage 1; always answering the first is right for 66.7 %",
                        "labels with a single row, which can be learned but not validated: outage"),
                shape.says());
        assertEquals("3 rows", shape.announcement().lines().findFirst().orElseThrow());
    }

    @Test
    void rowsAreTypedByTheirRoles() {
        Rows rows = rows("t.csv", TICKETS);
        DataShape shape = DataShape.recognise(rows, DataOptions.auto());
        TypedRow row = shape.typed(rows).get(1);
        assertEquals(List.of("the page is down"), row.texts());
        assertEquals("outage", row.label());
        assertEquals(3, row.row().line());
        assertEquals(
                folder.resolve("t.csv") + ", line 3: too long",
                row.error("too long").getMessage());
    }

    @Test
    void everyShapeHasItsTexts() {
        assertTyped(List.of("p", "c"), List.of(), "{\"prompt\": \"p\", \"completion\": \"c\"}");
        assertTyped(List.of("p", "i", "o"), List.of(), "{\"instruction\": \"p\", \"input\": \"i\", \"output\": \"o\"}");
        assertTyped(List.of("p", "o"), List.of(), "{\"instruction\": \"p\", \"input\": null, \"output\": \"o\"}");
        assertTyped(List.of("p", "c"), List.of("true"), "{\"prompt\": \"p\", \"completion\": \"c\", \"label\": true}");
        assertTyped(List.of("p", "c", "r"), List.of(), "{\"prompt\": \"p\", \"chosen\": \"c\", \"rejected\": \"r\"}");
        assertTyped(List.of("a", "p", "n"), List.of(), "{\"anchor\": \"a\", \"positive\": \"p\", \"negative\": \"n\"}");
        assertTyped(
                List.of("hi", "yes?"),
                List.of("user", "assistant"),
                "{\"conversations\": [{\"from\": \"human\", \"value\": \"hi\"}, {\"from\": \"gpt\", \"value\": \"yes?\"}]}");
        assertTyped(
                List.of("a\nb", "c", "r"),
                List.of(),
                "{\"prompt\": [{\"role\": \"system\", \"content\": \"a\"}, {\"role\": \"user\", \"content\": \"b\"}], \"chosen\": \"c\","
                        + " \"rejected\": \"r\"}");
        assertTyped(List.of("t"), List.of(), "{\"text\": \"t\"}");
        assertTyped(List.of("a", "b"), List.of("X", "O"), "{\"tokens\": [\"a\", \"b\"], \"tags\": [\"X\", \"O\"]}");
        assertTyped(
                List.of("hello", "[{\"name\":\"f\"}]", "done"),
                List.of("user", "assistant", "assistant"),
                "{\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}, {\"role\": \"assistant\", \"tool_calls\": [{\"name\":"
                        + " \"f\"}]}, {\"role\": \"assistant\", \"content\": \"done\"}]}");
    }

    private void assertTyped(List<String> texts, List<String> labels, String line) {
        Rows rows = rows("t.jsonl", line + "\n");
        TypedRow row = DataShape.recognise(rows, DataOptions.auto()).typed(rows).getFirst();
        assertEquals(texts, row.texts());
        assertEquals(labels, row.labels());
        assertEquals(OptionalDouble.empty(), row.number());
    }

    @Test
    void pairsHaveTwoTextsAndALabelOrANumber() {
        DataShape classes = shape(
                "t.csv",
                "story,summary,label\n"
                        + lines(
                                12,
                                "the long story number #,a short summary of #,yes\nanother story number #,no summary of #,no"));
        assertEquals(Kind.PAIR_CLASSIFY, classes.kind());
        assertEquals(Map.of("first", "story", "second", "summary", "label", "label"), classes.used());
        Rows rows = rows("t.csv", "sentence1,sentence2,score\na,b,0.5\nc,d, 1\n");
        DataShape numbers = DataShape.recognise(rows, DataOptions.auto());
        assertEquals(Kind.PAIR_REGRESS, numbers.kind());
        assertEquals(OptionalDouble.of(1), numbers.typed(rows).getLast().number());
        assertEquals("numbers from 0.5 to 1.0, mean 0.7500", numbers.says().getLast());
    }

    @Test
    void optionsNameColumnsAndTasks() {
        String text = "message,kind,label\n" + lines(12, "some message number #,a,1\nother message number #,b,2");
        Rows rows = rows("t.csv", text);
        DataShape named = DataShape.recognise(rows, DataOptions.auto().withLabel("kind"));
        assertEquals(List.of("a", "b"), named.labels());
        assertEquals(List.of("label"), named.unused());
        assertEquals(
                Kind.REGRESS,
                DataShape.recognise(rows, DataOptions.auto().withTask("score")).kind());
        DataShape language =
                DataShape.recognise(rows, DataOptions.auto().withTask("text").withText("message"));
        assertEquals(List.of("kind", "label"), language.unused());
        assertRefused(
                "t.csv: --label must name a column of the file; got \"lable\"; the columns are \"message\", \"kind\", \"label\"",
                "t.csv",
                text,
                DataOptions.auto().withLabel("lable"));
        assertRefused(
                "t.csv: chat needs messages, lists of {role, content}; got the columns \"message\", \"kind\", \"label\"; name the"
                        + " columns with --text and --label (or --prompt and --completion), or say --task; if this is no header but the"
                        + " first row, put a header above it",
                "t.csv",
                text,
                DataOptions.auto().withTask("chat"));
        IllegalArgumentException unknown = assertThrows(
                IllegalArgumentException.class, () -> DataOptions.auto().withTask("guess"));
        assertTrue(unknown.getMessage().endsWith("; got guess"));
    }

    @Test
    void aRefusalNamesTheOptionsThatWouldDo() {
        assertRefused(
                "t.csv: a known shape must fit the columns; got the columns \"id\", \"review\", \"sentiment\"; say --text \"review\""
                        + " --label \"sentiment\" if that is to be learned",
                "t.csv",
                "id,review,sentiment\n" + lines(12, "1#,a good review of #,positive\n2#,a bad review of #,negative"),
                DataOptions.auto());
        assertRefused(
                "t.csv: a known shape must fit the columns; got the columns \"question1\", \"question2\", \"is_duplicate\"; say"
                        + " --label \"is_duplicate\" if that is to be learned",
                "t.csv",
                "question1,question2,is_duplicate\n" + lines(12, "what is #,what was #,1\nwho is #,who was #,0"),
                DataOptions.auto());
        assertRefused(
                "t.csv: a known shape must fit the columns; got the columns \"4\", \"a first row of six words\"; this looks like a"
                        + " first row: put a header above it, such as text,label",
                "t.csv",
                "4,a first row of six words\n" + lines(12, "1,a good review of #\n2,a bad review of #"),
                DataOptions.auto());
        assertRefused(
                "t.csv: a known shape must fit the columns; got the columns \"text|label\"; columns are apart by commas, semicolons or"
                        + " tabs: put a line sep=| above the header",
                "t.csv",
                "text|label\nhello there|a\nhello here|b\n",
                DataOptions.auto());
    }

    @Test
    void labelsThatLookLikeListsAreSaid() {
        String says = "labels that look like lists are single names here: %s; several labels a row are lists of JSON,"
                + " [\"a\", \"b\"]";
        assertTrue(shape("t.csv", "text,label\n" + lines(12, "one #,a\ntwo #,b|a"))
                .says()
                .contains(says.formatted("b|a")));
        assertTrue(shape("t.csv", "text,label\n" + lines(12, "one #,['a']\ntwo #,['b']"))
                .says()
                .contains(says.formatted("['a'], ['b']")));
        assertTrue(shape("t.csv", "text,label\n" + lines(12, "one #,a/c\ntwo #,b; c")).says().stream()
                .noneMatch(line -> line.contains("look like lists")));
    }

    @Test
    void aLabelOfAnotherNameMakesNoLanguageModel() {
        assertRefused(
                "t.csv: the label's column must be named by --label unless it is called label, target, class or score; got \"text\","
                        + " \"kind\"; say --label kind, or --task text if only the text is to be learned",
                "t.csv",
                "text,kind\na,x\nb,y\nc,x\n",
                DataOptions.auto());
        DataShape language = shape("t.jsonl", "{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2, \"text\": \"b\"}\n");
        assertEquals(Kind.LANGUAGE, language.kind());
        assertEquals(List.of("id"), language.unused());
    }

    @Test
    void severalTextsAreNotGuessedAmong() {
        assertRefused(
                "t.csv: the text's column must be named by --text where it is not called text; got \"name\", \"title\", \"label\"; say"
                        + " --text and one of them",
                "t.csv",
                "name,title,label\na1,b1,x\na2,b2,y\na3,b3,x\n",
                DataOptions.auto());
    }

    @Test
    void numbersAreClassesIfTheyAreFewAndWhole() {
        assertEquals(
                List.of("2", "10"),
                shape("t.csv", "text,label\n" + lines(10, "a #,10\nb #,2")).labels());
        assertEquals(
                Kind.REGRESS,
                shape("t.csv", "text,label\n" + lines(10, "a #,0.5\nb #,2")).kind());
        assertEquals(
                Kind.REGRESS,
                shape("t.csv", "text,label\n" + lines(40, "a #,1#")).kind());
        assertEquals(
                30,
                shape("t.csv", "text,label\n" + lines(30, "a #,#\nb #,#"))
                        .labels()
                        .size());
    }

    @Test
    void aMistakeAmongNumbersIsNamed() {
        assertRefused(
                "t.csv, line 42: label: must be a number; got \"n/a\"; write a number, or say --task classify if these are names of classes",
                "t.csv",
                "text,label\n" + lines(40, "a #,#.5") + "\nz,n/a",
                DataOptions.auto());
        assertRefused(
                "t.csv, line 42: label: must be a number; got \"n/a\"; write a number, or say --task classify if these are names of classes",
                "t.csv",
                "text,label\n" + lines(20, "a #,1\nb #,2") + "\nz,n/a",
                DataOptions.auto());
        assertRefused(
                "t.csv, line 42: score: must be a finite number; got \"1e400\"; write a smaller one",
                "t.csv",
                "text,score\n" + lines(40, "a #,#.5") + "\nz,1e400",
                DataOptions.auto());
        assertRefused(
                "t.csv: score: there must be different numbers; got one number, \"2.5\", in all 3 rows; name the right column with --label",
                "t.csv",
                "text,score\n" + lines(3, "a #,2.5"),
                DataOptions.auto());
    }

    @Test
    void labelsThatCannotBeLearnedAreRefused() {
        assertRefused(
                "t.csv: label: labels must be few names that come again; got 30 distinct labels in 30 rows, x0, x1, x10; name the right"
                        + " column with --label, or say --task text, completion or embed",
                "t.csv",
                "text,label\n" + lines(30, "a #,x#"),
                DataOptions.auto());
        assertRefused(
                "t.csv: label: labels must be few names that come again; got 30 distinct labels in 30 rows, 0,1, 1,1, 10,1; write numbers"
                        + " with a point instead of a comma",
                "t.csv",
                "text,label\n" + lines(30, "a #,\"#,1\""),
                DataOptions.auto());
        assertRefused(
                "t.csv: label: there must be two classes or more; got one class, \"x\", in all 3 rows; add rows of another class or name"
                        + " the right column with --label",
                "t.csv",
                "text,label\n" + lines(3, "a #,x"),
                DataOptions.auto());
        assertRefused(
                "t.jsonl: label: there must be labels; got no label in any row; fill the lists",
                "t.jsonl",
                lines(3, "{\"text\": \"a #\", \"label\": []}"),
                DataOptions.auto());
    }

    @Test
    void labelsThatLookLikeHugeNumbersAreNames() {
        String text = "text,label\n" + lines(10, "a #,1e99999999999\nb #,10e9\nc #,x");
        DataShape shape =
                DataShape.recognise(rows("t.csv", text), DataOptions.auto().withTask("classify"));
        assertEquals(List.of("10e9", "1e99999999999", "x"), shape.labels());
    }

    @Test
    void labelsBeyondNumberAreNotHeld() {
        assertRefused(
                "t.csv: label: labels must be few names that come again; got more than 100000 distinct labels in 200004 rows, x0, x1,"
                        + " x10; name the right column with --label, or say --task text, completion or embed",
                "t.csv",
                "text,label\n" + lines(100_002, "a #,x#\nb #,x#"),
                DataOptions.auto());
    }

    @Test
    void faultsAreCounted() {
        assertRefused(
                "t.csv, line 2: label: must not be empty; got \"\"; fill it in or take the row out (10 of 20 rows are so)",
                "t.csv",
                "text,label\n" + lines(10, "a #,\nb #,x"),
                DataOptions.auto());
    }

    @Test
    void spellingsOfLabelsAreSaid() {
        DataShape shape = shape(
                "t.csv",
                "text,label\n" + lines(10, "a #,spam\nb #,ham\nc #,1\nd #,1.0") + "\ne,Spam\nf, ham\ng,SPAM\n");
        assertEquals(List.of("1", "1.0", "SPAM", "Spam", "ham", "spam"), shape.labels());
        assertTrue(shape.says().contains("outer space of labels is left out: ham"));
        assertTrue(shape.says()
                .contains("labels that differ only by case or white space are kept apart: SPAM, Spam, spam"));
        assertTrue(shape.says().contains("labels that are the same number are kept apart: 1, 1.0"));
        assertRefused(
                "t.jsonl, line 2: label: a label must be written in one way, as a text or as a number; got \"1\"; write 1 with quotes"
                        + " everywhere, or nowhere",
                "t.jsonl",
                "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\": \"1\"}\n{\"text\": \"c\", \"label\": \"x\"}\n",
                DataOptions.auto());
    }

    @Test
    void otherFilesHaveTheColumnsAndLabelsOfTraining() {
        DataShape shape = shape("t.csv", TICKETS);
        assertEquals(
                List.of("labels without a row in " + folder.resolve("v.csv") + ": outage"),
                shape.check(rows("v.csv", "text,label\nx,delivery\n")));
        Rows unseen = rows("v.csv", "text,label\nx,delivery\ny,refund\nz,billing\n");
        DataException label = assertThrows(DataException.class, () -> shape.check(unseen));
        assertEquals(
                folder.resolve("v.csv")
                        + ", line 3: label: must be a label of training; got \"refund\", unseen there; known are delivery, outage",
                label.getMessage());
        Row row = unseen.stream().toList().getLast();
        assertEquals(
                4, assertThrows(DataException.class, () -> shape.typed(row)).line());
        Rows other = rows("v.csv", "text,labels\nx,delivery\n");
        DataException column = assertThrows(DataException.class, () -> shape.check(other));
        assertEquals(
                folder.resolve("v.csv")
                        + ": must have the columns of training, text, label; got text, labels; rename one of them to label",
                column.getMessage());
    }

    @Test
    void splitsAreByClassWhereThereAreClasses() {
        Rows rows = rows("t.csv", "text,label\n" + lines(20, "a #,x\nb #,y"));
        DataShape shape = DataShape.recognise(rows, DataOptions.auto());
        Split split = shape.split(shape.typed(rows), 0.1, Rng.of(1));
        assertEquals(2, split.valid().stream().filter(row -> row % 2 == 0).count());
        assertEquals(4, split.valid().size());
    }

    @Test
    void whatFilesShareIsCounted() {
        DataShape shape = shape("t.csv", TICKETS);
        List<TypedRow> train = shape.typed(rows("t.csv", TICKETS));
        List<TypedRow> other = shape.typed(rows("v.csv", "text,label\nnew,outage\n THE page is  down,delivery\n"));
        assertEquals(List.of(1), shape.overlap(train, other).rows());
    }
}
