package luthier.nn.text;

import java.util.List;

/**
 * Makes readable text of tokens: an entry of {@code decoder}. Each works token by token, so that a stream and a text decoded at once are
 * one thing. Immutable; the stages it makes are not.
 */
interface Decoder {
    /** Takes tokens, one after another. */
    interface Stage {
        /** Takes a token, or more of the last one where it does not begin one. */
        void take(String text, boolean begins);

        /** Takes note that there are no more. */
        void end();
    }

    /**
     * Returns a stage for one text.
     *
     * @param next who takes what it makes
     * @param live whether text is wanted as early as it is certain; a broken character then spoils itself alone
     */
    Stage stage(Stage next, boolean live);

    /** Whether the stage must be given every token in one piece; most take them as they come. */
    default boolean needsWhole() {
        return false;
    }

    /** Whether the stage may pass a token on in several pieces; most do not. */
    default boolean makesParts(boolean live) {
        return false;
    }

    /** A stage that changes each token on its own, or leaves it out. */
    abstract class Each implements Stage {
        private final Stage next;
        private int count;

        Each(Stage next) {
            this.next = next;
        }

        /** Returns the changed token; {@code index} counts the tokens. */
        abstract String changed(String text, int index, boolean begins);

        @Override
        public void take(String text, boolean begins) {
            count += begins ? 1 : 0;
            next.take(changed(text, Math.max(count - 1, 0), begins), begins);
        }

        @Override
        public void end() {
            next.end();
        }
    }

    /** Tokens as they come in pieces, made whole. */
    final class Whole implements Stage {
        private final Stage next;
        private final StringBuilder token = new StringBuilder();
        private boolean any;

        Whole(Stage next) {
            this.next = next;
        }

        @Override
        public void take(String text, boolean begins) {
            if (begins) {
                pass();
            }
            any = true;
            token.append(text);
        }

        private void pass() {
            if (any) {
                next.take(token.toString(), true);
            }
            token.setLength(0);
        }

        @Override
        public void end() {
            pass();
            next.end();
        }
    }

    /** One decoder after the other. */
    record Sequence(List<Decoder> parts) implements Decoder {
        public Sequence {
            parts = List.copyOf(parts);
        }

        @Override
        public Stage stage(Stage next, boolean live) {
            Stage result = next;
            for (int i = parts.size() - 1; i >= 0; i--) {
                result = parts.get(i).stage(result, live);
                if (parts.get(i).needsWhole()
                        && parts.subList(0, i).stream().anyMatch(before -> before.makesParts(live))) {
                    result = new Whole(result);
                }
            }
            return result;
        }

        @Override
        public boolean needsWhole() {
            return !parts.isEmpty() && parts.getFirst().needsWhole();
        }

        @Override
        public boolean makesParts(boolean live) {
            return parts.stream().anyMatch(part -> part.makesParts(live));
        }
    }

    /** Without a decoder a space stands between tokens. */
    record Spaced() implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            return new Each(next) {
                @Override
                String changed(String text, int index, boolean begins) {
                    return index > 0 && begins ? " " + text : text;
                }
            };
        }
    }

    /** Continuing pieces join the piece before them, other tokens follow a space; cleaned up, none stands before closing punctuation. */
    record WordPieces(String prefix, boolean cleanup) implements Decoder {
        private static final List<String> CLOSING = List.of(".", "?", "!", ",");
        private static final List<String> CONTRACTED = List.of("n't", "'m", "'s", "'ve", "'re");

        @Override
        public Stage stage(Stage next, boolean live) {
            return new Each(next) {
                @Override
                String changed(String text, int index, boolean begins) {
                    String joined =
                            index == 0 ? text : text.startsWith(prefix) ? text.substring(prefix.length()) : " " + text;
                    return cleanup ? cleaned(joined) : joined;
                }
            };
        }

        /** Drops the space before closing punctuation and contractions. */
        static String cleaned(String text) {
            if (text.indexOf(' ') < 0) {
                return text;
            }
            String result = text;
            for (String closing : CLOSING) {
                result = result.replace(" " + closing, closing);
            }
            result = result.replace(" ' ", "'")
                    .replace(" n't", "n't")
                    .replace(" 'm", "'m")
                    .replace(" do not", " don't");
            for (String contracted : CONTRACTED.subList(2, CONTRACTED.size())) {
                result = result.replace(" " + contracted, contracted);
            }
            return result;
        }

        @Override
        public boolean needsWhole() {
            return true;
        }
    }

    /** A mark is a space; the marks of the first token go where one was put before the text. */
    record Marks(String mark, boolean dropsFirst) implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            return new Each(next) {
                @Override
                String changed(String text, int index, boolean begins) {
                    return text.replace(mark, index == 0 && dropsFirst ? "" : " ");
                }
            };
        }
    }

    /** Writes a text in the place of every match within a token. */
    record Replace(TextPattern pattern, String content) implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            Normalizer replacing = new Normalizer.Replace(pattern, content);
            return new Each(next) {
                @Override
                String changed(String text, int index, boolean begins) {
                    return replacing.normalize(AlignedText.of(text)).text();
                }
            };
        }

        @Override
        public boolean needsWhole() {
            return !(pattern instanceof TextPattern.Literal literal
                    && literal.wanted().length() <= 1);
        }
    }

    /** All tokens are one. */
    record Fuse() implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            return new Stage() {
                private boolean begun;

                @Override
                public void take(String text, boolean begins) {
                    next.take(text, !begun);
                    begun = true;
                }

                @Override
                public void end() {
                    next.end();
                }
            };
        }

        @Override
        public boolean makesParts(boolean live) {
            return true;
        }
    }

    /** The suffix at a word's end is a space, at the text's end nothing. */
    record WordEnds(String suffix) implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            return new Stage() {
                private String held = "";

                @Override
                public void take(String text, boolean begins) {
                    next.take(held.replace(suffix, " "), begins);
                    int at = suffix.isEmpty() ? -1 : text.indexOf(suffix);
                    held = at < 0 ? "" : text.substring(at);
                    next.take(at < 0 ? text : text.substring(0, at), false);
                }

                @Override
                public void end() {
                    next.take(held.replace(suffix, ""), false);
                    next.end();
                }
            };
        }

        @Override
        public boolean needsWhole() {
            return true;
        }

        @Override
        public boolean makesParts(boolean live) {
            return true;
        }
    }

    /** Connectionist temporal classification: a token said again is said once, padding is silence, the delimiter is a space. */
    record Ctc(String padding, String delimiter, boolean cleanup) implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            return new Stage() {
                private String last = "";
                private boolean any;

                @Override
                public void take(String text, boolean begins) {
                    if (any && text.equals(last)) {
                        return;
                    }
                    any = true;
                    last = text;
                    String spoken = text.replace(padding, "");
                    String clean = cleanup ? WordPieces.cleaned(spoken).replace(delimiter, " ") : spoken;
                    if (!clean.isEmpty()) {
                        next.take(clean, true);
                    }
                }

                @Override
                public void end() {
                    next.end();
                }
            };
        }

        @Override
        public boolean needsWhole() {
            return true;
        }
    }
}
