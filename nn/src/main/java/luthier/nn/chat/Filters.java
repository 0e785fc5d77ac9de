package luthier.nn.chat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The filters by their names. */
final class Filters {
    private static final Map<String, Filter> ALL = new HashMap<>();
    /** Filters of Jinja that are refused when they are reached. */
    private static final Set<String> LACKING = Set.of(
            "filesizeformat",
            "pprint",
            "random",
            "striptags",
            "truncate",
            "urlencode",
            "urlize",
            "wordwrap",
            "xmlattr");

    static {
        TextFilters.addTo(ALL);
        ListFilters.addTo(ALL);
        SelectFilters.addTo(ALL);
        ValueFilters.addTo(ALL);
    }

    private Filters() {}

    static boolean isKnown(String name) {
        return ALL.containsKey(name) || LACKING.contains(name);
    }

    static String unknown(String name) {
        return "there is no filter '" + name + "'";
    }

    static Filter find(String name) {
        Filter filter = ALL.get(name);
        if (filter != null) {
            return filter;
        }
        if (LACKING.contains(name)) {
            throw TemplateException.unsupported("the filter '" + name + "'");
        }
        throw TemplateException.type(unknown(name));
    }
}
