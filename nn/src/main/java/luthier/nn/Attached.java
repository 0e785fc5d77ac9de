package luthier.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An immutable picture of what hangs on a tree, and of what a pass uses that does not say. The root holds the current one. */
final class Attached {
    static final Attached NOTHING = new Attached(new LinkedHashMap<>(), Active.all());
    private static final On[] BARE = {};

    /** One adapter under the name of its adaptation. */
    record On(String as, Adapter adapter) {}

    /** What was attached at once under one name. */
    record Group(Map<Layer, Adapter> adapters, Map<Parameter, ParameterAdapter> values) {
        boolean trains() {
            return adapters.values().stream()
                            .anyMatch(adapter -> !adapter.parameters().isEmpty())
                    || values.values().stream()
                            .anyMatch(adapter -> !adapter.parameters().isEmpty());
        }
    }

    private final Map<String, Group> groups;
    private final Active usual;
    private final Choice chosenUsually;

    private Attached(Map<String, Group> groups, Active usual) {
        this.groups = groups;
        this.usual = usual;
        chosenUsually = choice(usual);
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    boolean trains() {
        return groups.values().stream().anyMatch(Group::trains);
    }

    Active usual() {
        return usual;
    }

    Attached with(String as, Group group) {
        if (groups.containsKey(as)) {
            throw new IllegalStateException("attach: every adaptation needs a name of its own; got \"" + as
                    + "\" again; attached are " + groups.keySet());
        }
        LinkedHashMap<String, Group> more = new LinkedHashMap<>(groups);
        more.put(as, group);
        return new Attached(more, usual);
    }

    Attached without(String as) {
        LinkedHashMap<String, Group> rest = new LinkedHashMap<>(groups);
        rest.remove(as);
        return new Attached(rest, usual.without(as));
    }

    Attached using(Active active) {
        return new Attached(new LinkedHashMap<>(groups), active);
    }

    /** Returns what a pass with this choice uses. */
    Choice choose(Active active) {
        return active.equals(usual) ? chosenUsually : choice(active);
    }

    private Choice choice(Active active) {
        return new Choice(active.among(groups.keySet()).stream()
                .map(as -> Map.entry(as, Objects.requireNonNull(groups.get(as), as)))
                .toList());
    }

    /** Returns the adapters at a layer and at its own values, all of them, for a description. */
    List<Object> at(Layer layer) {
        List<Object> all = new ArrayList<>();
        groups.values().forEach(group -> {
            all.add(group.adapters().get(layer));
            layer.own().values().forEach(value -> all.add(group.values().get(value)));
        });
        all.removeIf(Objects::isNull);
        return all;
    }

    /** The chosen adapters of every layer and parameter, inside to outside. */
    static final class Choice {
        private final Map<Layer, On[]> adapters = new LinkedHashMap<>();
        private final Map<Parameter, List<ParameterAdapter>> values = new LinkedHashMap<>();

        private Choice(List<Map.Entry<String, Group>> chosen) {
            chosen.forEach(entry -> {
                entry.getValue()
                        .adapters()
                        .forEach((layer, adapter) ->
                                adapters.merge(layer, new On[] {new On(entry.getKey(), adapter)}, Choice::around));
                entry.getValue()
                        .values()
                        .forEach((parameter, adapter) -> values.computeIfAbsent(parameter, key -> new ArrayList<>())
                                .add(adapter));
            });
        }

        private static On[] around(On[] inside, On[] outside) {
            On[] both = Arrays.copyOf(inside, inside.length + outside.length);
            System.arraycopy(outside, 0, both, inside.length, outside.length);
            return both;
        }

        On[] at(Layer layer) {
            return adapters.getOrDefault(layer, BARE);
        }

        List<ParameterAdapter> of(Parameter parameter) {
            return values.getOrDefault(parameter, List.of());
        }
    }
}
