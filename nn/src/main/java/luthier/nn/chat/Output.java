package luthier.nn.chat;

import java.util.ArrayList;
import java.util.List;

/** The text that a rendering has made so far, and which of it the assistant says. */
final class Output {
    private final Budget budget;
    private final StringBuilder text = new StringBuilder();
    private final List<Span> generated = new ArrayList<>();
    private int codePoints;

    Output(Budget budget) {
        this.budget = budget;
    }

    void append(String part) {
        budget.characters(part.length());
        text.append(part);
        codePoints += part.codePointCount(0, part.length());
    }

    int codePoints() {
        return codePoints;
    }

    void generated(int start) {
        generated.add(new Span(start, codePoints));
    }

    String text() {
        return text.toString();
    }

    List<Span> generated() {
        return generated;
    }
}
