package luthier.benchmarks;

import java.util.concurrent.TimeUnit;
import luthier.tensor.DType;
import luthier.tensor.Matmul;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Products as a transformer needs them: forward (X W^T), the input's gradient (dY W) and the weight's (dY^T X). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MatmulBenchmark {
    /** Rows x outputs x inputs. */
    @Param({"512x384x384", "512x1536x384", "512x384x1536", "512x512x512"})
    String shape = "";

    private Tensor x = Tensor.zeros(DType.F32);
    private Tensor weight = x;
    private Tensor dY = x;

    /** Draws the operands. */
    @Setup
    public void draw() {
        String[] sizes = shape.split("x", 3);
        long rows = Long.parseLong(sizes[0]);
        long outputs = Long.parseLong(sizes[1]);
        long inputs = Long.parseLong(sizes[2]);
        Rng rng = Rng.of(1);
        x = rng.split("x").normal(DType.F32, Shape.of(rows, inputs), 0, 1);
        weight = rng.split("weight").normal(DType.F32, Shape.of(outputs, inputs), 0, 1);
        dY = rng.split("dY").normal(DType.F32, Shape.of(rows, outputs), 0, 1);
    }

    /** Y = X W^T. */
    @Benchmark
    public Tensor forward() {
        return Matmul.linear(x, weight);
    }

    /** dX = dY W. */
    @Benchmark
    public Tensor inputGradient() {
        return Matmul.matmul(dY, weight);
    }

    /** dW = dY^T X. */
    @Benchmark
    public Tensor weightGradient() {
        return Matmul.matmul(dY.transpose(0, 1), x);
    }
}
