package luthier.app.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.tensor.io.ModelFormatException;

/**
 * The parser of one line of a WordNet data file:
 *
 * <pre>
 * offset lexFile type wordCount word lexId [word lexId ...] pointerCount [pointer ...] [frames] | gloss
 * pointer = symbol offset type sourceTarget
 * frames  = frameCount + frame word [+ frame word ...]          (verbs only)
 * </pre>
 *
 * Fields are separated by single spaces. Word count, lexical id, source/target and a frame's word are hexadecimal; the other
 * numbers are decimal, all with leading zeros.
 */
final class SynsetLine {
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern ADJECTIVE_MARKER = Pattern.compile("\\((?:a|p|ip)\\)$");
    private static final Pattern TRAILING_SEPARATORS = Pattern.compile("[\\s;:,]+$");
    private static final String GLOSS_SEPARATOR = " | ";

    private final WordNet.PartOfSpeech partOfSpeech;
    private final String source;
    private final int lineStart;
    private final String[] fields;
    private final String gloss;
    private int next;

    SynsetLine(String line, WordNet.PartOfSpeech partOfSpeech, String source, int lineStart) {
        this.partOfSpeech = partOfSpeech;
        this.source = source;
        this.lineStart = lineStart;
        int bar = line.indexOf(GLOSS_SEPARATOR);
        if (bar < 0) {
            throw error("a synset line must have a gloss after \" | \"", line);
        }
        this.fields = line.substring(0, bar).split(" ", -1);
        this.gloss = line.substring(bar + GLOSS_SEPARATOR.length()).strip();
    }

    Synset parse() {
        int offset = number("synset offset", 8, 10);
        if (offset != lineStart) {
            throw error("the synset offset must be the byte where the line starts", fields[0]);
        }
        int lexFile = number("lexicographer file", 2, 10);
        String type = synsetType(partOfSpeech.synsetTypes());
        List<String> lemmas = lemmas();
        pointers();
        if (partOfSpeech == WordNet.PartOfSpeech.VERB) {
            frames(lemmas.size());
        }
        if (next != fields.length) {
            throw error("the line must go on with its gloss", fields[next]);
        }
        return new Synset(fields[0] + "-" + type, lexFile, lemmas, definition(), examples());
    }

    private List<String> lemmas() {
        int count = number("word count", 2, 16);
        if (count == 0) {
            throw error("the word count must be at least 1", "00");
        }
        List<String> lemmas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String word = field("word");
            if (word.isEmpty()) {
                throw error("a word must not be empty", word);
            }
            lemmas.add(ADJECTIVE_MARKER.matcher(word).replaceFirst("").replace('_', ' '));
            number("lexical id", 1, 16);
        }
        return lemmas;
    }

    private void pointers() {
        int count = number("pointer count", 3, 10);
        for (int i = 0; i < count; i++) {
            String symbol = field("pointer symbol");
            if (symbol.isEmpty() || symbol.length() > 2) {
                throw error("a pointer symbol must have one or two characters", symbol);
            }
            number("pointer offset", 8, 10);
            synsetType("nvasr");
            number("pointer source/target", 4, 16);
        }
    }

    private void frames(int wordCount) {
        int count = number("frame count", 2, 10);
        for (int i = 0; i < count; i++) {
            String plus = field("frame");
            if (!plus.equals("+")) {
                throw error("a frame must start with +", plus);
            }
            number("frame number", 2, 10);
            int word = number("frame word", 2, 16);
            if (word > wordCount) {
                throw error("a frame must belong to one of the " + wordCount + " words", fields[next - 1]);
            }
        }
    }

    private String definition() {
        int quote = gloss.indexOf('"');
        String text = quote < 0 ? gloss : gloss.substring(0, quote);
        String definition = TRAILING_SEPARATORS.matcher(text.strip()).replaceFirst("");
        if (definition.isEmpty()) {
            throw error("the gloss must start with a definition", gloss);
        }
        return definition;
    }

    private List<String> examples() {
        List<String> examples = new ArrayList<>();
        Matcher matcher = QUOTED.matcher(gloss);
        while (matcher.find()) {
            String example = matcher.group(1).strip();
            if (!example.isEmpty()) {
                examples.add(example);
            }
        }
        return examples;
    }

    private String synsetType(String allowed) {
        String type = field("synset type");
        if (type.length() != 1 || allowed.indexOf(type.charAt(0)) < 0) {
            throw error("the synset type must be one of the letters " + allowed, type);
        }
        return type;
    }

    private int number(String name, int digits, int radix) {
        String field = field(name);
        int value = 0;
        boolean valid = field.length() == digits;
        for (int i = 0; i < field.length() && valid; i++) {
            int digit = field.charAt(i) < 128 ? Character.digit(field.charAt(i), radix) : -1;
            valid = digit >= 0;
            value = value * radix + digit;
        }
        if (!valid) {
            throw error(
                    "the " + name + " must have " + digits + (radix == 16 ? " hexadecimal" : "") + " digits", field);
        }
        return value;
    }

    private String field(String name) {
        if (next == fields.length) {
            throw error("the line must have a " + name + " before its gloss", "the end of the fields");
        }
        return fields[next++];
    }

    private ModelFormatException error(String rule, String actual) {
        String shown = actual.length() > 60 ? actual.substring(0, 60) + "..." : actual;
        return new ModelFormatException(source, lineStart, rule + "; got " + shown);
    }
}
