package luthier.benchmarks.compare;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All rows, in the order of the table. A new family is a {@code *Rows} class and a line here. */
final class Workloads {
    private Workloads() {}

    /** All rows. */
    static List<Workload> all() {
        return Stream.of(
                        MatmulRows.rows(),
                        StoredWeightRows.rows(),
                        ConvolutionRows.rows(),
                        ElementwiseRows.rows(),
                        RowRows.rows(),
                        NodeRows.rows(),
                        StepRows.rows())
                .flatMap(List::stream)
                .toList();
    }

    /** The rows whose name contains the pattern, of all or of the quick ones. */
    static List<Workload> choose(Pattern pattern, boolean quick) {
        return all().stream()
                .filter(row -> row.quick() || !quick)
                .filter(row -> pattern.matcher(row.name()).find())
                .toList();
    }

    /**
     * The row of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Workload named(String name) {
        return all().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("workloads: must be the name of a row; got " + name));
    }
}
