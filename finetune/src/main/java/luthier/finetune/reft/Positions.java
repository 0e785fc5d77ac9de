package luthier.finetune.reft;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.finetune.method.TargetException;
import luthier.tensor.Tensor;

/**
 * Which tokens of a sequence are edited: {@code all}, or {@code fN+lM}, the first N and last M real ones. Of a sequence of n
 * tokens at most n / 2 are taken from either end, as in pyreft, so that the two ends never overlap.
 */
public sealed interface Positions {
    /** Every token. */
    record All() implements Positions {
        @Override
        public String toString() {
            return "all";
        }
    }

    /** The first and last tokens of each sequence. */
    record Ends(int first, int last) implements Positions {
        /** Checks that at least one token is chosen. */
        public Ends {
            if (first < 0 || last < 0 || first + last < 1) {
                throw new TargetException("positions: at least one token must be chosen; got f" + first + "+l" + last);
            }
        }

        /** Returns how many tokens are taken from the front of a sequence of n. */
        public int firstOf(int n) {
            return Math.min(n / 2, first);
        }

        /** Returns how many tokens are taken from the end of a sequence of n. */
        public int lastOf(int n) {
            return Math.min(n / 2, last);
        }

        /**
         * Returns 1 at edited tokens and 0 elsewhere, F32 {@code [B, T, 1]}.
         *
         * @param mask BOOL {@code [B, T]}, true = real token; real tokens come first
         */
        public Tensor indicator(Tensor mask) {
            int rows = Math.toIntExact(mask.size(0));
            int length = Math.toIntExact(mask.size(1));
            boolean[] real = mask.toBooleanArray();
            float[] chosen = new float[rows * length];
            for (int row = 0; row < rows; row++) {
                int n = 0;
                for (int t = 0; t < length; t++) {
                    n += real[row * length + t] ? 1 : 0;
                }
                int start = row * length;
                Arrays.fill(chosen, start, start + firstOf(n), 1);
                Arrays.fill(chosen, start + n - lastOf(n), start + n, 1);
            }
            return Tensor.of(chosen, rows, length, 1);
        }

        @Override
        public String toString() {
            return first == 0 ? "l" + last : last == 0 ? "f" + first : "f" + first + "+l" + last;
        }
    }

    /** Returns whether a text is {@code all}, {@code fN}, {@code lM} or {@code fN+lM}. */
    static boolean isWritten(String text) {
        try {
            parse(text);
            return true;
        } catch (TargetException e) {
            return false;
        }
    }

    /**
     * Reads {@code all}, {@code fN}, {@code lM} or {@code fN+lM}.
     *
     * @throws TargetException if the text is none of these
     */
    static Positions parse(String text) {
        if (text.equals("all")) {
            return new All();
        }
        Matcher match = Pattern.compile("(?:f(\\d{1,6}))?\\+?(?:l(\\d{1,6}))?").matcher(text);
        boolean both = match.matches() && match.group(1) != null && match.group(2) != null;
        if (!match.matches() || text.isEmpty() || text.contains("+") != both) {
            throw new TargetException("positions: must be all, fN, lM or fN+lM; got " + text);
        }
        return new Ends(
                match.group(1) == null ? 0 : Integer.parseInt(match.group(1)),
                match.group(2) == null ? 0 : Integer.parseInt(match.group(2)));
    }
}
