package luthier.nn.chat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import luthier.nn.chat.Statement.NameTarget;
import luthier.nn.chat.Statement.NamespaceTarget;
import luthier.nn.chat.Statement.Target;
import luthier.nn.chat.Statement.TupleTarget;
import org.jspecify.annotations.Nullable;

/** Carries out statements into an output. */
final class Renderer {
    /** How a body ended. */
    private enum End {
        USUAL,
        BREAK,
        CONTINUE
    }

    private final Run run;
    private final Output output;

    Renderer(Run run, Output output) {
        this.run = run;
        this.output = output;
    }

    void all(List<Statement> body, Scope scope) {
        body(body, scope);
    }

    private End body(List<Statement> body, Scope scope) {
        run.budget().enter();
        End end = End.USUAL;
        for (int i = 0; i < body.size() && end == End.USUAL; i++) {
            run.budget().step();
            end = statement(body.get(i), scope);
        }
        run.budget().leave();
        return end;
    }

    private End statement(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Data data -> output.append(data.text());
            case Statement.Print print -> {
                run.line(print.line());
                output.append(Printing.text(run.value(print.value(), scope), run.budget()));
            }
            case Statement.If condition -> {
                return condition(condition, scope);
            }
            case Statement.For loop -> loop(loop, run.value(loop.over(), scope), 0, scope);
            case Statement.Set set -> {
                run.line(set.line());
                assign(set.target(), run.value(set.value(), scope), scope);
            }
            case Statement.SetBlock set -> {
                Value text = Value.of(run.text(set.body(), new Scope(scope)));
                run.line(set.line());
                assign(
                        set.target(),
                        set.filter().isEmpty() ? text : filtered(set.filter().get(), text, scope),
                        scope);
            }
            case Statement.Define macro -> scope.set(macro.name(), new Macro(macro, scope));
            case Statement.CallBlock call -> callBlock(call, scope);
            case Statement.FilterBlock filter -> {
                Value text = Value.of(run.text(filter.body(), new Scope(scope)));
                run.line(filter.line());
                output.append(Printing.text(filtered(filter.filter(), text, scope), run.budget()));
            }
            case Statement.With with -> {
                Scope inner = new Scope(scope);
                run.line(with.line());
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), run.value(with.values().get(i), scope), inner);
                }
                return body(with.body(), inner);
            }
            case Statement.Generation generation -> generation(generation, scope);
            case Statement.Break ignored -> {
                return End.BREAK;
            }
            case Statement.Continue ignored -> {
                return End.CONTINUE;
            }
            case Statement.Unsupported tag -> {
                run.line(tag.line());
                throw TemplateException.unsupported("the tag '" + tag.tag() + "'");
            }
        }
        return End.USUAL;
    }

    private End condition(Statement.If condition, Scope scope) {
        run.line(condition.line());
        for (Statement.Branch branch : condition.branches()) {
            if (run.value(branch.test(), scope).truth()) {
                return body(branch.body(), scope);
            }
        }
        return body(condition.otherwise(), scope);
    }

    private Value filtered(Expression.Filtered filter, Value text, Scope scope) {
        Scope inner = new Scope(scope);
        inner.set(Evaluator.BODY, text);
        return run.value(filter, inner);
    }

    private void callBlock(Statement.CallBlock block, Scope scope) {
        run.line(block.line());
        Value text = run.call(block.call(), new Macro(block.caller(), scope), scope);
        output.append(Printing.text(text, run.budget()));
    }

    private void generation(Statement.Generation generation, Scope scope) {
        int start = output.codePoints();
        body(generation.body(), new Scope(scope));
        output.generated(start);
    }

    // ---- loops

    private void loop(Statement.For statement, Value over, int depth, Scope scope) {
        run.line(statement.line());
        Iterator<Value> items = Walking.over(over, run);
        Expression test = statement.test();
        Loop loop = new Loop(
                test == null ? items : passing(items, statement.target(), test, scope),
                depth,
                statement.recursive() ? (inner, level) -> again(statement, inner, level, scope) : null,
                run);
        boolean any = false;
        End end = End.USUAL;
        while (end != End.BREAK && loop.hasNext()) {
            any = true;
            Scope inner = new Scope(scope);
            inner.set("loop", loop);
            assign(statement.target(), loop.next(), inner);
            end = body(statement.body(), inner);
        }
        if (!any) {
            body(statement.otherwise(), scope);
        }
    }

    private Value again(Statement.For statement, Value over, int depth, Scope scope) {
        Output inner = new Output(run.budget());
        run.budget().enter();
        new Renderer(run, inner).loop(statement, over, depth, scope);
        run.budget().leave();
        return Value.of(inner.text());
    }

    /** The items for which the test of the loop holds, looked at one by one as the loop goes on. */
    private Iterator<Value> passing(Iterator<Value> items, Target target, Expression test, Scope scope) {
        return new Iterator<>() {
            private @Nullable Value next;

            @Override
            public boolean hasNext() {
                while (next == null && items.hasNext()) {
                    Value item = items.next();
                    Scope inner = new Scope(scope);
                    assign(target, item, inner);
                    if (run.value(test, inner).truth()) {
                        next = item;
                    }
                }
                return next != null;
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new java.util.NoSuchElementException();
                }
                Value item = java.util.Objects.requireNonNull(next);
                next = null;
                return item;
            }
        };
    }

    // ---- names

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case NameTarget name -> scope.set(name.name(), value);
            case NamespaceTarget field -> {
                if (!(run.value(new Expression.Name(field.name(), run.line()), scope) instanceof Namespace namespace)) {
                    throw TemplateException.type("only a namespace has fields to set; '" + field.name() + "' is none");
                }
                namespace.set(field.field(), value);
            }
            case TupleTarget tuple -> unpack(tuple.targets(), value, scope);
        }
    }

    private void unpack(List<Target> targets, Value value, Scope scope) {
        List<Value> items = new ArrayList<>();
        for (Iterator<Value> all = Walking.over(value, run); all.hasNext() && items.size() <= targets.size(); ) {
            items.add(all.next());
        }
        if (items.size() != targets.size()) {
            throw TemplateException.type("as many values as names are needed, " + targets.size() + "; got "
                    + (items.size() > targets.size() ? "more" : items.size()));
        }
        for (int i = 0; i < items.size(); i++) {
            assign(targets.get(i), items.get(i), scope);
        }
    }
}
