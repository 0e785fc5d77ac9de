package luthier.nn.chat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import luthier.nn.chat.Expression.Arithmetic;
import luthier.nn.chat.Expression.Attribute;
import luthier.nn.chat.Expression.Call;
import luthier.nn.chat.Expression.Compared;
import luthier.nn.chat.Expression.Conditional;
import luthier.nn.chat.Expression.Either;
import luthier.nn.chat.Expression.Element;
import luthier.nn.chat.Expression.Filtered;
import luthier.nn.chat.Expression.Given;
import luthier.nn.chat.Expression.Joined;
import luthier.nn.chat.Expression.ListOf;
import luthier.nn.chat.Expression.Literal;
import luthier.nn.chat.Expression.MapOf;
import luthier.nn.chat.Expression.Name;
import luthier.nn.chat.Expression.Not;
import luthier.nn.chat.Expression.Sign;
import luthier.nn.chat.Expression.Slice;
import luthier.nn.chat.Expression.Tested;
import luthier.nn.chat.Expression.TupleOf;
import luthier.nn.chat.Token.Sort;
import org.jspecify.annotations.Nullable;

/**
 * Reads expressions. From loose to tight: {@code if else}, {@code or}, {@code and}, {@code not}, comparisons, {@code + -}, {@code ~},
 * {@code * / // %}, {@code **}, signs, then attributes, entries and calls, then filters and tests.
 */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
    private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and");

    private final TokenStream tokens;
    private final NamesSeen names;

    ExpressionParser(TokenStream tokens, NamesSeen names) {
        this.tokens = tokens;
        this.names = names;
    }

    Expression expression() {
        tokens.enter();
        int mark = names.mark();
        Expression value = or();
        while (tokens.skipName("if")) {
            Expression test = or();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            names.whenReached(mark);
            value = new Conditional(test, value, otherwise);
        }
        tokens.leave();
        return value;
    }

    /** An expression without {@code if else}. */
    Expression or() {
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Either(false, left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new Either(true, left, not());
        }
        return left;
    }

    private Expression not() {
        if (!tokens.peek().named("not")) {
            return comparison();
        }
        tokens.enter();
        tokens.read();
        Expression operand = not();
        tokens.leave();
        return new Not(operand);
    }

    private Expression comparison() {
        int line = tokens.peek().line();
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        while (true) {
            Token next = tokens.peek();
            if (next.sort() == Sort.OPERATOR && COMPARISONS.contains(next.text())) {
                operators.add(tokens.read().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (next.named("not") && tokens.second().named("in")) {
                tokens.read();
                tokens.read();
                operators.add("not in");
            } else {
                break;
            }
            others.add(sum());
        }
        return operators.isEmpty() ? first : new Compared(first, operators, others, line);
    }

    private Expression sum() {
        Expression left = joined();
        while (tokens.peek().is("+") || tokens.peek().is("-")) {
            Token operator = tokens.read();
            left = new Arithmetic(operator.text(), left, joined(), operator.line());
        }
        return left;
    }

    private Expression joined() {
        Expression first = product();
        if (!tokens.peek().is("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skip("~")) {
            parts.add(product());
        }
        return new Joined(parts);
    }

    private Expression product() {
        Expression left = power();
        while (tokens.peek().sort() == Sort.OPERATOR
                && PRODUCTS.contains(tokens.peek().text())) {
            Token operator = tokens.read();
            left = new Arithmetic(operator.text(), left, power(), operator.line());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (tokens.peek().is("**")) {
            Token operator = tokens.read();
            left = new Arithmetic("**", left, unary(true), operator.line());
        }
        return left;
    }

    private Expression unary(boolean filters) {
        tokens.enter();
        Token first = tokens.peek();
        Expression value;
        if (first.is("-") || first.is("+")) {
            tokens.read();
            value = new Sign(first.is("-"), unary(false), first.line());
        } else {
            value = primary();
        }
        value = postfix(value);
        if (filters) {
            value = filters(value);
        }
        tokens.leave();
        return value;
    }

    // ---- primaries

    Expression primary() {
        Token token = tokens.peek();
        return switch (token.sort()) {
            case NAME -> name();
            case TEXT -> {
                StringBuilder text = new StringBuilder();
                while (tokens.peek().sort() == Sort.TEXT) {
                    text.append(tokens.read().text());
                }
                yield new Literal(Value.of(text.toString()));
            }
            case INTEGER -> new Literal(integer(tokens.read()));
            case REAL ->
                new Literal(
                        new Value.Real(Double.parseDouble(tokens.read().text().replace("_", ""))));
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> {
                        tokens.read();
                        Expression inside = tuple(true, true, Set.of());
                        tokens.expect(")");
                        yield inside;
                    }
                    case "[" -> list();
                    case "{" -> map();
                    default -> throw tokens.unexpected("a value");
                };
            default -> throw tokens.unexpected("a value");
        };
    }

    private Expression name() {
        Token token = tokens.read();
        return switch (token.text()) {
            case "true", "True" -> new Literal(Value.Bool.TRUE);
            case "false", "False" -> new Literal(Value.Bool.FALSE);
            case "none", "None" -> new Literal(Value.None.NONE);
            default -> {
                names.used(token.text());
                yield new Name(token.text(), token.line());
            }
        };
    }

    private static Value integer(Token token) {
        String digits = token.text().replace("_", "").toLowerCase(Locale.ROOT);
        if (digits.length() > 4300) {
            throw TemplateException.syntax("a number must have at most 4300 digits", token.line());
        }
        int radix = digits.startsWith("0x") ? 16 : digits.startsWith("0o") ? 8 : digits.startsWith("0b") ? 2 : 10;
        return new Value.Int(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
    }

    private Expression list() {
        tokens.read();
        List<Expression> items = new ArrayList<>();
        while (!tokens.peek().is("]")) {
            if (!items.isEmpty()) {
                tokens.expect(",");
                if (tokens.peek().is("]")) {
                    break;
                }
            }
            items.add(expression());
        }
        tokens.expect("]");
        return new ListOf(items);
    }

    private Expression map() {
        tokens.read();
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.peek().is("}")) {
            if (!keys.isEmpty()) {
                tokens.expect(",");
                if (tokens.peek().is("}")) {
                    break;
                }
            }
            keys.add(expression());
            tokens.expect(":");
            values.add(expression());
        }
        tokens.expect("}");
        return new MapOf(keys, values);
    }

    /**
     * One expression, or a tuple of those that commas part.
     *
     * @param conditional whether {@code if else} may stand in it
     * @param empty whether nothing is a tuple too
     * @param ends names that end it
     */
    Expression tuple(boolean conditional, boolean empty, Set<String> ends) {
        List<Expression> items = new ArrayList<>();
        boolean comma = false;
        while (!endsTuple(ends)) {
            items.add(conditional ? expression() : or());
            if (!tokens.skip(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && items.size() == 1) {
            return items.getFirst();
        }
        if (items.isEmpty() && !empty) {
            throw tokens.unexpected("an expression");
        }
        return new TupleOf(items);
    }

    private boolean endsTuple(Set<String> ends) {
        Token next = tokens.peek();
        return next.sort() == Sort.PRINT_END
                || next.sort() == Sort.TAG_END
                || next.is(")")
                || (next.sort() == Sort.NAME && ends.contains(next.text()));
    }

    // ---- what follows a value

    private Expression postfix(Expression target) {
        Expression value = target;
        while (true) {
            Token next = tokens.peek();
            if (next.is(".")) {
                value = afterPoint(value);
            } else if (next.is("[")) {
                tokens.read();
                value = new Element(value, index(), next.line());
            } else if (next.is("(")) {
                value = new Call(value, given(), next.line());
            } else {
                return value;
            }
        }
    }

    private Expression afterPoint(Expression target) {
        int line = tokens.read().line();
        if (tokens.peek().sort() == Sort.INTEGER) {
            return new Element(target, new Literal(integer(tokens.read())), line);
        }
        return new Attribute(
                target, tokens.expect(Sort.NAME, "a name or a number").text(), line);
    }

    private Expression index() {
        List<Expression> parts = new ArrayList<>();
        boolean comma = false;
        while (!tokens.peek().is("]")) {
            if (!parts.isEmpty()) {
                tokens.expect(",");
                comma = true;
            }
            parts.add(slice());
        }
        tokens.expect("]");
        return parts.size() == 1 && !comma ? parts.getFirst() : new TupleOf(parts);
    }

    private Expression slice() {
        Expression start = null;
        if (!tokens.peek().is(":")) {
            start = expression();
            if (!tokens.peek().is(":")) {
                return start;
            }
        }
        tokens.expect(":");
        Expression stop = endsSlice() || tokens.peek().is(":") ? null : expression();
        Expression step = null;
        if (tokens.skip(":") && !endsSlice()) {
            step = expression();
        }
        return new Slice(start, stop, step);
    }

    private boolean endsSlice() {
        return tokens.peek().is("]") || tokens.peek().is(",");
    }

    private Expression filters(Expression target) {
        Expression value = target;
        while (true) {
            Token next = tokens.peek();
            if (next.is("|")) {
                value = filter(value);
            } else if (next.named("is")) {
                value = test(value);
            } else if (next.is("(")) {
                value = new Call(value, given(), next.line());
            } else {
                return value;
            }
        }
    }

    /** Reads {@code |name(given)}, or after a block's tag the name alone and further filters. */
    Filtered filter(@Nullable Expression target) {
        if (target != null || tokens.peek().is("|")) {
            tokens.expect("|");
        }
        Token name = tokens.expect(Sort.NAME, "the name of a filter");
        String full = dotted(name);
        names.filter(full, name.line());
        return new Filtered(target, full, tokens.peek().is("(") ? given() : Given.NONE, name.line());
    }

    private String dotted(Token name) {
        StringBuilder full = new StringBuilder(name.text());
        while (tokens.skip(".")) {
            full.append('.').append(tokens.expect(Sort.NAME, "a name").text());
        }
        return full.toString();
    }

    private Expression test(Expression target) {
        int line = tokens.read().line();
        boolean negated = tokens.skipName("not");
        String name = dotted(tokens.expect(Sort.NAME, "the name of a test"));
        names.test(name, line);
        Given given = Given.NONE;
        if (tokens.peek().is("(")) {
            given = given();
        } else if (beginsArgument()) {
            if (tokens.peek().named("is")) {
                throw TemplateException.syntax("tests cannot be chained with 'is'", line);
            }
            given = new Given(List.of(postfix(primary())), List.of(), List.of(), null, null);
        }
        Expression tested = new Tested(target, name, given, line);
        return negated ? new Not(tested) : tested;
    }

    private boolean beginsArgument() {
        Token next = tokens.peek();
        return switch (next.sort()) {
            case NAME -> !NO_ARGUMENT.contains(next.text());
            case TEXT, INTEGER, REAL -> true;
            default -> next.is("[") || next.is("{");
        };
    }

    Given given() {
        tokens.expect("(");
        List<Expression> positional = new ArrayList<>();
        List<String> named = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        Expression list = null;
        Expression map = null;
        boolean first = true;
        while (!tokens.peek().is(")")) {
            if (!first) {
                tokens.expect(",");
                if (tokens.peek().is(")")) {
                    break;
                }
            }
            first = false;
            Token next = tokens.peek();
            if (next.is("*") && list == null && map == null) {
                tokens.read();
                list = expression();
            } else if (next.is("**") && map == null) {
                tokens.read();
                map = expression();
            } else if (next.sort() == Sort.NAME && tokens.second().is("=") && map == null) {
                tokens.read();
                tokens.read();
                named.add(next.text());
                values.add(expression());
            } else if (named.isEmpty() && list == null && map == null) {
                positional.add(expression());
            } else {
                throw tokens.unexpected("a named argument");
            }
        }
        tokens.expect(")");
        return new Given(positional, named, values, list, map);
    }
}
