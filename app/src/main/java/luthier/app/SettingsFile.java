package luthier.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * A settings file: YAML 1.2, of which JSON is a part, with the long names of options as keys and texts, lists of texts or maps of names to texts
 * as values. Values stay as they are written; the kind of the option reads them. What a settings file has no use for is refused with its line:
 * what nests deeper, tags, anchors and aliases, a second document, a key twice, a key without a value. Nothing is built but the entries, so nothing multiplies and
 * nothing nests.
 *
 * @param name of the file, for errors
 * @param entries in the file's order
 */
record SettingsFile(String name, List<SettingsFile.Entry> entries) {
    private static final int MOST_BYTES = 1 << 20;
    private static final int SHOWN = 80;

    /**
     * A key and its value.
     *
     * @param key as it is written
     * @param value a {@code String}, a {@code List} of them, or a {@code Map} of names to them
     * @param line of the key, from 1
     */
    record Entry(String key, Object value, int line) {}

    /** Copies the list. */
    SettingsFile {
        entries = List.copyOf(entries);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws UsageException if it is no settings file
     */
    static SettingsFile read(Path file) throws IOException {
        return parse(Files.readAllBytes(file), file.toString());
    }

    /**
     * Parses the bytes of a file; a byte order mark is dropped.
     *
     * @throws UsageException if they are no settings file in UTF-8 of at most 1 MiB, with the line
     */
    static SettingsFile parse(byte[] content, String name) {
        if (content.length > MOST_BYTES) {
            throw new UsageException(name + ": a settings file has at most " + MOST_BYTES + " bytes; got "
                    + content.length + "; is this the data?");
        }
        return new Parser(name).parse(decode(content, name));
    }

    private static String decode(byte[] content, String name) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        CharBuffer text = CharBuffer.allocate(content.length + 1);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(bytes, text, true);
        String decoded = text.flip().toString();
        if (result.isError()) {
            throw refused(
                    name,
                    lineOf(decoded, decoded.length()),
                    "settings must be in UTF-8; got the byte " + String.format("%02x", content[bytes.position()])
                            + "; save the file as UTF-8");
        }
        return decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded;
    }

    private static int lineOf(String text, int end) {
        return 1 + (int) text.chars().limit(end).filter(c -> c == '\n').count();
    }

    /** Returns where a line is, for errors. */
    static String place(String name, int line) {
        return name + ", line " + line;
    }

    /** Returns a text as an error shows it: on one line, and not much of it. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(SHOWN)
                .forEach(c ->
                        shown.append(Character.isISOControl(c) ? String.format("\\u%04x", c) : Character.toString(c)));
        return text.codePointCount(0, text.length()) > SHOWN ? shown + "..." : shown.toString();
    }

    private static UsageException refused(String name, int line, String rule) {
        return new UsageException(place(name, line) + ": " + rule);
    }

    /** Goes through the events of a file once. */
    private static final class Parser {
        private final String name;
        private final List<Entry> entries = new ArrayList<>();
        private final Map<String, Integer> lines = new HashMap<>();

        Parser(String name) {
            this.name = name;
        }

        SettingsFile parse(String text) {
            try {
                LoadSettings settings = LoadSettings.builder().setLabel(name).build();
                Iterator<Event> events = new ParserImpl(settings, new StreamReader(settings, text));
                boolean seen = false;
                while (events.hasNext()) {
                    Event event = events.next();
                    if (event instanceof DocumentStartEvent) {
                        if (seen) {
                            throw refused(name, line(event), "a settings file is one document; got a second one");
                        }
                        seen = true;
                    } else if (event instanceof NodeEvent node) {
                        document(node, events);
                    }
                }
            } catch (MarkedYamlEngineException e) {
                throw broken(e);
            } catch (ReaderException e) {
                int end = text.offsetByCodePoints(0, Math.min(e.getPosition(), text.codePointCount(0, text.length())));
                throw refused(
                        name,
                        lineOf(text, end),
                        "must be printable text; got the character U+" + String.format("%04X", e.getCodePoint()));
            } catch (YamlEngineException e) {
                throw new UsageException(
                        name + ": must be YAML 1.2 or JSON; got " + firstLine(String.valueOf(e.getMessage())));
            }
            return new SettingsFile(name, entries);
        }

        private void document(NodeEvent node, Iterator<Event> events) {
            if (node instanceof ScalarEvent empty && isMissing(empty)) {
                return;
            }
            requirePlain(node, "settings");
            if (!(node instanceof MappingStartEvent)) {
                throw refused(
                        name,
                        line(node),
                        "settings must be options with their values, such as epochs: 3; got "
                                + (node instanceof SequenceStartEvent ? "a list" : "a text"));
            }
            Event event = events.next();
            while (!(event instanceof MappingEndEvent)) {
                entry(event, events);
                event = events.next();
            }
        }

        private void entry(Event first, Iterator<Event> events) {
            int line = line(first);
            if (!(first instanceof ScalarEvent scalar)) {
                throw refused(name, line, "a key must be the name of an option; got a list, a map or an alias");
            }
            requirePlain(scalar, "a key");
            String key = scalar.getValue();
            String shown = shown(key);
            Integer before = lines.putIfAbsent(OptionTable.name(key), line);
            if (before != null) {
                throw refused(name, line, shown + " must be set once; got it again after line " + before);
            }
            Event value = events.next();
            if (value instanceof NodeEvent node) {
                requirePlain(node, shown);
            }
            entries.add(new Entry(key, value(shown, line, value, events), line));
        }

        private Object value(String key, int line, Event value, Iterator<Event> events) {
            return switch (value) {
                case ScalarEvent text -> text(key, line, text);
                case SequenceStartEvent list -> list(key, line, events);
                default -> map(key, line, events);
            };
        }

        private List<String> list(String key, int line, Iterator<Event> events) {
            List<String> texts = new ArrayList<>();
            Event event = events.next();
            while (!(event instanceof SequenceEndEvent)) {
                texts.add(inner(key, line, event));
                event = events.next();
            }
            return List.copyOf(texts);
        }

        private Map<String, String> map(String key, int line, Iterator<Event> events) {
            Map<String, String> texts = new LinkedHashMap<>();
            Event event = events.next();
            while (!(event instanceof MappingEndEvent)) {
                String name = inner(key, line, event);
                if (texts.put(name, inner(key, line, events.next())) != null) {
                    throw refused(this.name, line, key + " must name each once; got " + shown(name) + " twice");
                }
                event = events.next();
            }
            return texts;
        }

        private String inner(String key, int line, Event event) {
            if (event instanceof NodeEvent node) {
                requirePlain(node, key);
            }
            if (event instanceof ScalarEvent text) {
                return text(key, line, text);
            }
            throw refused(name, line, key + " must have plain values; got a list or a map within it");
        }

        private String text(String key, int line, ScalarEvent text) {
            if (isMissing(text)) {
                throw refused(
                        name,
                        line,
                        key + " must have a value; got none; leave the key away for the usual one, or quote"
                                + " a word such as \"null\"");
            }
            return text.getValue();
        }

        /** YAML's null: nothing at all, or one of its names without quotes. */
        private static boolean isMissing(ScalarEvent text) {
            return text.isPlain() && List.of("", "~", "null", "Null", "NULL").contains(text.getValue());
        }

        private void requirePlain(NodeEvent node, String what) {
            Optional<String> tag = switch (node) {
                case ScalarEvent scalar -> scalar.getTag();
                case MappingStartEvent map -> map.getTag();
                case SequenceStartEvent list -> list.getTag();
                default -> Optional.empty();
            };
            if (tag.isPresent()) {
                throw refused(name, line(node), what + " must be without a tag; got " + tag.get() + "; leave it away");
            }
            if (node.getAnchor().isPresent()) {
                throw refused(
                        name,
                        line(node),
                        what + " must be without anchors and aliases; got "
                                + (node instanceof AliasEvent ? "*" : "&")
                                + node.getAnchor().get().getValue()
                                + "; write the value out");
            }
        }

        private static int line(Event event) {
            return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
        }

        private UsageException broken(MarkedYamlEngineException e) {
            int line =
                    e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(0) + 1;
            String begun = e.getContextMark()
                    .filter(mark -> mark.getLine() + 1 != line)
                    .map(mark -> ", " + e.getContext() + " that begins in line " + (mark.getLine() + 1))
                    .orElse("");
            return refused(name, line, "must be YAML 1.2 or JSON; " + firstLine(e.getProblem()) + begun);
        }

        private static String firstLine(String text) {
            return text.lines().findFirst().orElse("");
        }
    }
}
