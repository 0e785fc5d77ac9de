package luthier.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class WorkloadsTest {
    @Test
    void namesAreUnique() {
        List<String> names = Workloads.all().stream().map(Workload::name).toList();
        assertEquals(names.size(), names.stream().distinct().count());
    }

    @Test
    void aQuickRowRunsInProcess() {
        Workload.Prepared add = Workloads.named("add 8").prepare().get();
        Task task = new Luthier().prepare(add).orElseThrow();
        task.run(3);
        TorchScript script = add.libtorch().orElseThrow();
        float[] a = (float[]) script.operands().get(0).data();
        float[] b = (float[]) script.operands().get(1).data();
        float[] expected = new float[8];
        for (int i = 0; i < 8; i++) {
            expected[i] = a[i] + b[i];
        }
        assertArrayEquals(expected, task.result());
    }

    @Test
    void writingIntoAnArrayGivesWhatTheOperationGives() {
        for (String name : List.of("exp 4K", "gelu 4K", "add 4K", "softmax 4K", "layerNorm 4K")) {
            float[] fresh = Workloads.named(name).prepare().get().luthier().result();
            float[] into =
                    Workloads.named(name + " into").prepare().get().luthier().result();
            assertArrayEquals(fresh, into, name);
        }
    }

    @Test
    void aPooledResultIsWhatAFreshOneIs() {
        for (String name : List.of("exp 256K", "layerNorm 256K", "embedding 256K")) {
            float[] fresh = Workloads.named(name).prepare().get().luthier().result();
            Task pooled = Workloads.named(name + " pooled").prepare().get().luthier();
            pooled.run(2);
            assertArrayEquals(fresh, pooled.result(), name);
        }
        assertEquals(List.of(Memory.FRESH), Memory.of(8));
    }

    @Test
    void theGradientOfTheChainIsTheChainFromOne() {
        String name = "chain of 100 mul of 16, taped and backward (libtorch: untaped)";
        Workload.Prepared chain = Workloads.named(name).prepare().get();
        float[] w = (float[]) chain.libtorch().orElseThrow().operands().get(1).data();
        float[] expected = new float[w.length];
        Arrays.fill(expected, 1);
        for (int node = 0; node < 100; node++) {
            for (int i = 0; i < w.length; i++) {
                expected[i] *= w[i];
            }
        }
        assertArrayEquals(expected, chain.luthier().result());
    }

    @Test
    void aScriptLoopsInsideLibtorch() {
        TorchScript script = TorchScript.of("out = torch.exp(x)", new Operand("x", new float[2], 2));
        assertTrue(script.source().endsWith("""
                  def forward(self: __torch__.M, x: Tensor, out: Tensor, n: int) -> Tensor:
                    for i in range(n):
                      out = torch.exp(x)
                    return out
                """));
    }

    @Test
    void differencesAreRelativeToTheLargestNumber() {
        assertEquals(0.5, ContenderMain.difference(new float[] {1, 4}, new float[] {3, 4}));
        assertEquals(Double.POSITIVE_INFINITY, ContenderMain.difference(new float[1], new float[2]));
        assertEquals(Double.NaN, ContenderMain.difference(new float[] {1}, new float[] {Float.NaN}));
    }
}
