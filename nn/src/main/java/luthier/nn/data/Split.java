package luthier.nn.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import luthier.tensor.Rng;

/**
 * Rows divided into training and validation: by class, each class with its share as near as whole rows allow; rows whose texts are
 * equal after NFC, trimming, one space for each run of white space, and case folding lie on one side; every label stays in training.
 * It follows from the texts, the labels and the seed alone, not from the order of the rows.
 *
 * <p>Groups of equal texts are walked in an order drawn from the seed and their text, and a group goes to validation while none of
 * its labels exceeds its number of rows there. These numbers are the shares rounded down, the rows that this leaves over go to the
 * labels with the largest remainders; a label of a single group has none. A second walk lets groups in that bring a label nearer to
 * its number by exceeding it.
 *
 * @param train the rows of training, ascending
 * @param valid the rows of validation, ascending; maybe none
 * @param duplicates rows whose texts equal those of an earlier row
 * @param conflicts texts that occur with different labels
 * @param says what a user must know, in sentences: labels without rows in validation, duplicates, conflicts, an empty validation
 */
public record Split(List<Integer> train, List<Integer> valid, int duplicates, int conflicts, List<String> says) {
    /** Copies the lists. */
    public Split {
        train = List.copyOf(train);
        valid = List.copyOf(valid);
        says = List.copyOf(says);
    }

    /** Rows of equal texts: where they are, and how many rows have each label. */
    private record Group(String key, List<Integer> rows, Map<String, Integer> labels, Set<Set<String>> kinds) {
        Group(String key) {
            this(key, new ArrayList<>(), new TreeMap<>(), new HashSet<>());
        }

        void add(int row, List<String> names) {
            rows.add(row);
            kinds.add(Set.copyOf(new HashSet<>(names)));
            // A row without labels counts as a class of its own, which no name can be.
            (names.isEmpty() ? List.of("") : names).forEach(name -> labels.merge(name, 1, Integer::sum));
        }
    }

    /**
     * Divides rows.
     *
     * {@snippet :
     * List<SplitRow> rows = new ArrayList<>();
     * for (int i = 0; i < 20; i++) {
     *     rows.add(new SplitRow(List.of("text " + i), List.of(i % 2 == 0 ? "even" : "odd")));
     * }
     * Split.stratified(rows, 0.1, Rng.of(1)).valid().size(); // 2
     * }
     *
     * @param fraction the share of validation
     * @param rng the stream of this split
     * @throws IllegalArgumentException if the fraction is not between 0 and 1
     */
    public static Split stratified(List<SplitRow> rows, double fraction, Rng rng) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException(
                    "split: the share of validation must lie between 0 and 1; got " + fraction);
        }
        List<Group> groups = groups(rows);
        Map<String, Integer> wanted = wanted(groups, fraction, rng.split("labels"));
        Set<Integer> chosen = choose(inRandomOrder(groups, rng.split("rows")), wanted);
        List<Integer> train = new ArrayList<>();
        List<Integer> valid = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            (chosen.contains(row) ? valid : train).add(row);
        }
        int conflicts =
                (int) groups.stream().filter(group -> group.kinds().size() > 1).count();
        int duplicates = rows.size() - groups.size();
        return new Split(train, valid, duplicates, conflicts, says(rows, valid, duplicates, conflicts));
    }

    private static List<Group> groups(List<SplitRow> rows) {
        Map<String, Group> groups = new HashMap<>();
        for (int row = 0; row < rows.size(); row++) {
            groups.computeIfAbsent(TextKey.of(rows.get(row).texts()), Group::new)
                    .add(row, rows.get(row).labels());
        }
        return groups.values().stream().sorted(Comparator.comparing(Group::key)).toList();
    }

    private static List<Group> inRandomOrder(List<Group> groups, Rng rng) {
        Map<String, Long> drawn = new HashMap<>();
        groups.forEach(group -> drawn.put(group.key(), rng.split(group.key()).bits(0)));
        Comparator<Group> byDraw = Comparator.comparingLong(group -> drawn.getOrDefault(group.key(), 0L));
        return groups.stream().sorted(byDraw.thenComparing(Group::key)).toList();
    }

    /** Returns how many rows of each label validation shall have. */
    private static Map<String, Integer> wanted(List<Group> groups, double fraction, Rng rng) {
        Map<String, Integer> rows = new TreeMap<>();
        Map<String, Integer> parts = new HashMap<>();
        for (Group group : groups) {
            group.labels().forEach((label, count) -> {
                rows.merge(label, count, Integer::sum);
                parts.merge(label, 1, Integer::sum);
            });
        }
        rows.keySet().removeIf(label -> parts.getOrDefault(label, 0) < 2);
        Map<String, Integer> wanted = new TreeMap<>();
        rows.forEach((label, count) -> wanted.put(label, (int) Math.floor(fraction * count + 1e-9)));
        long total =
                Math.round(fraction * rows.values().stream().mapToInt(n -> n).sum());
        long left = total - wanted.values().stream().mapToInt(n -> n).sum();
        Comparator<String> byRemainder = Comparator.comparingDouble(
                label -> wanted.getOrDefault(label, 0) - fraction * rows.getOrDefault(label, 0));
        rows.keySet().stream()
                .sorted(byRemainder.thenComparingLong(label -> rng.split(label).bits(0)))
                .limit(left)
                .forEach(label -> wanted.merge(label, 1, Integer::sum));
        return wanted;
    }

    private static Set<Integer> choose(List<Group> groups, Map<String, Integer> wanted) {
        Map<String, Integer> left = new HashMap<>();
        groups.forEach(group -> group.labels().keySet().forEach(label -> left.merge(label, 1, Integer::sum)));
        Map<String, Integer> missing = new HashMap<>(wanted);
        Set<Integer> chosen = new HashSet<>();
        for (int share = 1; share <= 2; share++) {
            for (Group group : groups) {
                if (!chosen.contains(group.rows().getFirst()) && fits(group, missing, left, share)) {
                    chosen.addAll(group.rows());
                    group.labels().forEach((label, count) -> {
                        missing.merge(label, -count, Integer::sum);
                        left.merge(label, -1, Integer::sum);
                    });
                }
            }
        }
        return chosen;
    }

    /** Whether a group exceeds no label's number ({@code share} 1), or none by more than it falls short without it (2). */
    private static boolean fits(Group group, Map<String, Integer> missing, Map<String, Integer> left, int share) {
        return group.labels().entrySet().stream()
                .allMatch(label -> label.getValue() <= share * missing.getOrDefault(label.getKey(), 0)
                        && left.getOrDefault(label.getKey(), 0) > 1);
    }

    private static List<String> says(List<SplitRow> rows, List<Integer> valid, int duplicates, int conflicts) {
        Set<String> unseen = new TreeSet<>();
        rows.forEach(row -> unseen.addAll(row.labels()));
        valid.forEach(row -> rows.get(row).labels().forEach(unseen::remove));
        List<String> says = new ArrayList<>();
        if (valid.isEmpty()) {
            says.add("no rows for validation: " + rows.size()
                    + " rows are too few; there is no best state and no early stop");
        } else if (!unseen.isEmpty()) {
            says.add("labels without a row in validation, too few different texts: " + String.join(", ", unseen));
        }
        if (duplicates > 0) {
            says.add("rows whose texts repeat those of others: " + duplicates + "; they lie on the same side");
        }
        if (conflicts > 0) {
            says.add("texts with different labels: " + conflicts);
        }
        return says;
    }
}
