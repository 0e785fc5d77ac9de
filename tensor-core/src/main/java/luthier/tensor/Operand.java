package luthier.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * An operand as errors report it, {@code weight [384, >512<] F32}; see {@link ShapeException}.
 *
 * @param name the argument's name
 * @param dtype its type, empty for what is no tensor and has no views, such as a frozen matrix
 * @param tensor whether repairs are written for tensors; else for variables
 * @param origin what is known about where it is from, such as a parameter's path
 */
public record Operand(String name, Shape shape, Optional<DType> dtype, boolean tensor, List<String> origin) {
    private static final int REPORTED = 8;
    /** What indices are called; of them the bounds are reported. */
    private static final Set<String> INDICES = Set.of("index", "target");

    /**
     * Returns a tensor as an operand, {@code index [3] I64, values 1 to 3} if it is one of indices.
     *
     * {@snippet :
     * Operand.of("index", Tensor.of(new long[] {3, 1}, 2)).origin(); // [values 1 to 3]
     * }
     */
    public static Operand of(String name, Tensor t) {
        boolean bounded = INDICES.contains(name) && t.dtype() == DType.I64 && t.elementCount() > 0;
        LongSummaryStatistics values =
                LongStream.of(bounded ? t.toLongArray() : new long[0]).summaryStatistics();
        List<String> origin = bounded ? List.of("values " + values.getMin() + " to " + values.getMax()) : List.of();
        return new Operand(name, t.shape(), Optional.of(t.dtype()), true, origin);
    }

    /**
     * Returns what to try if indices below a size seem to count from 1.
     *
     * {@snippet :
     * Tensor index = Tensor.of(new long[] {3, 1}, 2);
     * Operand.fromOne("index", index, 3).get(); // Elementwise.sub(index, 1): counted from 0 they lie in [0, 3)
     * }
     */
    public static Optional<String> fromOne(String name, Tensor index, long size) {
        LongSummaryStatistics values = LongStream.of(index.toLongArray()).summaryStatistics();
        return values.getMin() >= 1 && values.getMax() == size
                ? Optional.of("Elementwise.sub(" + name + ", 1): counted from 0 they lie in [" + (values.getMin() - 1)
                        + ", " + size + ")")
                : Optional.empty();
    }

    static Operand of(String name, Shape shape) {
        return new Operand(name, shape, Optional.empty(), true, List.of());
    }

    /** Returns the operands by their names, {@code "x, weight, bias"}; one that is not there is left out. */
    static List<Operand> of(String names, @Nullable Tensor... tensors) {
        String[] each = names.split(", ", -1);
        List<Operand> operands = new ArrayList<>();
        for (int i = 0; i < tensors.length; i++) {
            Tensor t = tensors[i];
            if (t != null) {
                operands.add(of(each[i], t));
            }
        }
        return operands;
    }

    /** Returns the operands of a list, {@code parts[0], parts[1] ..}. */
    static List<Operand> of(String name, List<Tensor> parts) {
        List<Operand> operands = new ArrayList<>();
        for (Tensor part : parts) {
            operands.add(of(name + "[" + operands.size() + "]", part));
        }
        return operands;
    }

    /**
     * Returns a line for each operand, with its shape's marks and its type, which is marked where it is strange.
     *
     * {@snippet :
     * Operand x = new Operand("x", Shape.of(3), Optional.of(DType.F32), true, List.of());
     * Operand.lines(List.of(x), ShapeRule.overrun(0).marked(List.of(x.shape())), operand -> false).strip(); // x [>3<] F32
     * }
     */
    public static String lines(List<Operand> operands, Marks marks, Predicate<Operand> strange) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(REPORTED, operands.size()); i++) {
            Operand operand = operands.get(i);
            text.append("\n  ").append(operand.name()).append(' ').append(marks.text(i));
            String around = strange.test(operand) ? " >%s<" : " %s";
            operand.dtype().ifPresent(dtype -> text.append(around.formatted(dtype)));
            operand.origin().forEach(part -> text.append(", ").append(part));
        }
        if (operands.size() > REPORTED) {
            text.append("\n  and ").append(operands.size() - REPORTED).append(" more");
        }
        return text.toString();
    }
}
