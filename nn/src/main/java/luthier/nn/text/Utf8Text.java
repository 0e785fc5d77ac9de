package luthier.nn.text;

/**
 * UTF-8 read byte by byte: a character comes out with its last byte; the longest beginning of one that does not go on is one U+FFFD, as
 * Unicode recommends.
 *
 * <p>Source: WHATWG Encoding Standard, the UTF-8 decoder.
 */
final class Utf8Text {
    private static final char REPLACEMENT = '\ufffd';

    private int character;
    private int missing;
    private int lowest = 0x80;
    private int highest = 0xbf;

    /** Takes a byte; what is complete goes to the text. */
    void read(int b, StringBuilder text) {
        int value = b & 255;
        if (missing == 0) {
            begin(value, text);
        } else if (value < lowest || value > highest) {
            end(text);
            begin(value, text);
        } else {
            lowest = 0x80;
            highest = 0xbf;
            character = character << 6 | value & 0x3f;
            if (--missing == 0) {
                text.appendCodePoint(character);
            }
        }
    }

    private void begin(int value, StringBuilder text) {
        if (value < 0x80) {
            text.append((char) value);
        } else if (value >= 0xc2 && value <= 0xdf) {
            missing = 1;
            character = value & 0x1f;
        } else if (value >= 0xe0 && value <= 0xef) {
            missing = 2;
            character = value & 0xf;
            lowest = value == 0xe0 ? 0xa0 : lowest;
            highest = value == 0xed ? 0x9f : highest;
        } else if (value >= 0xf0 && value <= 0xf4) {
            missing = 3;
            character = value & 7;
            lowest = value == 0xf0 ? 0x90 : lowest;
            highest = value == 0xf4 ? 0x8f : highest;
        } else {
            text.append(REPLACEMENT);
        }
    }

    /** Ends the text: a character that is not complete is U+FFFD. */
    void end(StringBuilder text) {
        if (missing > 0) {
            text.append(REPLACEMENT);
        }
        missing = 0;
        lowest = 0x80;
        highest = 0xbf;
    }
}
