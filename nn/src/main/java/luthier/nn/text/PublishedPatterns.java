package luthier.nn.text;

import java.util.Map;
import java.util.Optional;

/** The published split patterns by their expressions, letter for letter. */
final class PublishedPatterns {
    /** The pattern of GPT-2, which {@code ByteLevel} has built in. */
    static final PublishedPattern GPT2 = new PublishedPattern.Gpt2();

    /** The patterns by their expressions. */
    private static final Map<String, PublishedPattern> ALL = Map.ofEntries(
            Map.entry("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", GPT2),
            Map.entry("'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", GPT2),
            Map.entry("'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s", GPT2),
            Map.entry(
                    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
                            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                    new PublishedPattern.Gpt4(3)),
            Map.entry(
                    "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
                            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                    new PublishedPattern.Gpt4(3)),
            Map.entry(
                    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
                            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                    new PublishedPattern.Gpt4(1)),
            Map.entry(
                    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}|"
                            + " ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
                    new PublishedPattern.Gpt4(3)),
            Map.entry(
                    "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+", new PublishedPattern.Clip(false)),
            Map.entry(
                    "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
                    new PublishedPattern.Clip(true)),
            Map.entry("\\s+", new PublishedPattern.Runs(PublishedPattern.Runs.Kind.SPACE, 1)),
            Map.entry(" {2,}", new PublishedPattern.Runs(PublishedPattern.Runs.Kind.BLANK, 2)));

    private PublishedPatterns() {}

    /** Returns the pattern that an expression writes, if it is one of these. */
    static Optional<TextPattern> named(String expression) {
        return Optional.ofNullable(ALL.get(expression));
    }
}
