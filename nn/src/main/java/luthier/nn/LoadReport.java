package luthier.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What became of a file's tensors and a model's parameters; prints as a few lines.
 *
 * @param source where the tensors came from
 * @param loaded the tensor that each parameter was read from, by the parameter's name
 * @param anew parameters that were not read but made anew
 * @param ignored tensors that nobody needed
 * @param notes what a user should know
 */
public record LoadReport(
        String source, Map<String, String> loaded, List<String> anew, List<String> ignored, List<String> notes) {
    private static final int SHOWN = 8;

    /** Copies the lists. */
    public LoadReport {
        anew = List.copyOf(anew);
        ignored = List.copyOf(ignored);
        notes = List.copyOf(notes);
    }

    /** Returns this report with a note more. */
    public LoadReport noting(String note) {
        List<String> more = new ArrayList<>(notes);
        more.add(note);
        return new LoadReport(source, loaded, anew, ignored, more);
    }

    /** Returns a line of what was read, one each of what was made anew and what was ignored, if any, and the notes. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("loaded " + loaded.size() + " tensors from " + source);
        list(text, "made anew", anew);
        list(text, "not needed", ignored);
        notes.forEach(note -> text.append("\nnote: ").append(note));
        return text.toString();
    }

    private static void list(StringBuilder text, String what, List<String> names) {
        if (!names.isEmpty()) {
            text.append('\n').append(what).append(": ");
            text.append(String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))));
            text.append(names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
        }
    }
}
