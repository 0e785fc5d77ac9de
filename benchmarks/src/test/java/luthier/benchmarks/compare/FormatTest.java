package luthier.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FormatTest {
    @Test
    void timesHaveThreeDigitsAndAUnit() {
        assertEquals("41.2 ns", Format.time(41.23));
        assertEquals("1.07 us", Format.time(1_070));
        assertEquals("218 ms", Format.time(218_400_000));
        assertEquals("2.5 s", Format.time(2.5e9));
    }

    @Test
    void smallNumbersKeepTheirDigits() {
        assertEquals("0.0532", Format.digits(0.0532));
        assertEquals("1.05", Format.digits(1.05));
        assertEquals("1", Format.digits(1));
        assertEquals("0", Format.digits(0));
    }

    @Test
    void aRatioShowsItsSpread() {
        assertEquals("1.07 ±0.02", Format.ratio(new Statistics.Spread(1.07, 1.05, 1.09)));
        assertEquals("120 ±5", Format.ratio(new Statistics.Spread(120, 115, 125)));
    }
}
