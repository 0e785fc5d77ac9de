package luthier.nn.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Texts that end an answer, found while it comes in pieces: as if it came letter by letter, the first that is complete ends it, of several
 * complete at one letter the longest. However tokens cut the text, the answer is the same. An empty text is no stop.
 *
 * {@snippet :
 * StopStrings.Watch watch = new StopStrings(List.of("\nUser:"), false).watch();
 * watch.accept("Fine.\nUs"); // Fine.
 * watch.accept("er: bye").length(); // 0
 * watch.stoppedBy().isPresent(); // true
 * }
 *
 * <p>One automaton reads each letter once, Aho and Corasick 1975, "Efficient string matching". Immutable; a watch belongs to one answer.
 */
public final class StopStrings {
    private final List<String> stops;
    private final boolean included;
    private final List<State> states = new ArrayList<>();

    /** A beginning of stops: what was read ends with it, and with no longer one. */
    private static final class State {
        private final Map<Character, Integer> next = new HashMap<>();
        private final int depth;
        private int shorter;
        private @Nullable String complete;

        private State(int depth) {
            this.depth = depth;
        }
    }

    /**
     * Creates them.
     *
     * @param included whether the answer ends with the stop instead of before it
     */
    public StopStrings(List<String> stops, boolean included) {
        this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
        this.included = included;
        states.add(new State(0));
        this.stops.forEach(this::grow);
        link();
    }

    private void grow(String stop) {
        int at = 0;
        for (int i = 0; i < stop.length(); i++) {
            State state = states.get(at);
            Integer next = state.next.get(stop.charAt(i));
            if (next == null) {
                next = states.size();
                state.next.put(stop.charAt(i), next);
                states.add(new State(state.depth + 1));
            }
            at = next;
        }
        states.get(at).complete = stop;
    }

    /** Gives each beginning the longest shorter one that it ends with, in the order of their lengths. */
    private void link() {
        ArrayDeque<Integer> open = new ArrayDeque<>(states.getFirst().next.values());
        while (!open.isEmpty()) {
            State state = states.get(open.poll());
            state.next.forEach((letter, index) -> {
                State child = states.get(index);
                child.shorter = step(state.shorter, letter);
                if (child.complete == null) {
                    child.complete = states.get(child.shorter).complete;
                }
                open.add(index);
            });
        }
    }

    private int step(int from, char letter) {
        int at = from;
        while (true) {
            Integer next = states.get(at).next.get(letter);
            if (next != null) {
                return next;
            }
            if (at == 0) {
                return 0;
            }
            at = states.get(at).shorter;
        }
    }

    /** Returns a watch over a new answer; a prompt is not part of it. */
    public Watch watch() {
        return new Watch();
    }

    /** Reads the pieces of one answer. */
    public final class Watch {
        private final StringBuilder held = new StringBuilder();
        private int state;
        private @Nullable String stop;

        private Watch() {}

        /**
         * Reads a piece and returns what can be given out: everything that can no longer become part of a stop. After a stop everything is
         * dropped.
         */
        public String accept(String piece) {
            if (stop != null) {
                return "";
            }
            for (int i = 0; i < piece.length(); i++) {
                held.append(piece.charAt(i));
                state = step(state, piece.charAt(i));
                String complete = states.get(state).complete;
                if (complete != null) {
                    stop = complete;
                    held.setLength(held.length() - (included ? 0 : complete.length()));
                    return flush();
                }
            }
            return take(held.length() - states.get(state).depth);
        }

        /** Returns what was held back, at the end of the answer. */
        public String flush() {
            return take(held.length());
        }

        private String take(int count) {
            String text = held.substring(0, count);
            held.delete(0, count);
            return text;
        }

        /** Returns the stop that ended the answer; empty as long as it goes on. */
        public Optional<String> stoppedBy() {
            return Optional.ofNullable(stop);
        }
    }

    @Override
    public String toString() {
        return "StopStrings" + stops;
    }
}
