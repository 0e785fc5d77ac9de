package luthier.benchmarks.compare;

import java.util.List;

/**
 * An operation as libtorch is to do it. The body runs in a loop inside libtorch, so that a turn costs one call from Java and no
 * wrapper of another project is measured. It assigns the tensor {@code out}; to write without allocation it names {@code out=out}.
 *
 * @param operands the tensors that the body names, in order; one may be called {@code out}
 * @param body a line of TorchScript
 */
public record TorchScript(List<Operand> operands, String body) {
    /** The operation {@code body} on the operands. */
    public static TorchScript of(String body, Operand... operands) {
        return new TorchScript(List.of(operands), body);
    }

    /** The module's source in the serialised dialect of TorchScript: a method {@code forward(operands..., n)}. */
    public String source() {
        StringBuilder source = new StringBuilder(
                "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n  def forward(self: __torch__.M");
        boolean given = false;
        for (Operand operand : operands) {
            source.append(", ").append(operand.name()).append(": Tensor");
            given |= operand.name().equals("out");
        }
        if (!given) {
            source.append(", out: Tensor");
        }
        source.append(", n: int) -> Tensor:\n    for i in range(n):\n");
        body.lines().forEach(line -> source.append("      ").append(line).append('\n'));
        return source.append("    return out\n").toString();
    }
}
