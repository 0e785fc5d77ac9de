package luthier.app.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The page of a report: one HTML file with its style, its scripts and its data inside, which loads nothing from anywhere. The
 * template is {@code report.html}; a script on the page draws the data, the charts with Chart.js.
 */
public final class ReportPage {
    private static final String CHART_JS = "META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.js";
    private static final Pattern PLACE = Pattern.compile("\\$\\{([a-z.]+)}");
    /** Names a file that is not on the page; a browser would ask for it when its developer tools are open. */
    private static final Pattern SOURCE_MAP = Pattern.compile("(?m)^//# sourceMappingURL=.*$");

    private ReportPage() {}

    /**
     * Returns the page.
     *
     * @throws IllegalStateException if Chart.js is not on the class path
     */
    public static String html(Report report) {
        return PLACE.matcher(own("report.html")).replaceAll(place -> Matcher.quoteReplacement(content(place, report)));
    }

    private static String content(MatchResult place, Report report) {
        return switch (place.group(1)) {
            case "report.css" -> own("report.css");
            case "report.js" -> own("charts.js") + own("report.js");
            case "chart.js" -> SOURCE_MAP.matcher(chartJs()).replaceAll("");
            // Within a script element a browser looks for "</script" and "<!--", also inside of a JSON string.
            case "data" -> ReportJson.of(report).replace("<", "\\u003c");
            default ->
                throw new IllegalStateException("report: the template has an unknown place; got " + place.group());
        };
    }

    private static String own(String name) {
        return text(name, ReportPage.class.getResourceAsStream(name));
    }

    /** Asks the class loader: a class of a named module finds only the module's own resources. */
    private static String chartJs() {
        return text(CHART_JS, ReportPage.class.getClassLoader().getResourceAsStream(CHART_JS));
    }

    private static String text(String name, @Nullable InputStream stream) {
        try (InputStream in = stream) {
            if (in == null) {
                throw new IllegalStateException("report: " + name
                        + " must be on the class path; got none; build the app with mvn package, which fetches it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
