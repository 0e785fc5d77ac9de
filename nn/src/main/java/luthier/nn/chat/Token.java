package luthier.nn.chat;

/** A piece of a template. {@code text}: data, a name, a text without its quotes, a number or an operator as written. */
record Token(Sort sort, String text, int line) {
    enum Sort {
        DATA,
        PRINT,
        PRINT_END,
        TAG,
        TAG_END,
        NAME,
        TEXT,
        INTEGER,
        REAL,
        OPERATOR,
        END
    }

    boolean is(String operator) {
        return sort == Sort.OPERATOR && text.equals(operator);
    }

    boolean named(String name) {
        return sort == Sort.NAME && text.equals(name);
    }

    /** What a message calls it. */
    String shown() {
        return switch (sort) {
            case DATA -> "text of the template";
            case PRINT -> "'{{'";
            case PRINT_END -> "'}}'";
            case TAG -> "'{%'";
            case TAG_END -> "'%}'";
            case END -> "the end of the template";
            default -> "'" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'";
        };
    }
}
