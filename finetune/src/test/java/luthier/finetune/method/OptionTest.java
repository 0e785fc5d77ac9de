package luthier.finetune.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionTest {
    private static final Option<Integer> COUNT = Option.whole("count", null, 1, "a count");
    private static final Option<Long> SEED = Option.large("seed", null, 0, "a seed");
    private static final Option<Double> RATE = Option.number("rate", null, 1, "a rate");
    private static final Option<String> NAME = Option.word("name", null, "x", "a name");
    private static final Option<List<String>> TARGETS = Option.words("targets", null, List.of(), "names");

    /** One more than a double can tell from its neighbour. */
    @Test
    void wholeNumbersOf64BitsAreExact() {
        assertEquals(9007199254740993L, SEED.read("9007199254740993"));
        assertEquals(9007199254740993L, SEED.read(9007199254740993L));
        assertEquals(Long.MIN_VALUE, SEED.read("-9223372036854775808"));
        assertEquals(3, COUNT.read(3.0));
        refused(SEED, "9223372036854775808", "seed: must be a whole number; got 9223372036854775808; write it as 8");
        refused(SEED, 9007199254740992e3, "seed: must be a whole number; got 9.007199254740992E18; write it as 8");
        refused(COUNT, "2147483648", "count: must be a whole number of 32 bits; got 2147483648");
        for (String text : List.of("012", "1_000", "2.5", "three", "0x10", "")) {
            refused(COUNT, text, "count: must be a whole number; got " + text + "; write it as 8");
        }
    }

    @Test
    void numbersAreFinite() {
        assertEquals(1e-5, RATE.read("1e-5"));
        assertEquals(0.01, RATE.read(".01"));
        refused(RATE, "1e999", "rate: must be a finite number; got 1e999");
        refused(RATE, Double.NaN, "rate: must be a finite number; got NaN");
        refused(RATE, ".inf", "rate: must be a number; got .inf; write it as 0.001 or 1e-3");
    }

    @Test
    void commasWithinBracketsBelongToAPattern() {
        assertEquals(List.of("query", "value"), TARGETS.read("query,value"));
        assertEquals(List.of("layer.(0|1).{1,2}", "value"), TARGETS.read("layer.(0|1).{1,2},value"));
        assertEquals(List.of("[a,b]", "x(y,z)"), TARGETS.read("[a,b],x(y,z)"));
        assertEquals(List.of("a\\(", "b"), TARGETS.read("a\\(,b"));
        assertEquals(List.of("a,b", "c"), TARGETS.read(List.of("a,b", "c")));
        assertEquals(List.of("a", "", "b"), TARGETS.read("a,,b"));
        assertEquals(List.of(), TARGETS.read(""));
    }

    @Test
    void oneWordIsNoListAndNoMap() {
        assertEquals("no", NAME.read("no"));
        refused(NAME, List.of("a", "b"), "name: must be one word; got [a, b]");
        refused(NAME, Map.of("a", 1), "name: must be one word; got {a=1}");
        refused(TARGETS, Map.of("a", 1), "targets: must be words; got {a=1}");
    }

    private static void refused(Option<?> option, Object said, String message) {
        assertEquals(
                message,
                assertThrows(OptionException.class, () -> option.read(said)).getMessage());
    }
}
