package luthier.benchmarks.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.benchmarks.compare.ContenderProcess.Turn;
import luthier.benchmarks.compare.Statistics.Spread;

/**
 * The turns of a row.
 *
 * @param rounds a map for every round, from a contender to its turn; who does not do this row is missing
 */
record RowResult(Workload row, int threads, Plan.Clock clock, List<Map<String, Turn>> rounds) {
    private static final double IMPOSSIBLE = 1.15;

    /** Nanoseconds an operation. */
    Optional<Spread> time(String contender) {
        List<Double> times = rounds.stream()
                .filter(round -> round.containsKey(contender))
                .map(round -> nanos(round, contender))
                .toList();
        return times.isEmpty() ? Optional.empty() : Optional.of(Statistics.spread(times));
    }

    /** How many times faster than a contender Luthier is: the median over the rounds of that round's ratio. */
    Optional<Spread> timesFasterThan(String contender) {
        List<Double> theirs = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        for (Map<String, Turn> round : rounds) {
            if (round.containsKey(contender) && round.containsKey("luthier")) {
                theirs.add(nanos(round, contender));
                ours.add(nanos(round, "luthier"));
            }
        }
        return theirs.isEmpty() ? Optional.empty() : Optional.of(Statistics.ratio(theirs, ours));
    }

    /** Billions of operations a second of a contender, if the row counts them. */
    Optional<Double> gigaflops(String contender) {
        return row.flops() == 0 ? Optional.empty() : time(contender).map(time -> row.flops() / time.median());
    }

    /** The goals that were missed, with what was reached; a goal whose other side was not measured is not among them. */
    List<String> missed(double peak, List<RowResult> table) {
        List<String> missed = new ArrayList<>();
        for (Goal goal : row.goals()) {
            switch (goal) {
                case Goal.TimesLibtorch wanted ->
                    timesFasterThan("libtorch")
                            .map(Spread::median)
                            .filter(reached -> reached < wanted.factor())
                            .ifPresent(reached -> missed.add(miss(goal, Format.digits(reached) + "x")));
                case Goal.Nanoseconds wanted ->
                    time("luthier")
                            .map(Spread::median)
                            .filter(reached -> reached > wanted.limit())
                            .ifPresent(reached -> missed.add(miss(goal, Format.time(reached))));
                case Goal.PercentOfPeak wanted ->
                    gigaflops("luthier")
                            .map(reached -> 100 * reached / peak)
                            .filter(reached -> reached < wanted.percent())
                            .ifPresent(reached -> missed.add(miss(goal, Format.digits(reached) + " %")));
                case Goal.TimesRow wanted ->
                    table.stream()
                            .filter(other -> other.row.name().equals(wanted.row()))
                            .findFirst()
                            .map(this::timesFasterThanRow)
                            .map(Spread::median)
                            .filter(reached -> reached < wanted.factor())
                            .ifPresent(reached -> missed.add(miss(goal, Format.digits(reached) + "x")));
                case Goal.Beyond wanted ->
                    beyond(wanted, table)
                            .filter(reached -> reached > wanted.limit())
                            .ifPresent(reached -> missed.add(miss(goal, Format.digits(reached) + " ns")));
            }
        }
        return missed;
    }

    /** How many goals could be judged at all. */
    long judged() {
        return time("luthier").isEmpty()
                ? 0
                : row.goals().stream()
                        .filter(goal -> !(goal instanceof Goal.TimesLibtorch)
                                || timesFasterThan("libtorch").isPresent())
                        .count();
    }

    /** Who computes faster than the processor can: such a contender does not do the work, and its time means nothing. */
    List<String> impossible(double peak) {
        return rounds.stream()
                .flatMap(round -> round.keySet().stream())
                .distinct()
                .filter(name -> gigaflops(name).orElse(0.0) > IMPOSSIBLE * peak)
                .toList();
    }

    /** The nanoseconds an element of this row beyond those of the rows named, if all of them were measured. */
    Optional<Double> beyond(Goal.Beyond goal, Collection<RowResult> table) {
        Map<String, Double> others = new HashMap<>();
        for (RowResult other : table) {
            other.time("luthier").ifPresent(time -> others.put(other.row.name(), time.median()));
        }
        if (time("luthier").isEmpty() || !others.keySet().containsAll(goal.rows())) {
            return Optional.empty();
        }
        double rest = time("luthier").orElseThrow().median();
        for (String name : goal.rows()) {
            rest -= others.getOrDefault(name, 0.0);
        }
        return Optional.of(rest / row.elements());
    }

    private Spread timesFasterThanRow(RowResult other) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(rounds.size(), other.rounds.size()); i++) {
            if (rounds.get(i).containsKey("luthier") && other.rounds.get(i).containsKey("luthier")) {
                ratios.add(nanos(other.rounds.get(i), "luthier") / nanos(rounds.get(i), "luthier"));
            }
        }
        return Statistics.spread(ratios);
    }

    private String miss(Goal goal, String reached) {
        return row.name() + ": " + reached + ", wanted " + goal.words();
    }

    private double nanos(Map<String, Turn> round, String contender) {
        Turn turn = round.get(contender);
        if (turn == null) {
            throw new IllegalArgumentException("round: must have a turn of the contender; got none of " + contender);
        }
        return clock == Plan.Clock.CPU ? turn.cpu() : turn.wall();
    }
}
