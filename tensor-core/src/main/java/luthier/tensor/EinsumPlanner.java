package luthier.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Chooses the order of contractions: up to {@value #EXACT} operands the one of fewest flops, found over all subsets; for more the pair
 * whose contraction shrinks what is held most, again and again. Ties go to the operands named first, so plans are deterministic.
 */
final class EinsumPlanner {
    /** 3^9 splits, about 20,000: a few milliseconds cold. */
    private static final int EXACT = 9;

    private final EinsumEquation equation;
    private final List<String> terms;
    private final List<EinsumPlan.Step> steps = new ArrayList<>();

    /** Plans for terms that hold each label once, of size above 1 or 0, and no label that a single term has and the output lacks. */
    private EinsumPlanner(EinsumEquation equation, List<String> terms) {
        this.equation = equation;
        this.terms = new ArrayList<>(terms);
    }

    static EinsumPlan plan(EinsumEquation equation, List<String> terms) {
        EinsumPlanner planner = new EinsumPlanner(equation, terms);
        if (terms.size() <= EXACT) {
            planner.exact();
        } else {
            planner.greedy();
        }
        double direct = 2;
        for (int label = 0; label < equation.sizes().length; label++) {
            char letter = (char) label;
            boolean used = equation.terms().stream().anyMatch(term -> term.indexOf(letter) >= 0);
            direct *= used ? equation.size(letter) : 1;
        }
        return new EinsumPlan(equation.text(), planner.steps, direct * Math.max(1, terms.size() - 1));
    }

    /** Returns the labels of a contraction's result: in both and needed elsewhere, then the left one's own, then the right one's. */
    private static String result(String left, String right, String needed) {
        return EinsumEquation.keep(left, c -> right.indexOf(c) >= 0 && needed.indexOf(c) >= 0)
                + EinsumEquation.keep(left, c -> right.indexOf(c) < 0)
                + EinsumEquation.keep(right, c -> left.indexOf(c) < 0);
    }

    private double flops(String left, String right) {
        return 2 * size(left) * size(EinsumEquation.keep(right, c -> left.indexOf(c) < 0));
    }

    /** As a double: orders that nobody takes may exceed a long. */
    private double size(String term) {
        return term.chars().mapToDouble(label -> equation.size((char) label)).reduce(1, (a, b) -> a * b);
    }

    private void contract(int left, int right, String needed) {
        String a = terms.get(left);
        String b = terms.get(right);
        String y = result(a, b, needed);
        long batch = equation.size(EinsumEquation.keep(a, c -> b.indexOf(c) >= 0 && y.indexOf(c) >= 0));
        long k = equation.size(EinsumEquation.keep(a, c -> b.indexOf(c) >= 0 && y.indexOf(c) < 0));
        long m = equation.size(EinsumEquation.keep(a, c -> b.indexOf(c) < 0));
        long n = equation.size(EinsumEquation.keep(b, c -> a.indexOf(c) < 0));
        steps.add(new EinsumPlan.Step(left, right, a + "," + b + "->" + y, batch, m, k, n));
        terms.add(y);
    }

    // ---- all orders

    private void exact() {
        int count = terms.size();
        String[] labels = new String[1 << count];
        double[] cost = new double[1 << count];
        int[] split = new int[1 << count];
        for (int set = 1; set < labels.length; set++) {
            int lowest = Integer.lowestOneBit(set);
            if (set == lowest) {
                labels[set] = terms.get(Integer.numberOfTrailingZeros(set));
                continue;
            }
            cost[set] = Double.POSITIVE_INFINITY;
            // Every split once: the part with the first operand stands left.
            for (int part = (set - 1) & set; part > 0; part = (part - 1) & set) {
                if ((part & lowest) != 0) {
                    int rest = set ^ part;
                    double total = cost[part] + cost[rest] + flops(labels[part], labels[rest]);
                    if (total < cost[set]) {
                        cost[set] = total;
                        split[set] = part;
                    }
                }
            }
            labels[set] = result(labels[split[set]], labels[set ^ split[set]], neededOutside(set));
        }
        follow(labels.length - 1, split);
    }

    private int follow(int set, int[] split) {
        if (Integer.bitCount(set) <= 1) {
            return Integer.numberOfTrailingZeros(set);
        }
        int left = follow(split[set], split);
        int right = follow(set ^ split[set], split);
        contract(left, right, neededOutside(set));
        return terms.size() - 1;
    }

    /** The labels of the output and of operands that are not in the set. */
    private String neededOutside(int set) {
        StringBuilder needed = new StringBuilder(equation.output());
        for (int i = 0; i < equation.terms().size(); i++) {
            needed.append((set & 1 << i) == 0 ? terms.get(i) : "");
        }
        return needed.toString();
    }

    // ---- one pair after another

    private void greedy() {
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            open.add(i);
        }
        while (open.size() > 1) {
            int[] best = {open.get(0), open.get(1)};
            double bestGrowth = Double.POSITIVE_INFINITY;
            for (int left : open) {
                for (int right : open) {
                    double growth = left < right ? growth(left, right, open) : Double.POSITIVE_INFINITY;
                    if (growth < bestGrowth) {
                        bestGrowth = growth;
                        best = new int[] {left, right};
                    }
                }
            }
            String needed = neededBeside(best[0], best[1], open);
            open.remove(Integer.valueOf(best[0]));
            open.remove(Integer.valueOf(best[1]));
            contract(best[0], best[1], needed);
            open.add(terms.size() - 1);
        }
    }

    private double growth(int left, int right, List<Integer> open) {
        String y = result(terms.get(left), terms.get(right), neededBeside(left, right, open));
        return size(y) - size(terms.get(left)) - size(terms.get(right));
    }

    private String neededBeside(int left, int right, List<Integer> open) {
        StringBuilder needed = new StringBuilder(equation.output());
        for (int i : open) {
            needed.append(i != left && i != right ? terms.get(i) : "");
        }
        return needed.toString();
    }
}
