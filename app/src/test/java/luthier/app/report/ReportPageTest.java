package luthier.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportPageTest {
    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

    private static JsonObject data(Report report) {
        Matcher data = DATA.matcher(ReportPage.html(report));
        assertTrue(data.find(), "the page must hold its data");
        return Json.parse(data.group(1), "data").asObject();
    }

    @Test
    void loadsNothingFromAnywhere() {
        String page = ReportPage.html(SampleReport.full());
        Matcher address = Pattern.compile(
                        "(?i)(\\b(src|href)\\s*=|url\\(|@import|sourceMappingURL=)[\"'\\s]*(https?:|//|\\w+\\.)")
                .matcher(page);
        assertFalse(address.find(), () -> "loads " + address.group());
        assertTrue(page.contains("Content-Security-Policy\" content=\"default-src 'none';"));
    }

    @Test
    void holdsEveryPart() {
        String page = ReportPage.html(SampleReport.full());
        for (String id : List.of(
                "summary",
                "training",
                "loss",
                "accuracy",
                "rate",
                "interpolation",
                "parameters",
                "confusion",
                "examples")) {
            assertTrue(page.contains("id=\"" + id + "\""), id);
        }
        assertTrue(page.startsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
        assertTrue(page.contains("Chart.js v4"));
        assertFalse(page.contains("${data}") || page.contains("${report.") || page.contains("${chart."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a </script><script>alert(1)</script> b",
                "<!-- <script>",
                "${data} $1 \\ \"quoted\"",
                "caf\u00e9 \u65e5\u672c \ud83c\udfbb \u2028 & &lt;"
            })
    void carriesAnyTextUnchanged(String text) {
        JsonObject data = data(SampleReport.withText(text));
        assertEquals(text, data.get("title").asString());
        assertEquals(
                text,
                data.get("examples").asList().getFirst().asObject().get("text").asString());
    }

    @Test
    void carriesEveryNumber() {
        Report report = SampleReport.full();
        JsonObject data = data(report);
        assertEquals(report.losses().size(), data.get("losses").asList().size());
        List<JsonValue> loss = data.get("losses").asList().get(99).asList();
        assertEquals(report.losses().get(99).step(), loss.get(0).asLong());
        assertEquals(report.losses().get(99).loss(), loss.get(1).asDouble());
        assertEquals(report.losses().get(99).learningRate(), loss.get(2).asDouble());
        JsonObject total = data.get("parameters").asList().getLast().asObject();
        assertEquals(22_565_376, total.get("frozen").asLong());
        assertEquals(1_299_768, total.get("optimizerBytes").asLong());
        assertEquals(
                report.confusion().get(3).get(3).longValue(),
                data.get("confusion").asList().get(3).asList().get(3).asLong());
        assertEquals(11, data.get("interpolation").asList().size());
    }

    @Test
    void aLossThatIsNotFiniteIsAGap() {
        Report full = SampleReport.full();
        Report diverged = new Report(
                full.title(),
                full.facts(),
                full.splits(),
                List.of(new Report.LossPoint(1, 3.5, 0.1), new Report.LossPoint(2, Double.NaN, 0.1)),
                full.accuracies(),
                full.parameters(),
                full.classNames(),
                full.confusion(),
                full.examples(),
                full.interpolation());
        assertTrue(data(diverged).get("losses").asList().get(1).asList().get(1) instanceof JsonNull);
    }

    @Test
    void theConfusionMustBeSquare() {
        Report full = SampleReport.full();
        List<List<Integer>> lacking = new ArrayList<>(full.confusion());
        lacking.set(5, List.of(1, 2));
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class,
                () -> new Report(
                        "",
                        List.of(),
                        full.splits(),
                        List.of(),
                        List.of(),
                        List.of(),
                        full.classNames(),
                        lacking,
                        List.of(),
                        List.of()));
        assertTrue(error.getMessage().startsWith("report: the confusion must have"), error.getMessage());
        assertTrue(error.getMessage().contains("got 39 rows of [2, 39] columns"), error.getMessage());
    }

    @Test
    void everyPointMustHaveAnAccuracyOfEachSplit() {
        Report full = SampleReport.full();
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class,
                () -> new Report(
                        "",
                        List.of(),
                        full.splits(),
                        List.of(),
                        List.of(new Report.AccuracyPoint(1, 10, List.of(0.5))),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()));
        assertEquals(
                "report: every point must have an accuracy of each split, [in distribution, out of distribution]; got [0.5];"
                        + " measure all of them",
                error.getMessage());
    }

    @Test
    void anExampleNeedsAGuess() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Report.ExampleRow("text", "noun.act", List.of(), "definition"));
    }
}
