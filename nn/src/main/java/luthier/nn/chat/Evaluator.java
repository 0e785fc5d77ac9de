package luthier.nn.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import luthier.nn.chat.Value.Items;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Text;
import luthier.nn.chat.Value.Tuple;
import luthier.nn.chat.Value.Undefined;

/** Finds the values of expressions. */
final class Evaluator {
    /** The name under which a block's body waits for its filter; no template can write it. */
    static final String BODY = "{body}";

    private final Run run;

    Evaluator(Run run) {
        this.run = run;
    }

    Value value(Expression expression, Scope scope) {
        run.budget().enter();
        Value value = evaluated(expression, scope);
        run.budget().leave();
        return value;
    }

    private Value evaluated(Expression expression, Scope scope) {
        return switch (expression) {
            case Literal literal -> literal.value();
            case Name name -> named(name.name(), scope);
            case ListOf list -> Items.of(values(list.items(), scope));
            case TupleOf tuple -> Tuple.of(values(tuple.items(), scope));
            case MapOf map -> map(map, scope);
            case Attribute attribute -> {
                Value target = value(attribute.target(), scope);
                run.line(attribute.line());
                yield Attributes.attribute(target, attribute.name());
            }
            case Element element -> element(element, scope);
            case Slice ignored -> throw TemplateException.unsupported("a slice among several indexes");
            case Call call -> call(call, scope);
            case Filtered filter -> filtered(filter, scope);
            case Tested test -> {
                Value target = value(test.target(), scope);
                Arguments given = arguments(test.given(), scope);
                run.line(test.line());
                run.budget().steps(target.weight());
                yield Value.of(Tests.find(test.name()).test(target, given, run));
            }
            case Not not -> Value.of(!value(not.operand(), scope).truth());
            case Sign sign -> Operators.sign(sign.negative(), value(sign.operand(), scope));
            case Arithmetic arithmetic -> {
                Value left = value(arithmetic.left(), scope);
                Value right = value(arithmetic.right(), scope);
                run.line(arithmetic.line());
                yield Operators.apply(arithmetic.operator(), left, right, run);
            }
            case Joined joined -> joined(joined, scope);
            case Compared compared -> compared(compared, scope);
            case Either either -> {
                Value left = value(either.left(), scope);
                yield left.truth() == either.and() ? value(either.right(), scope) : left;
            }
            case Conditional conditional -> conditional(conditional, scope);
        };
    }

    private Value named(String name, Scope scope) {
        Value value = scope.find(name);
        return value != null ? value : run.variable(name);
    }

    private List<Value> values(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        expressions.forEach(item -> values.add(value(item, scope)));
        return values;
    }

    private Value map(MapOf map, Scope scope) {
        Entries entries = new Entries();
        for (int i = 0; i < map.keys().size(); i++) {
            entries.put(value(map.keys().get(i), scope), value(map.values().get(i), scope));
        }
        return Mapping.of(entries);
    }

    private Value element(Element element, Scope scope) {
        Value target = value(element.target(), scope);
        if (element.index() instanceof Slice slice) {
            Value start = slice.start() == null ? Value.None.NONE : value(slice.start(), scope);
            Value stop = slice.stop() == null ? Value.None.NONE : value(slice.stop(), scope);
            Value step = slice.step() == null ? Value.None.NONE : value(slice.step(), scope);
            run.line(element.line());
            return Slicing.slice(target, start, stop, step, run);
        }
        Value index = value(element.index(), scope);
        run.line(element.line());
        run.budget().steps(target.weight());
        return Attributes.entry(target, index);
    }

    private Value joined(Joined joined, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Expression part : joined.parts()) {
            text.append(Printing.text(value(part, scope), run.budget()));
        }
        run.budget().characters(text.length());
        return Value.of(text.toString());
    }

    private Value compared(Compared compared, Scope scope) {
        Value left = value(compared.first(), scope);
        for (int i = 0; i < compared.operators().size(); i++) {
            Value right = value(compared.others().get(i), scope);
            run.line(compared.line());
            if (!compare(compared.operators().get(i), left, right)) {
                return Value.Bool.FALSE;
            }
            left = right;
        }
        return Value.Bool.TRUE;
    }

    private boolean compare(String operator, Value left, Value right) {
        run.budget().steps(left.weight());
        return switch (operator) {
            case "==" -> Comparing.equal(left, right);
            case "!=" -> !Comparing.equal(left, right);
            case "<" -> Comparing.order(left, right) < 0;
            case "<=" -> Comparing.order(left, right) <= 0;
            case ">" -> Comparing.order(left, right) > 0;
            case ">=" -> Comparing.order(left, right) >= 0;
            case "in" -> Comparing.in(left, right, run);
            default -> !Comparing.in(left, right, run);
        };
    }

    private Value conditional(Conditional conditional, Scope scope) {
        if (value(conditional.test(), scope).truth()) {
            return value(conditional.then(), scope);
        }
        Expression otherwise = conditional.otherwise();
        return otherwise == null
                ? new Undefined("the condition does not hold, and there is no 'else'", false)
                : value(otherwise, scope);
    }

    // ---- calls

    private Value call(Call call, Scope scope) {
        Value target = value(call.target(), scope);
        return call(target, arguments(call.given(), scope), call.line());
    }

    /** A call that is handed the body of a call block. */
    Value call(Call call, Macro caller, Scope scope) {
        Value target = value(call.target(), scope);
        Arguments given = arguments(call.given(), scope);
        Map<String, Value> named = new LinkedHashMap<>(given.named());
        named.put("caller", caller);
        return call(target, new Arguments(given.positional(), named), call.line());
    }

    private Value call(Value target, Arguments given, int line) {
        run.line(line);
        run.budget().steps(given.weight());
        return switch (target) {
            case Undefined undefined -> throw undefined.used();
            case Value.Function function -> function.call(given, run);
            default -> throw TemplateException.type("only a function can be called; got " + target.type());
        };
    }

    private Value filtered(Filtered filter, Scope scope) {
        Expression target = filter.target();
        Value value = target == null ? named(BODY, scope) : value(target, scope);
        Arguments given = arguments(filter.given(), scope);
        run.line(filter.line());
        run.budget().steps(value.weight() + given.weight());
        return Filters.find(filter.name()).apply(value, given, run);
    }

    private Arguments arguments(Given given, Scope scope) {
        if (given.isEmpty()) {
            return Arguments.NONE;
        }
        List<Value> positional = values(given.positional(), scope);
        Map<String, Value> named = new LinkedHashMap<>();
        for (int i = 0; i < given.names().size(); i++) {
            if (named.put(given.names().get(i), value(given.named().get(i), scope)) != null) {
                throw TemplateException.type(
                        "an argument must be named once; got '" + given.names().get(i) + "' twice");
            }
        }
        if (given.list() != null) {
            positional.addAll(Walking.list(value(given.list(), scope), run));
        }
        if (given.map() != null) {
            if (!(value(given.map(), scope) instanceof Mapping map)) {
                throw TemplateException.type("a map must follow '**'");
            }
            for (Value pair : map.entries().pairs()) {
                List<Value> both = ((Tuple) pair).items();
                if (!(both.getFirst() instanceof Text name) || named.put(name.value(), both.getLast()) != null) {
                    throw TemplateException.type("names of arguments must be different texts");
                }
            }
        }
        return new Arguments(positional, named);
    }
}
