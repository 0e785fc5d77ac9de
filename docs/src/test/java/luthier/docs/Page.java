package luthier.docs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of prose with programs: blocks of {@code java}, each followed by what it prints, a block of {@code text}. */
record Page(List<Program> programs) {
    private static final Pattern PAIR =
            Pattern.compile("```java\\n((?:(?!```).)*)```\\nprints\\n```text\\n(.*?)```", Pattern.DOTALL);

    record Program(String code, String output) {}

    static Page read(Path file) throws IOException {
        List<Program> programs = new ArrayList<>();
        Matcher matcher = PAIR.matcher(Files.readString(file));
        while (matcher.find()) {
            programs.add(new Program(matcher.group(1).strip(), matcher.group(2).strip()));
        }
        return new Page(programs);
    }

    /** Returns the lines of a source file between {@code // begin NAME} and {@code // end NAME}, their indentation taken off. */
    static String section(Path source, String name) throws IOException {
        String text = Files.readString(source);
        String begin = "// begin " + name + "\n";
        int from = text.indexOf(begin);
        int to = text.indexOf("// end " + name + "\n");
        if (from < 0 || to < from) {
            throw new AssertionError(source + " must have a section " + name);
        }
        return text.substring(from + begin.length(), to)
                .stripTrailing()
                .stripIndent()
                .strip();
    }

    interface Body {
        void run() throws Exception;
    }

    /** Returns what a program prints. */
    static String output(Body body) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            body.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }
}
