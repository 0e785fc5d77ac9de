package luthier.nn.chat;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Dates as C's {@code strftime} writes them, in English: {@code %d %b %Y} is 05 Mar 2026. */
final class DateFormat {
    private static final String FLAGS = "-_0^#";

    private DateFormat() {}

    static String format(String format, LocalDateTime time, Budget budget) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            int start = i++;
            char flag = ' ';
            while (i + 1 < format.length() && FLAGS.indexOf(format.charAt(i)) >= 0) {
                flag = format.charAt(i++);
            }
            String part = part(format.charAt(i), time);
            text.append(part == null ? format.substring(start, i + 1) : flagged(part, flag));
            budget.steps(8);
        }
        budget.characters(text.length());
        return text.toString();
    }

    private static String flagged(String part, char flag) {
        int zeros = 0;
        while (zeros < part.length() - 1 && (part.charAt(zeros) == '0' || part.charAt(zeros) == ' ')) {
            zeros++;
        }
        return switch (flag) {
            case '-' -> part.substring(zeros);
            case '_' -> " ".repeat(zeros) + part.substring(zeros);
            case '0' -> Character.isDigit(part.charAt(part.length() - 1)) ? part.replace(' ', '0') : part;
            case '^' -> part.toUpperCase(Locale.ROOT);
            case '#' ->
                part.equals("AM") || part.equals("PM") ? part.toLowerCase(Locale.ROOT) : part.toUpperCase(Locale.ROOT);
            default -> part;
        };
    }

    private static @org.jspecify.annotations.Nullable String part(char code, LocalDateTime time) {
        return switch (code) {
            case 'a' -> name("EEE", time);
            case 'A' -> name("EEEE", time);
            case 'b', 'h' -> name("MMM", time);
            case 'B' -> name("MMMM", time);
            case 'c' -> name("EEE MMM", time) + " " + part('e', time) + " " + part('T', time) + " " + part('Y', time);
            case 'C' -> two(time.getYear() / 100);
            case 'd' -> two(time.getDayOfMonth());
            case 'D', 'x' ->
                two(time.getMonthValue()) + "/" + two(time.getDayOfMonth()) + "/" + two(time.getYear() % 100);
            case 'e' -> padded(time.getDayOfMonth());
            case 'f' -> "%06d".formatted(time.getNano() / 1000);
            case 'F' -> part('Y', time) + "-" + two(time.getMonthValue()) + "-" + two(time.getDayOfMonth());
            case 'g' -> two(time.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> two(time.getHour());
            case 'I' -> two(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'j' -> "%03d".formatted(time.getDayOfYear());
            case 'k' -> padded(time.getHour());
            case 'l' -> padded(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'm' -> two(time.getMonthValue());
            case 'M' -> two(time.getMinute());
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'r' -> two(time.get(ChronoField.CLOCK_HOUR_OF_AMPM)) + name(":mm:ss ", time) + part('p', time);
            case 'R' -> name("HH:mm", time);
            case 'S' -> two(time.getSecond());
            case 't' -> "\t";
            case 'T', 'X' -> name("HH:mm:ss", time);
            case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
            case 'U' -> two((time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7);
            case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> String.valueOf(time.getDayOfWeek().getValue() % 7);
            case 'W' -> two((time.getDayOfYear() + 7 - time.getDayOfWeek().getValue()) / 7);
            case 'y' -> two(time.getYear() % 100);
            case 'Y' -> String.valueOf(time.getYear());
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> null;
        };
    }

    private static String name(String pattern, LocalDateTime time) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }

    private static String two(int number) {
        return "%02d".formatted(number);
    }

    private static String padded(int number) {
        return "%2d".formatted(number);
    }
}
