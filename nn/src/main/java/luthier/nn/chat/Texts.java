package luthier.nn.chat;

import java.util.ArrayList;
import java.util.List;

/** Texts as Python takes them: characters are code points, white space is Unicode's. */
final class Texts {
    private Texts() {}

    static boolean isSpace(int c) {
        return (c >= 0x09 && c <= 0x0D)
                || (c >= 0x1C && c <= 0x20)
                || c == 0x85
                || c == 0xA0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200A)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /** Python's line breaks of {@code splitlines}. */
    private static boolean isBreak(char c) {
        return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static String stripLeft(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static String stripRight(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    static String strip(String text) {
        return stripLeft(stripRight(text));
    }

    static String stripLeft(String text, String characters) {
        int start = 0;
        while (start < text.length() && characters.indexOf(text.codePointAt(start)) >= 0) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    static String stripRight(String text, String characters) {
        int end = text.length();
        while (end > 0 && characters.indexOf(text.codePointBefore(end)) >= 0) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The place in {@code text} of its code point of this index, which may be its length. */
    static int offset(String text, int index) {
        return text.offsetByCodePoints(0, index);
    }

    static List<String> characters(String text) {
        List<String> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }

    static List<String> lines(String text, boolean keepEnds) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); ) {
            if (!isBreak(text.charAt(i))) {
                i++;
                continue;
            }
            int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
            lines.add(text.substring(start, keepEnds ? end : i));
            start = end;
            i = end;
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    /** The words between white space; after {@code most} splits the rest, -1 for any number. */
    static List<String> words(String text, int most) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < text.length() && isSpace(text.charAt(at))) {
                at++;
            }
            if (at >= text.length()) {
                return words;
            }
            if (most >= 0 && words.size() == most) {
                words.add(stripRight(text.substring(at)));
                return words;
            }
            int start = at;
            while (at < text.length() && !isSpace(text.charAt(at))) {
                at++;
            }
            words.add(text.substring(start, at));
        }
    }

    /** The words from the right: what is before the last {@code most} splits comes first. */
    static List<String> wordsFromRight(String text, int most) {
        if (most < 0) {
            return words(text, -1);
        }
        List<String> words = new ArrayList<>();
        int at = text.length();
        while (true) {
            while (at > 0 && isSpace(text.charAt(at - 1))) {
                at--;
            }
            if (at == 0) {
                return words.reversed();
            }
            if (words.size() == most) {
                words.add(stripLeft(text.substring(0, at)));
                return words.reversed();
            }
            int end = at;
            while (at > 0 && !isSpace(text.charAt(at - 1))) {
                at--;
            }
            words.add(text.substring(at, end));
        }
    }

    static List<String> split(String text, String separator, int most) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0 && (most < 0 || parts.size() < most); ) {
            parts.add(text.substring(start, at));
            start = at + separator.length();
            at = text.indexOf(separator, start);
        }
        parts.add(text.substring(start));
        return parts;
    }

    static List<String> splitFromRight(String text, String separator, int most) {
        List<String> parts = new ArrayList<>();
        int end = text.length();
        while (most < 0 || parts.size() < most) {
            int at = end < separator.length() ? -1 : text.lastIndexOf(separator, end - separator.length());
            if (at < 0) {
                break;
            }
            parts.add(text.substring(at + separator.length(), end));
            end = at;
        }
        parts.add(text.substring(0, end));
        return parts.reversed();
    }

    /** How often {@code part} is in {@code text} without overlap; an empty one stands between all characters. */
    static int count(String text, String part) {
        if (part.isEmpty()) {
            return length(text) + 1;
        }
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** Replaces the first {@code most}, or all for -1. */
    static String replace(String text, String old, String other, int most, Budget budget) {
        int count = count(text, old);
        if (most >= 0 && most < count) {
            count = most;
        }
        budget.characters(text.length() + (long) count * (other.length() - (long) old.length()));
        StringBuilder result = new StringBuilder();
        int at = 0;
        for (int done = 0; done < count; done++) {
            int found = old.isEmpty() ? at : text.indexOf(old, at);
            if (old.isEmpty()) {
                result.append(other);
                if (at < text.length()) {
                    int c = text.codePointAt(at);
                    result.appendCodePoint(c);
                    at += Character.charCount(c);
                }
            } else {
                result.append(text, at, found).append(other);
                at = found + old.length();
            }
        }
        return result.append(text, at, text.length()).toString();
    }

    /** Compares by code points. */
    static int compare(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        if (i == a.length() || i == b.length()) {
            return Integer.compare(a.length(), b.length());
        }
        char x = a.charAt(i);
        char y = b.charAt(i);
        // Halves of pairs stand for code points above all others.
        return Character.isSurrogate(x) == Character.isSurrogate(y)
                ? Character.compare(x, y)
                : Boolean.compare(Character.isSurrogate(x), Character.isSurrogate(y));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return title(text.substring(0, first)) + lower(text.substring(first));
    }

    /** One character as it begins a title. */
    static String title(String character) {
        int c = character.codePointAt(0);
        return Character.toTitleCase(c) == c && Character.toUpperCase(c) != c ? character : special(character, c);
    }

    private static String special(String character, int c) {
        // A sharp s becomes Ss, as the full mapping of Unicode has it.
        String upper = upper(character);
        if (Character.toTitleCase(c) != c) {
            return Character.toString(Character.toTitleCase(c));
        }
        int first = upper.codePointAt(0);
        int size = Character.charCount(first);
        return upper.length() > size ? upper.substring(0, size) + lower(upper.substring(size)) : upper;
    }

    static String upper(String text) {
        return text.toUpperCase(java.util.Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }

    /** Python's {@code str.title}: every run of letters begins large and goes on small. */
    static String titled(String text) {
        StringBuilder result = new StringBuilder();
        boolean inside = false;
        for (String character : characters(text)) {
            int c = character.codePointAt(0);
            result.append(inside ? lower(character) : title(character));
            inside = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
        }
        return result.toString();
    }
}
