package luthier.finetune.method;

import java.util.LinkedHashMap;
import java.util.Map;

/** The values of a method's options; what is not set is its default. Immutable. */
public final class Config {
    private final Options options;
    private final Map<Option<?>, Object> set;

    Config(Options options, Map<Option<?>, Object> set) {
        this.options = options;
        this.set = Map.copyOf(set);
    }

    /**
     * Returns an option's value.
     *
     * @throws OptionException if it is not an option of the method
     */
    @SuppressWarnings("unchecked") // with() and Options put values under options of their type
    public <T> T get(Option<T> option) {
        requireOwn(option);
        return (T) value(option);
    }

    Object value(Option<?> option) {
        Object value = set.get(option);
        return value == null ? option.first(this) : value;
    }

    /** Returns whether an option was set, or has its default. */
    public boolean isSet(Option<?> option) {
        return set.containsKey(option);
    }

    /** Returns whether the method has an option. */
    public boolean has(Option<?> option) {
        return options.all().contains(option);
    }

    /**
     * Returns this configuration with an option set.
     *
     * @throws OptionException if it is not an option of the method, or the value breaks its rule
     */
    public <T> Config with(Option<T> option, T value) {
        requireOwn(option);
        Map<Option<?>, Object> more = new LinkedHashMap<>(set);
        more.put(option, option.checked(value));
        return new Config(options, more);
    }

    private void requireOwn(Option<?> option) {
        if (!has(option)) {
            throw new OptionException("options: must be among " + options.all() + "; got " + option);
        }
    }

    /** Returns the options it gives values to. */
    public Options options() {
        return options;
    }

    /** Returns every option's value by name, as JSON files hold them. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        options.all().forEach(option -> fields.put(option.name(), Option.plain(value(option))));
        return fields;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Config that && options.equals(that.options) && fields().equals(that.fields());
    }

    @Override
    public int hashCode() {
        return fields().hashCode();
    }

    @Override
    public String toString() {
        return fields().toString();
    }
}
