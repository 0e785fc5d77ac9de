package luthier.tensor;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tensors as text for people: type and shape, then the numbers in nested brackets, aligned, a row a line. Numbers share one form:
 * as many decimals as the longest needs, at most {@code precision}, or powers of ten where sizes are extreme. Of
 * large tensors only the ends of each axis are shown.
 *
 * {@snippet :
 * Tensor x = Tensor.of(new float[] {1, 0.25f, -10, 4}, 2, 2);
 * TensorFormat.DEFAULT.format(x).lines().toList(); // [F32[2, 2], [[  1.00,   0.25],,  [-10.00,   4.00]]]
 * }
 *
 * @param precision the most decimals
 * @param edgeItems how many items an abbreviated axis shows at each end
 * @param threshold up to how many elements a tensor is shown whole
 * @param lineWidth characters after which a row is broken
 */
public record TensorFormat(int precision, int edgeItems, long threshold, int lineWidth) {
    /** Four decimals, three items at each end, whole up to 1000 elements, lines of 100 characters. */
    public static final TensorFormat DEFAULT = new TensorFormat(4, 3, 1000, 100);

    /** Up to so many elements {@link Tensor#toString} shows all. */
    private static final int SHORT = 64;

    private static final double LARGE = 1e8;
    private static final double SMALL = 1e-4;
    private static final String GAP = "...";

    /** Checks the numbers. */
    public TensorFormat {
        if (precision < 0 || edgeItems < 1 || threshold < 0 || lineWidth < 1) {
            throw new IllegalArgumentException(
                    "TensorFormat: precision and threshold must not be negative, edgeItems and"
                            + " lineWidth at least 1; got " + precision + ", " + threshold + ", " + edgeItems + ", "
                            + lineWidth);
        }
    }

    /** Returns the tensor as text, without a line break at the end. */
    public String format(Tensor t) {
        boolean whole = t.elementCount() <= threshold;
        List<String> texts = texts(shown(t, whole));
        return head(t) + "\n" + page(t, whole, aligned(texts));
    }

    /**
     * Returns type, shape and numbers, each in its shortest form: up to 64 in one line; of more the ends of each axis, a row a line.
     */
    static String describe(Tensor t) {
        if (t.elementCount() <= SHORT) {
            return head(t) + exact(t);
        }
        for (int edge = DEFAULT.edgeItems; edge > 0; edge--) {
            TensorFormat format = new TensorFormat(0, edge, SHORT, Integer.MAX_VALUE);
            if (format.shownCount(t.shape()) <= DEFAULT.threshold) {
                List<String> texts = exact(format.shown(t, false));
                return t.rank() == 1
                        ? head(t) + format.page(t, false, texts)
                        : head(t) + "\n" + format.page(t, false, aligned(texts));
            }
        }
        Tensor first = t;
        Tensor last = t;
        while (first.rank() > 0) {
            first = first.select(0, 0);
            last = last.select(0, -1);
        }
        return head(t) + "[" + exact(first).getFirst() + ", " + GAP + ", "
                + exact(last).getFirst() + "]";
    }

    private static String head(Tensor t) {
        return t.dtype() + t.shape().toString();
    }

    private String page(Tensor t, boolean whole, List<String> cells) {
        StringBuilder out = new StringBuilder();
        new Page(t.shape(), whole, cells).write(out, 0, 1);
        return out.toString();
    }

    private boolean hides(long size, boolean whole) {
        return !whole && size > 2L * edgeItems;
    }

    private double shownCount(Shape shape) {
        double count = 1;
        for (long size : shape.toArray()) {
            count *= hides(size, false) ? 2.0 * edgeItems : (double) size;
        }
        return count;
    }

    /** Returns the elements to show, of rank 1; nothing else is read. */
    private Tensor shown(Tensor t, boolean whole) {
        List<Tensor> parts = new ArrayList<>();
        addShown(t.rank() == 0 ? t.unsqueeze(0) : t, whole, parts);
        return parts.isEmpty() ? t.reshape(0) : Joining.concat(parts, 0);
    }

    private void addShown(Tensor t, boolean whole, List<Tensor> parts) {
        long n = t.size(0);
        boolean hides = hides(n, whole);
        if (t.rank() == 1) {
            parts.addAll(hides ? List.of(t.slice(0, 0, edgeItems), t.slice(0, n - edgeItems, n)) : List.of(t));
            return;
        }
        long shown = hides ? 2L * edgeItems : n;
        for (long i = 0; i < shown; i++) {
            addShown(t.select(0, i < shown / 2 ? i : n - shown + i), whole, parts);
        }
    }

    /** Numbers in one form. */
    private List<String> texts(Tensor shown) {
        List<String> texts = new ArrayList<>();
        switch (shown.dtype()) {
            case F32, F64, BF16, F16 -> reals(shown.toDoubleArray(), texts);
            case I64, I32, I8, U8, BOOL -> texts.addAll(exact(shown));
        }
        return texts;
    }

    /** Each number in its own shortest form. */
    private static List<String> exact(Tensor shown) {
        List<String> texts = new ArrayList<>();
        switch (shown.dtype()) {
            case F32, BF16, F16 -> {
                for (float value : shown.toFloatArray()) {
                    texts.add(Float.toString(value));
                }
            }
            case F64 -> {
                for (double value : shown.toDoubleArray()) {
                    texts.add(Double.toString(value));
                }
            }
            case I64, I32, I8, U8 -> {
                for (long value : shown.toLongArray()) {
                    texts.add(Long.toString(value));
                }
            }
            case BOOL -> {
                for (boolean value : shown.toBooleanArray()) {
                    texts.add(Boolean.toString(value));
                }
            }
        }
        return texts;
    }

    private static List<String> aligned(List<String> texts) {
        int width = texts.stream().mapToInt(String::length).max().orElse(0);
        return texts.stream()
                .map(text -> " ".repeat(width - text.length()) + text)
                .toList();
    }

    private void reals(double[] values, List<String> texts) {
        boolean powers = false;
        int decimals = 1;
        for (double value : values) {
            double size = Math.abs(value);
            powers |= size >= LARGE && Double.isFinite(size) || size > 0 && size < SMALL;
        }
        for (double value : values) {
            decimals = Math.max(decimals, Double.isFinite(value) && !powers ? decimals(value) : 0);
        }
        for (double value : values) {
            texts.add(text(value, powers, Math.min(decimals, precision)));
        }
    }

    private int decimals(double value) {
        return new BigDecimal(value)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .scale();
    }

    private String text(double value, boolean powers, int decimals) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "NaN" : value > 0 ? "Inf" : "-Inf";
        }
        if (powers) {
            return String.format(Locale.ROOT, "%." + precision + "e", value);
        }
        String size = new BigDecimal(Math.abs(value))
                .setScale(decimals, RoundingMode.HALF_EVEN)
                .toPlainString();
        return Double.doubleToRawLongBits(value) < 0 ? "-" + size : size;
    }

    /** The brackets around the cells, which are taken one after the other. */
    private final class Page {
        private final Shape shape;
        private final boolean whole;
        private final List<String> cells;
        private int next;

        Page(Shape shape, boolean whole, List<String> cells) {
            this.shape = shape;
            this.whole = whole;
            this.cells = cells;
        }

        void write(StringBuilder out, int axis, int indent) {
            if (axis == shape.rank()) {
                out.append(cells.get(next++));
                return;
            }
            out.append('[');
            boolean row = axis == shape.rank() - 1;
            long shown = hides(shape.size(axis), whole) ? 2L * edgeItems : shape.size(axis);
            int column = indent;
            for (long i = 0; i < shown; i++) {
                if (shown < shape.size(axis) && i == edgeItems) {
                    column = separate(out, row, axis, indent, column, GAP.length(), true);
                    out.append(GAP);
                }
                int width = row ? cells.get(next).length() : 0;
                column = separate(out, row, axis, indent, column, width, i > 0);
                write(out, axis + 1, indent + 1);
            }
            out.append(']');
        }

        /** Between two items: a comma and a space or, between rows and where a line is full, line breaks. Returns the new column. */
        private int separate(
                StringBuilder out, boolean row, int axis, int indent, int column, int width, boolean comma) {
            if (!comma) {
                return column + width;
            }
            boolean fits = column + 2 + width + 1 <= lineWidth;
            if (row && fits) {
                out.append(", ");
                return column + 2 + width;
            }
            // Matrices of a stack stand apart by blank lines, as many as axes end there.
            out.append(',')
                    .append("\n".repeat(row ? 1 : shape.rank() - 1 - axis))
                    .append(" ".repeat(indent));
            return indent + width;
        }
    }
}
