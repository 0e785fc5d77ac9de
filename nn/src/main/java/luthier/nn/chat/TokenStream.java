package luthier.nn.chat;

import java.util.List;
import luthier.nn.chat.Token.Sort;

/** The tokens of a template, read from left to right, and how deep the parts being read are nested. */
final class TokenStream {
    /** How deep brackets, operators and blocks may be nested, chains of operators counted by their length. */
    private static final int DEPTH = 200;

    private final List<Token> tokens;
    private int next;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(next);
    }

    /** The token after the next one. */
    Token second() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    Token read() {
        return next == tokens.size() - 1 ? tokens.get(next) : tokens.get(next++);
    }

    boolean skip(String operator) {
        if (!peek().is(operator)) {
            return false;
        }
        next++;
        return true;
    }

    boolean skipName(String name) {
        if (!peek().named(name)) {
            return false;
        }
        next++;
        return true;
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    Token expect(Sort sort, String what) {
        if (peek().sort() != sort) {
            throw unexpected(what);
        }
        return read();
    }

    TemplateException unexpected(String wanted) {
        return TemplateException.syntax(wanted + " must stand here; got " + peek().shown(), peek().line());
    }

    void enter() {
        if (++depth > DEPTH) {
            throw new TemplateException(TemplateException.Kind.LIMIT, "parts must be nested at most " + DEPTH + " deep")
                    .at("", peek().line());
        }
    }

    void leave() {
        depth--;
    }
}
