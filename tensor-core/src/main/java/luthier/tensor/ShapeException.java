package luthier.tensor;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when shapes, axes or indices do not fit an operation. The message's first line is the rule and both shapes; where the operation's
 * rule is known, a line for each operand follows, with the axes marked that break it, and a repair, if one of those that were tried fits.
 *
 * <pre>
 * linear: x must be [.., in] and weight [out, in]; got x [32, 384] and weight [384, 512]; transpose the weight
 *   x [32, &gt;384&lt;] F32
 *   weight [384, &gt;512&lt;] F32
 *   try weight.transpose(0, 1): [512, 384] fits
 * </pre>
 */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Where the line names an axis of the first operand, {@code axis 1 of [2, 3]}. */
    private static final Pattern NAMED_AXIS = Pattern.compile("axis (-?\\d+) of (\\[[^]]*])");

    private final transient ShapeRule rule;
    private final int operandCount;
    private final @Nullable String repair;

    /** Creates the exception with a message of the form {@code operation: rule; got actual; what to do}. */
    public ShapeException(String message) {
        this(message, ShapeRule.ANY, List.of(), Optional.empty());
    }

    /**
     * Creates the exception of operands that break a rule.
     *
     * @param line {@code operation: rule; got actual; what to do}
     * @param repair what to try where no change of the shapes fits
     */
    public ShapeException(String line, ShapeRule rule, List<Operand> operands, Optional<String> repair) {
        super(line + report(line, rule, operands, repair));
        this.rule = rule;
        this.operandCount = operands.size();
        this.repair = repair.orElse(null);
    }

    /** Returns the message's first line. */
    public String line() {
        return String.valueOf(getMessage()).lines().findFirst().orElse("");
    }

    /** Returns the rule that was broken, of the first {@link #operandCount} operands; {@link ShapeRule#ANY} if it is not one of shapes alone. */
    public ShapeRule rule() {
        return rule;
    }

    /** Returns how many operands the rule is about. */
    public int operandCount() {
        return operandCount;
    }

    /** Returns what the operation that found the error says to try where no change of the shapes fits. */
    public Optional<String> repair() {
        return Optional.ofNullable(repair);
    }

    /** Returns the same error with the one operand it is about and a repair. */
    ShapeException of(String name, Tensor operand, Optional<String> found) {
        ShapeException result = new ShapeException(line(), ShapeRule.ANY, List.of(Operand.of(name, operand)), found);
        result.setStackTrace(getStackTrace());
        return result;
    }

    /** Returns the same error in the name of the operation around the one that found it, with its rule and operands. */
    public ShapeException of(String operation, ShapeRule outer, String names, @Nullable Tensor... operands) {
        return of(operation, outer, Operand.of(names, operands));
    }

    ShapeException of(String operation, ShapeRule outer, List<Operand> operands) {
        String line = operation + line().substring(Math.max(0, line().indexOf(':')));
        ShapeException result = new ShapeException(line, outer, operands, repair());
        result.setStackTrace(getStackTrace());
        return result;
    }

    private static String report(String line, ShapeRule rule, List<Operand> operands, Optional<String> repair) {
        Marks marks = rule.marked(operands.stream().map(Operand::shape).toList());
        boolean fits = marks.isEmpty();
        if (fits) {
            markNamed(line, operands, marks);
        }
        Optional<String> tried = fits
                ? repair
                : Repairs.find(line.replaceFirst(":.*", ""), operands, rule).or(() -> repair);
        return Operand.lines(operands, marks, operand -> false)
                + tried.map(found -> "\n  try " + found).orElse("");
    }

    private static void markNamed(String line, List<Operand> operands, Marks marks) {
        Matcher named = NAMED_AXIS.matcher(line);
        if (!operands.isEmpty() && named.find()) {
            int axis = Integer.parseInt(named.group(1));
            Shape shape = operands.getFirst().shape();
            if (named.group(2).equals(shape.toString()) && axis < shape.rank() && axis >= -shape.rank()) {
                marks.axis(0, axis);
            }
        }
    }
}
