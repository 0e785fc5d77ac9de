package luthier.nn.chat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import luthier.nn.chat.Expression.Call;
import luthier.nn.chat.Expression.Filtered;
import luthier.nn.chat.Expression.Name;
import luthier.nn.chat.Expression.TupleOf;
import luthier.nn.chat.Statement.Branch;
import luthier.nn.chat.Statement.Define;
import luthier.nn.chat.Statement.NameTarget;
import luthier.nn.chat.Statement.NamespaceTarget;
import luthier.nn.chat.Statement.Target;
import luthier.nn.chat.Statement.TupleTarget;
import luthier.nn.chat.Token.Sort;

/** Reads the statements of a template. What Jinja has and this reader has not is kept by its name and refused when it is met. */
final class TemplateParser {
    private static final Set<String> UNSUPPORTED = Set.of("include", "import", "from", "extends");
    private static final Set<String> UNSUPPORTED_BLOCKS = Set.of("block", "autoescape");
    private static final Set<String> SPECIAL = Set.of("caller", "varargs", "kwargs");

    private final TokenStream tokens;
    private final NamesSeen names = new NamesSeen();
    private final ExpressionParser expressions;
    /** How many loops are open that break and continue can mean. */
    private int loops;

    private TemplateParser(String template) {
        tokens = new TokenStream(Lexer.tokens(template));
        expressions = new ExpressionParser(tokens, names);
    }

    static List<Statement> parse(String template) {
        TemplateParser parser = new TemplateParser(template);
        List<Statement> body = parser.statements(Set.of(), "the template");
        parser.names.check();
        return body;
    }

    /** Reads up to a tag of one of these names, which is left standing after the tag began; without names to the end. */
    private List<Statement> statements(Set<String> ends, String block) {
        tokens.enter();
        List<Statement> body = new ArrayList<>();
        while (tokens.peek().sort() != Sort.END) {
            Token token = tokens.read();
            switch (token.sort()) {
                case DATA -> body.add(new Statement.Data(token.text()));
                case PRINT -> {
                    body.add(new Statement.Print(expressions.tuple(true, false, Set.of()), token.line()));
                    tokens.expect(Sort.PRINT_END, "'}}'");
                }
                default -> {
                    if (tokens.peek().sort() == Sort.NAME
                            && ends.contains(tokens.peek().text())) {
                        tokens.leave();
                        return body;
                    }
                    body.add(tag(ends, block));
                    tokens.expect(Sort.TAG_END, "'%}'");
                }
            }
        }
        if (!ends.isEmpty()) {
            throw TemplateException.syntax(
                    block + " must be closed by "
                            + String.join(" or ", ends.stream().sorted().toList()) + "; got the end of the template",
                    tokens.peek().line());
        }
        tokens.leave();
        return body;
    }

    /** The body of a block: from its tag's end to the closing tag's name, which is read. */
    private List<Statement> body(String block, String end) {
        List<Statement> body = bodyBefore(block, Set.of(end));
        tokens.read();
        return body;
    }

    private List<Statement> bodyBefore(String block, Set<String> ends) {
        tokens.skip(":");
        tokens.expect(Sort.TAG_END, "'%}'");
        return statements(ends, "the block '" + block + "'");
    }

    private Statement tag(Set<String> ends, String block) {
        Token name = tokens.expect(Sort.NAME, "the name of a tag");
        int line = name.line();
        return switch (name.text()) {
            case "if" -> condition(line);
            case "for" -> loop(line);
            case "set" -> set(line);
            case "macro" -> macro(line);
            case "call" -> call(line);
            case "filter" -> {
                Filtered filter = filters();
                yield new Statement.FilterBlock(filter, inner("filter", "endfilter"), line);
            }
            case "with" -> with(line);
            case "print" -> new Statement.Print(expressions.tuple(true, false, Set.of()), line);
            case "generation" -> new Statement.Generation(apart("generation", "endgeneration"), line);
            case "break" -> {
                requireLoop("break", line);
                yield new Statement.Break();
            }
            case "continue" -> {
                requireLoop("continue", line);
                yield new Statement.Continue();
            }
            default -> other(name.text(), line, ends, block);
        };
    }

    private void requireLoop(String tag, int line) {
        if (loops == 0) {
            throw TemplateException.syntax("'" + tag + "' must stand in a loop", line);
        }
    }

    private Statement other(String tag, int line, Set<String> ends, String block) {
        if (UNSUPPORTED.contains(tag)) {
            while (tokens.peek().sort() != Sort.TAG_END && tokens.peek().sort() != Sort.END) {
                tokens.read();
            }
            return new Statement.Unsupported(tag, line);
        }
        if (UNSUPPORTED_BLOCKS.contains(tag)) {
            while (tokens.peek().sort() != Sort.TAG_END && tokens.peek().sort() != Sort.END) {
                tokens.read();
            }
            inner(tag, "end" + tag);
            if (tokens.peek().sort() == Sort.NAME) {
                tokens.read();
            }
            return new Statement.Unsupported(tag, line);
        }
        throw TemplateException.syntax(
                "a tag must be one that chat templates know"
                        + (ends.isEmpty()
                                ? ""
                                : ", within " + block + " also "
                                        + String.join(
                                                ", ", ends.stream().sorted().toList()))
                        + "; got '" + tag + "'",
                line);
    }

    /** A body with names of its own: what is not known in it is certain to be wrong. */
    private List<Statement> inner(String block, String end) {
        int mark = names.mark();
        List<Statement> body = body(block, end);
        names.certain(mark);
        return body;
    }

    /** A body that loops around it do not reach into. */
    private List<Statement> apart(String block, String end) {
        int outer = loops;
        loops = 0;
        List<Statement> body = inner(block, end);
        loops = outer;
        return body;
    }

    private Statement condition(int line) {
        int mark = names.mark();
        List<Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        while (true) {
            Expression test = expressions.tuple(false, false, Set.of());
            branches.add(new Branch(test, bodyBefore("if", Set.of("elif", "else", "endif"))));
            String end = tokens.read().text();
            if (end.equals("else")) {
                otherwise = body("if", "endif");
            }
            if (!end.equals("elif")) {
                names.whenReached(mark);
                return new Statement.If(branches, otherwise, line);
            }
        }
    }

    private Statement loop(int line) {
        Target target = target(Set.of("in"), false);
        tokens.expectName("in");
        Expression over = expressions.tuple(false, false, Set.of("recursive"));
        int mark = names.mark();
        Expression test = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        loops++;
        List<Statement> body = bodyBefore("for", Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = tokens.read().text().equals("else") ? body("for", "endfor") : List.of();
        names.certain(mark);
        return new Statement.For(target, over, test, body, otherwise, recursive, line);
    }

    private Statement set(int line) {
        Target target = target(Set.of(), true);
        if (tokens.skip("=")) {
            return new Statement.Set(target, expressions.tuple(true, false, Set.of()), line);
        }
        Optional<Filtered> filter = tokens.peek().is("|") ? Optional.of(filters()) : Optional.empty();
        return new Statement.SetBlock(target, filter, inner("set", "endset"), line);
    }

    private Filtered filters() {
        Filtered filter = expressions.filter(null);
        while (tokens.peek().is("|")) {
            filter = expressions.filter(filter);
        }
        return filter;
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (tokens.peek().sort() != Sort.TAG_END) {
            if (!targets.isEmpty()) {
                tokens.expect(",");
            }
            targets.add(asTarget(expressions.primary(), false));
            tokens.expect("=");
            values.add(expressions.expression());
        }
        return new Statement.With(targets, values, inner("with", "endwith"), line);
    }

    // ---- macros

    private Statement macro(int line) {
        String name = tokens.expect(Sort.NAME, "the name of a macro").text();
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        signature(parameters, defaults);
        return define(name, parameters, defaults, "macro", "endmacro", line);
    }

    private Define define(
            String name, List<String> parameters, List<Expression> defaults, String block, String end, int line) {
        Set<String> outer = names.begin();
        List<Statement> body = apart(block, end);
        Set<String> uses = new HashSet<>(names.end(outer));
        uses.retainAll(SPECIAL);
        return new Define(name, parameters, defaults, uses, body, line);
    }

    private void signature(List<String> parameters, List<Expression> defaults) {
        tokens.expect("(");
        while (!tokens.peek().is(")")) {
            if (!parameters.isEmpty()) {
                tokens.expect(",");
            }
            parameters.add(tokens.expect(Sort.NAME, "the name of a parameter").text());
            if (tokens.skip("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.unexpected("a default, as the parameter before has one,");
            }
        }
        tokens.expect(")");
    }

    private Statement call(int line) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.peek().is("(")) {
            signature(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Call call)) {
            throw TemplateException.syntax("a call block must name a call", line);
        }
        Define caller = define("caller", parameters, defaults, "call", "endcall", line);
        return new Statement.CallBlock(caller, call, line);
    }

    // ---- targets

    private Target target(Set<String> ends, boolean fields) {
        List<Target> targets = new ArrayList<>();
        boolean comma = false;
        while (tokens.peek().sort() != Sort.TAG_END
                && !(tokens.peek().sort() == Sort.NAME
                        && ends.contains(tokens.peek().text()))) {
            targets.add(fields && tokens.second().is(".") ? field() : asTarget(expressions.primary(), fields));
            if (!tokens.skip(",")) {
                break;
            }
            comma = true;
        }
        if (targets.isEmpty()) {
            throw tokens.unexpected("a name");
        }
        return comma ? new TupleTarget(targets) : targets.getFirst();
    }

    private Target field() {
        String name = tokens.expect(Sort.NAME, "a name").text();
        tokens.expect(".");
        return new NamespaceTarget(name, tokens.expect(Sort.NAME, "a name").text());
    }

    private Target asTarget(Expression written, boolean fields) {
        return switch (written) {
            case Name name -> new NameTarget(name.name());
            case TupleOf tuple -> {
                List<Target> targets = new ArrayList<>();
                tuple.items().forEach(item -> targets.add(asTarget(item, fields)));
                yield new TupleTarget(targets);
            }
            default ->
                throw TemplateException.syntax(
                        "a value must be given to a name; got an expression",
                        tokens.peek().line());
        };
    }
}
