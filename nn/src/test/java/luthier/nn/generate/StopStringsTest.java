package luthier.nn.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    /** Letter by letter, by the definition. */
    private static String byHand(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String read = text.substring(0, end);
            Optional<String> stop = stops.stream()
                    .filter(each -> !each.isEmpty() && read.endsWith(each))
                    .max((a, b) -> Integer.compare(a.length(), b.length()));
            if (stop.isPresent()) {
                return read.substring(0, end - stop.get().length());
            }
        }
        return text;
    }

    @Test
    void asIfTheTextCameLetterByLetter() {
        Random random = new Random(5);
        for (int round = 0; round < 2000; round++) {
            List<String> stops = List.of(word(random, 4), word(random, 3), word(random, 5));
            String text = word(random, 12) + "|" + word(random, 12);
            StopStrings.Watch watch = new StopStrings(stops, false).watch();
            StringBuilder out = new StringBuilder();
            int at = 0;
            while (at < text.length()) {
                int next = Math.min(text.length(), at + 1 + random.nextInt(4));
                out.append(watch.accept(text.substring(at, next)));
                at = next;
            }
            out.append(watch.flush());
            assertEquals(byHand(text, stops), out.toString(), stops + " in " + text);
        }
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(length + 1); i > 0; i--) {
            word.append((char) ('a' + random.nextInt(2)));
        }
        return word.toString();
    }

    /** A long text whose every end is nearly a stop is read once. */
    @Test
    void readsEachLetterOnce() {
        String almost = "a".repeat(5000);
        StopStrings.Watch watch = new StopStrings(List.of(almost + "b", "ba" + almost), false).watch();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            out.append(watch.accept("a".repeat(1000)));
        }
        assertTrue(watch.stoppedBy().isEmpty());
        assertEquals(300_000, out.length() + watch.flush().length());
    }
}
