package luthier.nn.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What given files share, by the comparison of {@link Split}: nothing is removed, it is counted and said.
 *
 * @param rows the rows of the second file whose texts are in the first, ascending
 * @param duplicates rows of the first file whose texts equal those of an earlier row
 */
public record Overlap(List<Integer> rows, int duplicates) {
    /** Copies the list. */
    public Overlap {
        rows = List.copyOf(rows);
    }

    /**
     * Compares two files.
     *
     * {@snippet :
     * List<SplitRow> train = List.of(new SplitRow(List.of("Where is it?"), List.of("delivery")));
     * List<SplitRow> valid = List.of(new SplitRow(List.of(" where  is it?"), List.of("delivery")));
     * Overlap.of(train, valid).rows(); // [0]
     * }
     */
    public static Overlap of(List<SplitRow> train, List<SplitRow> other) {
        Set<String> seen = new HashSet<>();
        train.forEach(row -> seen.add(TextKey.of(row.texts())));
        List<Integer> shared = IntStream.range(0, other.size())
                .filter(row -> seen.contains(TextKey.of(other.get(row).texts())))
                .boxed()
                .toList();
        return new Overlap(shared, train.size() - seen.size());
    }

    /** Returns what a user must know, in sentences; the second file is called {@code name} in them. */
    public List<String> says(String name) {
        List<String> says = new ArrayList<>();
        if (!rows.isEmpty()) {
            says.add("rows of " + name + " whose texts are trained on: " + rows.size() + "; its numbers flatter");
        }
        if (duplicates > 0) {
            says.add("rows of training whose texts repeat those of others: " + duplicates);
        }
        return says;
    }
}
