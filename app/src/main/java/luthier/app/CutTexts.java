package luthier.app;

import java.io.PrintWriter;
import java.util.List;
import luthier.nn.text.Tokenizer;

/** Counts texts that are longer than a model reads: nothing is cut without a word. */
final class CutTexts {
    private final Tokenizer tokenizer;
    private final int limit;
    private final boolean words;
    private long texts;
    private long cut;

    /** Counts rows of texts, or of words. */
    CutTexts(Tokenizer tokenizer, int limit, boolean words) {
        this.tokenizer = tokenizer;
        this.limit = limit;
        this.words = words;
    }

    void add(List<List<String>> rows) {
        for (List<String> row : rows) {
            int over = (words ? tokenizer.encodeWords(row, limit) : tokenizer.encode(row, limit)).cut();
            texts++;
            cut += over > 0 ? 1 : 0;
        }
    }

    /** Says how many there were, if any. */
    void say(PrintWriter err) {
        if (cut > 0) {
            err.println("cut at " + limit + " tokens: " + cut + " of " + texts + (texts == 1 ? " text" : " texts"));
        }
    }
}
