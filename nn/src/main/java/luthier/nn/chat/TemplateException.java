package luthier.nn.chat;

import luthier.tensor.io.ModelFormatException;

/** A chat template that cannot be rendered, by itself or with these messages. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong. */
    public enum Kind {
        /** The text is no template. */
        SYNTAX,
        /** A value that is not there was used. */
        UNDEFINED,
        /** A value does not fit an operation. */
        TYPE,
        /** A value would be changed, or an internal attribute used. */
        FORBIDDEN,
        /** Too many steps, characters or levels. */
        LIMIT,
        /** The template itself refuses the messages. */
        RAISED,
        /** A part of Jinja that this reader does not have. */
        UNSUPPORTED,
        /** The messages do not fit what was asked for. */
        MESSAGES
    }

    private final Kind kind;
    private final String rule;
    private final int line;

    private TemplateException(Kind kind, String rule, String source, int line) {
        super((source.isEmpty() ? "chat template" : "chat template " + ModelFormatException.escape(source)) + ": "
                + shown(rule) + (line > 0 ? "; line " + line : ""));
        this.kind = kind;
        this.rule = rule;
        this.line = line;
    }

    /** At most 1,000 characters, with what would move a terminal's cursor escaped. */
    private static String shown(String rule) {
        StringBuilder shown = new StringBuilder();
        rule.codePoints().limit(1000).forEach(c -> shown.append(ModelFormatException.escape(Character.toString(c))));
        return shown.toString();
    }

    TemplateException(Kind kind, String rule) {
        this(kind, rule, "", 0);
    }

    static TemplateException type(String rule) {
        return new TemplateException(Kind.TYPE, rule);
    }

    static TemplateException limit(String rule) {
        return new TemplateException(Kind.LIMIT, rule);
    }

    static TemplateException unsupported(String construct) {
        return new TemplateException(Kind.UNSUPPORTED, construct + " is not supported");
    }

    static TemplateException syntax(String rule, int line) {
        return new TemplateException(Kind.SYNTAX, rule, "", line);
    }

    /** The same with its place, which is kept if it has one. */
    TemplateException at(String source, int where) {
        return new TemplateException(kind, rule, source, line > 0 ? line : where);
    }

    /** Returns what went wrong. */
    public Kind kind() {
        return kind;
    }

    /** Returns the reason alone; for {@link Kind#RAISED} the template's own words. */
    public String rule() {
        return rule;
    }

    /** Returns the line of the template, from 1; 0 if none is to blame. */
    public int line() {
        return line;
    }
}
