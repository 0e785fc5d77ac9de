package luthier.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import luthier.browser.Browser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** Looks at the page in a real browser. */
@Tag("slow")
class ReportPageBrowserTest {
    @TempDir
    private static Path folder;

    private static Browser page;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() {
        page = Browser.start(folder);
        browser = page.driver();
    }

    @AfterAll
    static void stop() {
        if (page != null) {
            page.close();
        }
    }

    @BeforeEach
    void aDesktopInDaylight() {
        page.screen(1280, 900);
        page.scheme("light");
    }

    private static String open(Report report) throws IOException {
        return page.open(ReportPage.html(report));
    }

    private static String background() {
        return (String) browser.executeScript("return getComputedStyle(document.body).backgroundColor");
    }

    /** How many pixels of a chart have been drawn, and how many of them in the page's accent colour. */
    private static List<Long> drawn(String figure) {
        Object counts = browser.executeScript("""
                const canvas = document.querySelector(`#${arguments[0]} canvas`);
                const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                const hex = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
                const accent = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
                let all = 0, inAccent = 0;
                for (let i = 0; i < data.length; i += 4) {
                  if (data[i + 3] > 0) all++;
                  if (data[i + 3] > 200 && accent.every((part, j) => Math.abs(part - data[i + j]) < 4)) inAccent++;
                }
                return [all, inAccent];""", figure);
        return ((List<?>) counts).stream().map(n -> ((Number) n).longValue()).toList();
    }

    private static void assertDrawn(String figure) {
        List<Long> pixels = drawn(figure);
        assertTrue(pixels.get(0) > 2_000 && pixels.get(1) > 100, figure + ": pixels drawn, in accent: " + pixels);
    }

    @Test
    void loadsWithoutErrorsAndAsksForNothing() throws IOException {
        String address = open(SampleReport.full());
        assertEquals(List.of(), page.console());
        assertEquals(List.of(address), page.requests());
        assertEquals("lora on sentence-transformers/all-MiniLM-L6-v2 \u00b7 Luthier report", browser.getTitle());
    }

    @ParameterizedTest
    @ValueSource(strings = {"loss", "accuracy", "rate", "alpha"})
    void drawsItsCharts(String figure) throws IOException {
        open(SampleReport.full());
        assertDrawn(figure);
        String label =
                browser.findElement(By.cssSelector("#" + figure + " canvas")).getAttribute("aria-label");
        assertTrue(label != null && label.startsWith("Line chart of "), label);
    }

    /** The smallest loss is so near zero that room below it would reach the next tick. */
    @Test
    void theLossBeginsAtZero() throws IOException {
        List<Report.LossPoint> losses = List.of(
                new Report.LossPoint(1, 3, 1e-3), new Report.LossPoint(2, 0.5, 1e-3), new Report.LossPoint(3, 0.02, 0));
        open(new Report(
                "learnt",
                List.of(),
                SampleReport.SPLITS,
                losses,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of()));
        Object axis =
                browser.executeScript("return Chart.getChart(document.querySelector('#loss canvas')).scales.y.min");
        assertEquals(0, ((Number) axis).doubleValue());
    }

    @Test
    void showsNumbersTheWayPeopleReadThem() throws IOException {
        open(SampleReport.full());
        List<String> total = browser.findElements(By.cssSelector("#parameters tfoot tr > *")).stream()
                .map(WebElement::getText)
                .toList();
        assertEquals(List.of("total", "162,471", "22,565,376", "86.7 MiB", "634.7 KiB", "1.2 MiB"), total);
        assertEquals(
                "162,471 of 22,727,847 parameters are trained, 0.715 %.",
                browser.findElement(By.cssSelector("#parameters caption")).getText());
        browser.findElement(By.cssSelector("#accuracy summary")).click();
        assertEquals(
                "1 150 0.580 0.450",
                browser.findElement(By.cssSelector("#accuracy tbody tr")).getText());
    }

    @Test
    void listsTheExamples() throws IOException {
        open(SampleReport.full());
        List<WebElement> rows = browser.findElements(By.cssSelector("#examples tbody tr"));
        assertEquals(SampleReport.EXAMPLES, rows.size());
        assertTrue(rows.get(0).getText().startsWith("\u2713 right"), rows.get(0).getText());
        assertTrue(rows.get(1).getText().startsWith("\u2717 wrong"), rows.get(1).getText());
        assertEquals(3, rows.get(0).findElements(By.tagName("li")).size());
        assertEquals(
                "10 right and 10 wrong ones, picked from the test sets.",
                browser.findElement(By.cssSelector("#examples caption")).getText());
    }

    /** Rows of validation are a part of the user's own: nothing tells how they are distributed. */
    @Test
    void speaksOfValidationOnAPageOfOnesOwnRows() throws IOException {
        open(SampleReport.ofOwnRows());
        browser.findElement(By.cssSelector("#accuracy summary")).click();
        assertEquals(
                "Epoch Step Validation",
                browser.findElement(By.cssSelector("#accuracy thead tr")).getText());
        assertEquals(
                "10 right and 10 wrong ones, picked from validation.",
                browser.findElement(By.cssSelector("#examples caption")).getText());
        String label = browser.findElement(By.cssSelector("#accuracy canvas")).getAttribute("aria-label");
        assertEquals("Line chart of accuracy after each epoch: validation from 0.580 to 0.670.", label);
        assertFalse(browser.findElement(By.tagName("main")).getText().contains("distribution"));
        assertDrawn("accuracy");
    }

    @Test
    void textIsNeverMarkup() throws IOException {
        String text = "<img src=x onerror=\"document.title='ran'\"></script><b>bold</b>";
        open(SampleReport.withText(text));
        assertEquals(text, browser.findElement(By.id("title")).getText());
        assertEquals(
                text,
                browser.findElement(By.cssSelector("#examples tbody td:nth-child(2)"))
                        .getText());
        assertTrue(browser.findElements(By.cssSelector("main img, main td b")).isEmpty());
    }

    @Test
    void theHeatMapTellsACellByPointer() throws IOException {
        Report report = SampleReport.full();
        open(report);
        List<WebElement> cells = browser.findElements(By.cssSelector("#confusion tbody td"));
        assertEquals(39 * 39, cells.size());
        int right = report.confusion().getFirst().getFirst();
        int all = report.confusion().getFirst().stream().mapToInt(n -> n).sum();
        new Actions(browser).moveToElement(cells.getFirst()).perform();
        String told = browser.findElement(By.id("cell")).getText();
        assertTrue(told.startsWith("noun.act recognised: " + right + " of " + all + " ("), told);
    }

    @Test
    void leavesOutWhatWasNotMeasured() throws IOException {
        open(SampleReport.withoutInterpolation());
        assertFalse(browser.findElement(By.id("interpolation")).isDisplayed());
        assertTrue(browser.findElement(By.id("examples")).isDisplayed());
        assertDrawn("loss");
    }

    @Test
    void standsARunThatDivergedOrMeasuredNothing() throws IOException {
        Report.LossPoint diverged = new Report.LossPoint(1, Double.NaN, Double.POSITIVE_INFINITY);
        open(new Report(
                "nothing",
                List.of(),
                SampleReport.SPLITS,
                List.of(diverged),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of()));
        assertEquals(List.of(), page.console());
        assertTrue(browser.findElement(By.id("loss")).isDisplayed());
        for (String part : List.of("summary", "accuracy", "interpolation", "parameters", "confusion", "examples")) {
            assertFalse(browser.findElement(By.id(part)).isDisplayed(), part);
        }
    }

    @Test
    void fitsAPhone() throws IOException {
        page.screen(360, 740);
        open(SampleReport.full());
        Number width = (Number) browser.executeScript(
                "return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth)");
        assertEquals(360, width.intValue());
        assertDrawn("loss");
    }

    @Test
    void followsTheColourSchemeWhileOpen() throws IOException {
        open(SampleReport.full());
        String light = background();
        page.scheme("dark");
        assertNotEquals(light, background());
        assertDrawn("loss");
    }
}
