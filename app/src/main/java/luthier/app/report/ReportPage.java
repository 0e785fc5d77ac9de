package luthier.app.report;

public final class ReportPage {
    private ReportPage() {}

    public static String html(Report report) {
        return report.toString();
    }
}
