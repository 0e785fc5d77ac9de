package luthier.nn.chat;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;

/** One rendering: its variables, its clock, its budget, and where it stands. */
final class Run {
    private final Budget budget;
    private final LocalDateTime now;
    private final Map<String, Value> variables;
    private final Evaluator evaluator = new Evaluator(this);
    private int line;

    Run(Map<String, Value> variables, LocalDateTime now, Budget budget) {
        this.variables = variables;
        this.now = now;
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    LocalDateTime now() {
        return now;
    }

    /** The line that was reached last. */
    int line() {
        return line;
    }

    void line(int reached) {
        line = reached;
    }

    /** A variable, a function that every template has, or a value that is not there. */
    Value variable(String name) {
        Value value = variables.get(name);
        if (value == null) {
            value = Functions.find(name);
        }
        return value != null ? value : new Value.Undefined("'" + name + "' is undefined", false);
    }

    Value value(Expression expression, Scope scope) {
        return evaluator.value(expression, scope);
    }

    /** The value of a call that is handed the body of a call block. */
    Value call(Expression.Call call, Macro caller, Scope scope) {
        return evaluator.call(call, caller, scope);
    }

    /** Renders a part of the template into a text of its own. */
    String text(List<Statement> body, Scope scope) {
        Output output = new Output(budget);
        new Renderer(this, output).all(body, scope);
        return output.text();
    }
}
