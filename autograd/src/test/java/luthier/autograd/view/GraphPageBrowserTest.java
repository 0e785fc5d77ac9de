package luthier.autograd.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.autograd.view.GraphView.Contribution;
import luthier.autograd.view.GraphView.Node;
import luthier.browser.Browser;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** Drives the page of a run in a real browser and compares what it shows with the run. */
class GraphPageBrowserTest {
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
        page.screen(1280, 860);
        page.scheme("light");
    }

    private static String open(GraphView view) throws IOException {
        return page.open(view.html());
    }

    private static String text(String id) {
        return browser.findElement(By.id(id)).getText();
    }

    private static void press(CharSequence key) {
        browser.switchTo().activeElement().sendKeys(key);
    }

    private static void click(String id) {
        browser.findElement(By.id(id)).click();
    }

    private static List<String> all(String selector) {
        return browser.findElements(By.cssSelector(selector)).stream()
                .map(WebElement::getText)
                .toList();
    }

    private static void assertShows(List<String> cells, Tensor tensor) {
        assertEquals(
                Arrays.stream(tensor.toDoubleArray()).mapToObj(NumberText::of).toList(), cells);
    }

    private static void assertFits(int width) {
        Number shown = (Number) browser.executeScript(
                "return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth)");
        assertEquals(width, shown.intValue());
    }

    /** Walks through all steps by the right arrow and compares each with the recorded run. */
    @ParameterizedTest
    @CsvSource({"1280,860,light", "1280,860,dark", "390,780,light", "390,780,dark"})
    void everyStepShowsTheRealNumbers(int width, int height, String scheme) throws IOException {
        page.screen(width, height);
        page.scheme(scheme);
        GraphView view = GraphView.of(GraphRuns.neuron().loss());
        open(view);
        int steps = view.nodes().size() + view.backwardOrder().size();
        for (Node node : view.nodes()) {
            assertEquals(node.id() + 1 + " / " + steps, text("count"));
            assertEquals(node.isLeaf() ? node.name() : node.name() + " = " + node.call(), text("headline"));
            assertShows(all("#detail td"), node.value());
            assertEquals(
                    node.inputs().size(),
                    browser.findElements(By.cssSelector(".edge.now")).size());
            assertFalse(browser.findElement(By.cssSelector("#n" + node.id() + " .gradient"))
                    .isDisplayed());
            press(Keys.ARROW_RIGHT);
        }
        for (int id : view.backwardOrder()) {
            Node node = view.nodes().get(id);
            assertShows(all("#detail > .tensor td"), node.gradient().orElseThrow());
            List<Contribution> handed = view.nodes().stream()
                    .flatMap(other -> other.contributions().stream().filter(c -> c.from() == id && other.id() != id))
                    .toList();
            assertEquals(handed.size(), all(".part").size());
            assertEquals(
                    handed.size(),
                    browser.findElements(By.cssSelector(".edge.now")).size());
            press(Keys.ARROW_RIGHT);
        }
        assertEquals(steps + " / " + steps, text("count"));
        assertFits(width);
        assertEquals(List.of(), page.console());
    }

    @Test
    void showsTheRuleWithNumbersAndTheRunningSum() throws IOException {
        GraphView view = GraphView.of(GraphRuns.neuron().loss());
        open(view);
        press(Keys.END);
        assertEquals(
                "Backward, " + view.backwardOrder().size() + " of "
                        + view.backwardOrder().size(),
                text("phase"));
        while (!text("headline").startsWith("v4 =")) {
            press(Keys.ARROW_LEFT);
        }
        // v4 = w x, y = v4 + b = 5, loss = y y + w: dv4 = 2 y = 10, dw = 1 + 10 x.
        assertEquals("v4 = mul(w, x)", text("headline"));
        assertEquals(List.of("dw += dv4 * x", "= 10 * 2"), all(".part .formula"));
        assertEquals(List.of("dw = 1 + 20 = 21 (2 of 2)"), all(".part .sum"));
        assertEquals("dv4 = 10 is complete; its rule hands gradients to w.", text("say"));
        assertEquals("polite", browser.findElement(By.id("say")).getAttribute("aria-live"));
        press(Keys.END);
        while (!text("headline").equals("w")) {
            press(Keys.ARROW_LEFT);
        }
        assertEquals("dw = 21 is complete, the sum of 2 contributions.", text("say"));
        assertEquals(List.of("dw = 1 (1 of 2)", "dw = 1 + 20 = 21 (2 of 2)"), all(".sums .sum"));
    }

    @Test
    void obeysKeysButtonsSliderAndNodes() throws IOException {
        GraphView view = GraphView.of(GraphRuns.neuron().loss());
        open(view);
        int steps = view.nodes().size() + view.backwardOrder().size();
        assertFalse(browser.findElement(By.id("previous")).isEnabled());
        press(Keys.END);
        assertEquals(steps + " / " + steps, text("count"));
        press(Keys.HOME);
        assertEquals("1 / " + steps, text("count"));
        click("next");
        click("next");
        click("previous");
        assertEquals("2 / " + steps, text("count"));
        click("last");
        assertFalse(browser.findElement(By.id("next")).isEnabled());
        click("first");
        browser.findElement(By.id("slider")).sendKeys(Keys.ARROW_RIGHT);
        assertEquals("2 / " + steps, text("count"));
        browser.findElement(By.cssSelector("#n5 rect")).click();
        assertEquals(view.nodes().get(5).name(), text("headline").split(" ")[0]);
        assertEquals("6 / " + steps, text("count"));
    }

    @Test
    void playsByItselfUntilPaused() throws Exception {
        open(GraphView.of(GraphRuns.neuron().loss()));
        press(" ");
        assertEquals("Pause", browser.findElement(By.id("play")).getAttribute("aria-label"));
        long end = System.nanoTime() + 20_000_000_000L;
        while (!text("count").startsWith("2 /") && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertTrue(text("count").startsWith("2 /"), text("count"));
        click("play");
        assertEquals("Play", browser.findElement(By.id("play")).getAttribute("aria-label"));
    }

    @Test
    void aSwipeIsAStep() throws IOException {
        page.screen(390, 780);
        open(GraphView.of(GraphRuns.neuron().loss()));
        swipe(300, 120);
        assertTrue(text("count").startsWith("2 /"), text("count"));
        swipe(120, 300);
        assertTrue(text("count").startsWith("1 /"), text("count"));
    }

    private static void swipe(int from, int to) {
        Number y = (Number)
                browser.executeScript(
                        "const box = document.getElementById('headline').getBoundingClientRect(); return box.top + box.height / 2");
        touch("touchStart", List.of(Map.of("x", from, "y", y)));
        touch("touchMove", List.of(Map.of("x", to, "y", y)));
        touch("touchEnd", List.of());
    }

    private static void touch(String type, List<?> points) {
        browser.executeCdpCommand("Input.dispatchTouchEvent", Map.of("type", type, "touchPoints", points));
    }

    @Test
    void asksForNothing() throws IOException {
        String address = open(GraphView.of(GraphRuns.attention(1).loss()));
        assertEquals(List.of(address), page.requests());
        assertEquals(List.of(), page.console());
    }

    @Test
    void namesAreNeverMarkup() throws IOException {
        String name = "<img src=x onerror=\"document.title='ran'\"></script><b>bold</b>&amp;";
        Variable x = Variable.parameter(Tensor.scalar(3.0)).named(name);
        open(GraphView.of(x.mul(x)));
        assertEquals(name, text("headline"));
        press(Keys.END);
        assertEquals(name, text("headline"));
        assertTrue(browser.findElements(By.cssSelector("body img, main b")).isEmpty());
        assertNotEquals("ran", browser.getTitle());
    }

    /** A graph larger than its frame is scrolled to the node of the step, and large tensors are summarised. */
    @ParameterizedTest
    @CsvSource({"1280,860,light", "390,780,dark"})
    void aLargeGraphStaysReadable(int width, int height, String scheme) throws IOException {
        page.screen(width, height);
        page.scheme(scheme);
        GraphView view = GraphView.of(GraphRuns.attention(1).loss());
        open(view);
        int down = view.node("down.weight").id();
        for (int i = 0; i < down; i++) {
            press(Keys.ARROW_RIGHT);
        }
        assertEquals(
                List.of("F32[4, 24]\n"
                        + NumberText.summary(view.nodes().get(down).value())),
                all("#detail .tensor"));
        press(Keys.END);
        for (int i = 0; i < 12; i++) {
            press(Keys.ARROW_LEFT);
            assertEquals(true, browser.executeScript("""
                    const node = document.querySelector('.node.now').getBoundingClientRect();
                    const frame = document.getElementById('view').getBoundingClientRect();
                    return node.top >= frame.top - 1 && node.bottom <= frame.bottom + 1;"""));
        }
        double size = ((Number) browser.executeScript(
                        "const t = document.querySelector('.node.now .name'); return t.getBoundingClientRect().height"))
                .doubleValue();
        assertTrue(size > 8, "letters must be readable; got a height of " + size);
        browser.findElement(By.cssSelector("[data-zoom='1']")).click();
        double larger = ((Number) browser.executeScript(
                        "const t = document.querySelector('.node.now .name'); return t.getBoundingClientRect().height"))
                .doubleValue();
        assertTrue(larger > size, "zoom in");
        assertFits(width);
    }

    @Test
    void followsTheColourSchemeWhileOpen() throws IOException {
        open(GraphView.of(GraphRuns.neuron().loss()));
        String light = colours();
        page.scheme("dark");
        assertNotEquals(light, colours());
    }

    private static String colours() {
        return (String) browser.executeScript("return getComputedStyle(document.body).backgroundColor"
                + " + getComputedStyle(document.querySelector('.node rect')).fill");
    }
}
