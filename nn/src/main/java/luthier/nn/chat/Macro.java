package luthier.nn.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.chat.Statement.Define;
import luthier.nn.chat.Value.Mapping;
import luthier.nn.chat.Value.Tuple;
import luthier.nn.chat.Value.Undefined;
import org.jspecify.annotations.Nullable;

/** A macro of the template, which sees the names around its definition. */
record Macro(Define define, Scope around) implements Value.Function, Value.Fields {
    @Override
    public Value call(Arguments arguments, Run run) {
        Scope scope = new Scope(around);
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        List<Value> positional = arguments.positional();
        List<String> parameters = define.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Value value = i < positional.size() ? positional.get(i) : named.remove(parameter);
            scope.set(parameter, value != null ? value : otherwise(i, scope, run));
        }
        if (define.uses().contains("caller") && !parameters.contains("caller")) {
            Value caller = named.remove("caller");
            scope.set("caller", caller != null ? caller : new Undefined("no caller is defined", false));
        }
        int taken = Math.min(parameters.size(), positional.size());
        List<Value> rest = positional.subList(taken, positional.size());
        if (define.uses().contains("varargs")) {
            scope.set("varargs", Tuple.of(rest));
        } else if (!rest.isEmpty()) {
            throw TemplateException.type("the macro '" + define.name() + "' takes at most " + parameters.size()
                    + " arguments; got " + positional.size());
        }
        if (define.uses().contains("kwargs")) {
            Entries entries = new Entries();
            named.forEach((name, value) -> entries.put(Value.of(name), value));
            scope.set("kwargs", Mapping.of(entries));
        } else if (!named.isEmpty()) {
            throw TemplateException.type("the macro '" + define.name() + "' takes no argument '"
                    + named.keySet().iterator().next() + "' by name here");
        }
        return Value.of(run.text(define.body(), scope));
    }

    private Value otherwise(int parameter, Scope scope, Run run) {
        return define.otherwise(parameter)
                .map(value -> run.value(value, scope))
                .orElseGet(() -> new Undefined(
                        "the parameter '" + define.parameters().get(parameter) + "' was not given", false));
    }

    @Override
    public @Nullable Value field(String name) {
        return name.equals("name") ? Value.of(define.name()) : null;
    }

    @Override
    public String type() {
        return "Macro";
    }

    @Override
    public boolean truth() {
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
