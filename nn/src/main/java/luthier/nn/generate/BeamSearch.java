package luthier.nn.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import luthier.nn.generate.Generated.Ending;

/**
 * The search for one prompt, step by step as transformers has it: of all continuations of the texts that go on, so many of the best are looked
 * at that enough of them do not end; those among the first {@code count} that end become complete, and the best that do not end go on.
 */
final class BeamSearch {
    /** Takes a candidate out of a choice, as far down that it is chosen only if nothing else is left. */
    private static final double FAR = -1e9;

    private final int[] prompt;
    private final GenerationSettings settings;
    private final Beams beams;
    private final int most;
    private final boolean fills;
    private List<Beam> running = new ArrayList<>();
    private List<Complete> complete = new ArrayList<>();
    private boolean canImprove = true;

    /** A text that goes on: its tokens with the prompt, the sum of its log-probabilities, the row it comes from. */
    private record Beam(int[] tokens, double sum, int row) {}

    /** A text that ended. */
    private record Complete(int[] tokens, double score) {}

    /** A continuation: the beam it continues, the token, the sum. */
    private record Candidate(int beam, int token, double sum) {}

    BeamSearch(int[] prompt, GenerationSettings settings, Beams beams, int maxLength) {
        this.prompt = prompt;
        this.settings = settings;
        this.beams = beams;
        int room = maxLength - prompt.length;
        GenerationException.require(room > 0, "max_length", "above the prompt's length", maxLength);
        fills = room < settings.maxNew();
        most = Math.min(settings.maxNew(), room);
    }

    List<Generated> run(Passes passes) {
        double[] first = passes.begin(List.of(prompt)).getFirst();
        passes.select(new int[beams.count()]);
        List<double[]> scores = new ArrayList<>();
        for (int i = 0; i < beams.count(); i++) {
            scores.add(first.clone());
            running.add(new Beam(prompt, i == 0 ? 0 : FAR, i));
        }
        for (int length = 1; ; length++) {
            if (isOver(advance(scores, length), length)) {
                return results();
            }
            passes.select(running.stream().mapToInt(Beam::row).toArray());
            int[] last = running.stream()
                    .mapToInt(beam -> beam.tokens()[beam.tokens().length - 1])
                    .toArray();
            scores = passes.step(last);
        }
    }

    /** Chooses the texts that end and those that go on; returns whether all that were looked at end. */
    private boolean advance(List<double[]> scores, int length) {
        List<Candidate> best = candidates(scores, length);
        List<Beam> next = new ArrayList<>();
        List<Complete> ended = new ArrayList<>(complete);
        boolean full = complete.size() == beams.count() && beams.stopping() == Beams.Stopping.EARLY;
        boolean all = true;
        for (int i = 0; i < best.size(); i++) {
            Candidate candidate = best.get(i);
            boolean ends = length == most || settings.ends().contains(candidate.token());
            all &= ends;
            if (!ends && next.size() < beams.count()) {
                next.add(new Beam(continued(candidate), candidate.sum(), candidate.beam()));
            }
            if (ends && i < beams.count() && !full && canImprove) {
                ended.add(new Complete(continued(candidate), beams.score(candidate.sum(), length)));
            }
        }
        ended.sort(Comparator.comparingDouble(Complete::score).reversed());
        complete = new ArrayList<>(ended.subList(0, Math.min(ended.size(), beams.count())));
        while (!all && next.size() < beams.count()) {
            Beam last = next.getLast();
            next.add(new Beam(last.tokens(), last.sum() + FAR, last.row()));
        }
        running = next;
        return all;
    }

    private int[] continued(Candidate candidate) {
        int[] before = running.get(candidate.beam()).tokens();
        int[] tokens = Arrays.copyOf(before, before.length + 1);
        tokens[before.length] = candidate.token();
        return tokens;
    }

    /** The best continuations, the best first; of equal ones the first beam's and the lowest id. */
    private List<Candidate> candidates(List<double[]> scores, int length) {
        int wanted = Math.max(2, 1 + settings.ends().size()) * beams.count();
        Comparator<Candidate> worstFirst = Comparator.comparingDouble(Candidate::sum)
                .thenComparing(Comparator.comparingInt(Candidate::beam).reversed())
                .thenComparing(Comparator.comparingInt(Candidate::token).reversed());
        PriorityQueue<Candidate> best = new PriorityQueue<>(worstFirst);
        for (int beam = 0; beam < running.size(); beam++) {
            double[] logs = logs(scores.get(beam), running.get(beam).tokens(), length);
            double sum = running.get(beam).sum();
            for (int token = 0; token < logs.length; token++) {
                double total = sum + logs[token];
                Candidate worst = best.peek();
                if (best.size() < wanted) {
                    best.add(new Candidate(beam, token, total));
                } else if (worst != null && total > worst.sum()) {
                    best.poll();
                    best.add(new Candidate(beam, token, total));
                }
            }
        }
        return best.stream().sorted(worstFirst.reversed()).toList();
    }

    private double[] logs(double[] scores, int[] tokens, int length) {
        try {
            Scores.require(scores);
            Scores.logSoftmax(scores);
            settings.penalize(scores, tokens, prompt.length);
            Scores.require(scores);
            return scores;
        } catch (GenerationException e) {
            throw e.at(length - 1);
        }
    }

    private boolean isOver(boolean allEnd, int length) {
        boolean full = complete.size() == beams.count();
        if (allEnd || full && beams.stopping() == Beams.Stopping.EARLY) {
            return true;
        }
        boolean atAnyLength = beams.stopping() == Beams.Stopping.NEVER && beams.lengthPenalty() > 0;
        double possible = beams.score(running.getFirst().sum(), atAnyLength ? most : length);
        double worst = full ? complete.getLast().score() : FAR;
        canImprove &= possible > worst;
        return !canImprove;
    }

    private List<Generated> results() {
        return complete.stream()
                .limit(settings.returned())
                .map(text -> {
                    List<Integer> mine = Arrays.stream(text.tokens(), prompt.length, text.tokens().length)
                            .boxed()
                            .toList();
                    boolean ended = settings.ends().contains(mine.getLast());
                    return new Generated(
                            mine, ended ? Ending.END : fills ? Ending.CONTEXT_FULL : Ending.LENGTH, text.score());
                })
                .toList();
    }
}
