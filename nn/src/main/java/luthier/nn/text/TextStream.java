package luthier.nn.text;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Text as its tokens come. A piece never ends within a character, what was given out is never taken back, and all pieces together are
 * the text.
 *
 * <p>One text's alone: not safe for use by several threads.
 */
public final class TextStream {
    private final IntFunction<@Nullable String> shown;
    private final StringBuilder ready = new StringBuilder();
    private final Decoder.Stage stage;

    /** A token that is left out is null. */
    TextStream(Decoder decoder, IntFunction<@Nullable String> shown, boolean live) {
        this.shown = shown;
        stage = decoder.stage(
                new Decoder.Stage() {
                    @Override
                    public void take(String text, boolean begins) {
                        ready.append(text);
                    }

                    @Override
                    public void end() {
                        // What is ready is fetched by who asks.
                    }
                },
                live);
    }

    /**
     * Takes a token and returns the text that is certain now, which may be empty.
     *
     * @throws IllegalArgumentException if the id is not in the vocabulary
     */
    public String accept(int id) {
        String token = shown.apply(id);
        if (token != null) {
            stage.take(token, true);
        }
        return fetch();
    }

    /** Ends the text and returns its rest; a character that lacks bytes is U+FFFD. */
    public String finish() {
        stage.end();
        return fetch();
    }

    private String fetch() {
        String text = ready.toString();
        ready.setLength(0);
        return text;
    }
}
