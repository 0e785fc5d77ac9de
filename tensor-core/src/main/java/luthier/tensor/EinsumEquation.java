package luthier.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * An equation of {@link Einsum} against the shapes of its operands: one term of labels for each, the output's labels and the size of
 * every label. Axes behind an ellipsis are labelled by digits, 0 for the last one, 1 for the one before.
 *
 * @param text as given, without blanks
 * @param terms one label an axis
 * @param output labels of the result
 * @param sizes by label; 1 where all operands have 1
 */
record EinsumEquation(String text, List<String> terms, String output, long[] sizes) {
    private static final String ARROW = "->";
    private static final String DOTS = "...";

    static EinsumEquation parse(String equation, List<Shape> shapes) {
        String text = equation.replace(" ", "");
        int arrow = text.indexOf(ARROW);
        String[] written = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
        if (written.length != shapes.size()) {
            throw new ShapeException("einsum: one term per operand is needed; got " + written.length + " terms in '"
                    + text + "' for " + shapes.size() + " operands");
        }
        List<String> terms = new ArrayList<>();
        int hidden = 0;
        for (int i = 0; i < written.length; i++) {
            terms.add(labels(text, written[i], i, shapes.get(i)));
            if (written[i].contains(DOTS)) {
                hidden = Math.max(hidden, shapes.get(i).rank() - written[i].length() + DOTS.length());
            }
        }
        long[] sizes = sizes(text, terms, shapes);
        String output = arrow < 0
                ? implicit(written, hidden)
                : explicit(text, text.substring(arrow + ARROW.length()), hidden, terms);
        return new EinsumEquation(text, List.copyOf(terms), output, sizes);
    }

    long size(char label) {
        return sizes[label];
    }

    /** Returns the product of the sizes of a term's labels. */
    long size(String term) {
        return term.chars().mapToLong(label -> sizes[label]).reduce(1, Math::multiplyExact);
    }

    /** Returns the labels that pass, in order. */
    static String keep(String term, IntPredicate passes) {
        StringBuilder result = new StringBuilder();
        term.chars().filter(passes).forEach(label -> result.append((char) label));
        return result.toString();
    }

    private static String labels(String text, String term, int operand, Shape shape) {
        requireLetters(text, term);
        boolean open = term.contains(DOTS);
        int hidden = shape.rank() - (open ? term.length() - DOTS.length() : term.length());
        if (hidden < 0 || !open && hidden > 0) {
            throw new ShapeException("einsum: term '" + term + "' of '" + text + "' needs "
                    + (open ? "at least " : "") + (shape.rank() - hidden) + " axes; got " + shape + " for operand "
                    + operand + (hidden > 0 ? "; name all axes or write ..." : ""));
        }
        return term.replace(DOTS, digits(hidden));
    }

    private static void requireLetters(String text, String term) {
        String strange = keep(term.replaceFirst("\\.\\.\\.", ""), c -> !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'));
        if (!strange.isEmpty()) {
            throw new ShapeException("einsum: terms hold the letters a-z, A-Z and at most one '...'; got '"
                    + strange.charAt(0) + "' in term '" + term + "' of '" + text + "'");
        }
    }

    /** Returns the labels of the axes behind an ellipsis, {@code "210"} for three. */
    private static String digits(int count) {
        StringBuilder result = new StringBuilder();
        for (int i = count - 1; i >= 0; i--) {
            if (i > 9) {
                throw new ShapeException("einsum: an ellipsis stands for at most 10 axes; got " + count);
            }
            result.append((char) ('0' + i));
        }
        return result.toString();
    }

    private static long[] sizes(String text, List<String> terms, List<Shape> shapes) {
        long[] sizes = new long['z' + 1];
        int[] source = new int['z' + 1];
        Arrays.fill(source, -1);
        for (int operand = 0; operand < terms.size(); operand++) {
            String term = terms.get(operand);
            for (int axis = 0; axis < term.length(); axis++) {
                char label = term.charAt(axis);
                long size = shapes.get(operand).size(axis);
                boolean repeated = term.indexOf(label) < axis;
                long own = repeated ? shapes.get(operand).size(term.indexOf(label)) : size;
                boolean fits = source[label] < 0 || size == sizes[label] || size == 1 || sizes[label] == 1;
                if (!fits || own != size) {
                    int other = own != size ? operand : source[label];
                    throw new ShapeException("einsum: every letter has one size (or 1, which repeats) in '" + text
                            + "'; got " + name(label) + " = " + (own != size ? own : sizes[label]) + " in operand "
                            + other + " " + shapes.get(other) + " and " + name(label) + " = " + size + " in operand "
                            + operand + " " + shapes.get(operand));
                }
                if (source[label] < 0 || sizes[label] == 1) {
                    sizes[label] = size;
                    source[label] = operand;
                }
            }
        }
        return sizes;
    }

    private static String name(char label) {
        return label <= '9' ? "axis -" + (label - '0' + 1) + " of the ellipsis" : String.valueOf(label);
    }

    /** The axes of the ellipsis, then the letters that appear once, in the order of their codes. */
    private static String implicit(String[] written, int hidden) {
        String all = String.join("", written).replace(DOTS, "");
        StringBuilder result = new StringBuilder(digits(hidden));
        all.chars().filter(c -> all.indexOf(c) == all.lastIndexOf(c)).sorted().forEach(c -> result.append((char) c));
        return result.toString();
    }

    private static String explicit(String text, String output, int hidden, List<String> terms) {
        requireLetters(text, output);
        String labels = output.replace(DOTS, digits(hidden));
        for (int i = 0; i < labels.length(); i++) {
            char label = labels.charAt(i);
            if (labels.indexOf(label) < i) {
                throw new ShapeException(
                        "einsum: a letter appears once in the output; got " + name(label) + " twice in '" + text + "'");
            }
            if (terms.stream().noneMatch(term -> term.indexOf(label) >= 0)) {
                throw new ShapeException("einsum: the output's letters must appear in a term; got " + name(label)
                        + " in '" + text + "'");
            }
        }
        return labels;
    }
}
