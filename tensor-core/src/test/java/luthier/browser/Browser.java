package luthier.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.Json;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** A headless Chromium that shows one page at a time and logs what it says and asks for. */
public final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    private final Path folder;
    private final ChromeDriver driver;

    private Browser(Path folder, ChromeDriver driver) {
        this.folder = folder;
        this.driver = driver;
    }

    /** Starts a browser that writes into a folder; where none is installed the tests that ask are skipped, which is printed. */
    public static Browser start(Path folder) {
        boolean installed = Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
        String why =
                "skipped: needs " + CHROMIUM + " and " + DRIVER + "; install Debian's chromium and chromium-driver";
        if (!installed) {
            System.out.println("Browser tests " + why);
        }
        assumeTrue(installed, why);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--user-data-dir=" + folder.resolve("profile"));
        options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL", LogType.PERFORMANCE, "ALL"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .withLogFile(folder.resolve("driver.log").toFile())
                .build();
        return new Browser(folder, new ChromeDriver(service, options));
    }

    /** Returns what finds elements, types and runs scripts. */
    public ChromeDriver driver() {
        return driver;
    }

    /** Makes the screen this large; a narrow one is a phone's and is touched. */
    public void screen(int width, int height) {
        boolean phone = width < 600;
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
        driver.executeCdpCommand("Emulation.setTouchEmulationEnabled", Map.of("enabled", phone));
    }

    /** Prefers light or dark pages, without motion. */
    public void scheme(String name) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", name),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    /** Shows a page from a file, with empty logs, and returns its address. */
    public String open(String html) throws IOException {
        String address =
                Files.writeString(folder.resolve("page.html"), html).toUri().toString();
        driver.manage().logs().get(LogType.PERFORMANCE);
        driver.manage().logs().get(LogType.BROWSER);
        driver.get(address);
        return address;
    }

    /** Returns what the page has said on its console, and forgets it. */
    public List<LogEntry> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll();
    }

    /** Returns the addresses that the page has asked for, without what lies in itself, and forgets them. */
    public List<String> requests() {
        return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
                .map(entry -> Json.parse(entry.getMessage(), "log")
                        .asObject()
                        .get("message")
                        .asObject())
                .filter(event -> event.get("method").asString().equals("Network.requestWillBeSent"))
                .map(event -> event.get("params").asObject().get("request").asObject())
                .map(request -> request.get("url").asString())
                .filter(url -> !url.startsWith("data:"))
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
