package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddedTokenMatcherTest {
    private static AddedToken token(int id, String content) {
        return new AddedToken(id, content, false, false, false, false, false);
    }

    private static AddedToken word(int id, String content) {
        return new AddedToken(id, content, true, false, false, false, false);
    }

    private static List<Object> split(String text, AddedToken... tokens) {
        List<Object> parts = new ArrayList<>();
        new AddedTokenMatcher(List.of(tokens))
                .split(
                        AlignedText.of(text),
                        _ -> true,
                        stretch -> parts.add(stretch.text()),
                        found -> parts.add(found.token().id()));
        return parts;
    }

    @Test
    void takesTheLeftmostAndOfThoseTheLongest() {
        assertEquals(List.of("a", 2, "c"), split("a<b>c", token(1, "<b"), token(2, "<b>")));
        assertEquals(List.of(1, "xc"), split("<bxc", token(1, "<b"), token(2, "<b>")));
        assertEquals(List.of(1, 1), split("abab", token(1, "ab"), token(2, "ba")));
        assertEquals(List.of("abc"), split("abc", token(1, "abcd")));
        assertEquals(List.of(1), split("x", token(1, "x"), token(2, "x")));
    }

    @Test
    void anEmptyTokenIsNone() {
        assertEquals(List.of("ab"), split("ab", token(1, "")));
        assertEquals(List.of("a", 2), split("ab", token(1, ""), token(2, "b")));
    }

    /** A combining mark, a connecting dash, a joiner and a letter number are parts of words; a superscript digit and a dash are not. */
    @Test
    void wordsHaveTheCharactersOfUnicode() {
        for (String part : List.of("a", "1", "_", "\u0301", "\u203f", "\u200d", "\u2160", "\u0903")) {
            assertEquals(List.of("x" + part), split("x" + part, word(1, "x")), part);
            assertEquals(List.of(part + "x"), split(part + "x", word(1, "x")), part);
        }
        for (String other : List.of("-", " ", ".", "\u00b2", "\u20ac")) {
            assertEquals(List.of(1, other), split("x" + other, word(1, "x")), other);
        }
    }

    @Test
    void spaceAroundATokenIsTakenOnce() {
        AddedToken both = new AddedToken(1, "<m>", false, true, true, false, false);
        assertEquals(List.of("a", 1, "b"), split("a  <m>  b", both));
        assertEquals(List.of("a", 2, 1, "b"), split("a <m> b", both, token(2, " ")));
    }

    @Test
    void thousandsOfTokensAreFound() {
        AddedToken[] many = IntStream.range(0, 20_000)
                .mapToObj(i -> token(i, "<extra_" + i + ">"))
                .toArray(AddedToken[]::new);
        assertEquals(List.of(19_999, "<extra_", 7), split("<extra_19999><extra_<extra_7>", many));
    }
}
