package luthier.benchmarks;

import java.util.concurrent.TimeUnit;
import luthier.tensor.Activation;
import luthier.tensor.DType;
import luthier.tensor.Normalization;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Softmax;
import luthier.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Softmax, layer norm and GELU over 512 rows, forward and backward. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RowBenchmark {
    private static final long ROWS = 512;

    /** Elements in a row. */
    @Param({"384", "1536"})
    long width;

    private Tensor x = Tensor.zeros(DType.F32);
    private Tensor dY = x;
    private Tensor weight = x;
    private Tensor bias = x;
    private Tensor softmax = x;
    private Normalization.LayerNorm norm = new Normalization.LayerNorm(x, x, x);

    /** Draws the operands. */
    @Setup
    public void draw() {
        x = Rng.of(1).normal(DType.F32, Shape.of(ROWS, width), 0, 1);
        dY = Rng.of(2).normal(DType.F32, Shape.of(ROWS, width), 0, 1);
        weight = Tensor.ones(DType.F32, width);
        bias = Tensor.zeros(DType.F32, width);
        softmax = Softmax.softmax(x, -1);
        norm = Normalization.layerNorm(x, weight, bias, 1e-12);
    }

    /** Softmax. */
    @Benchmark
    public Tensor softmax() {
        return Softmax.softmax(x, -1);
    }

    /** The derivative of softmax. */
    @Benchmark
    public Tensor softmaxBackward() {
        return Softmax.softmaxBackward(softmax, dY, -1);
    }

    /** Layer norm. */
    @Benchmark
    public Tensor layerNorm() {
        return Normalization.layerNorm(x, weight, bias, 1e-12).y();
    }

    /** The derivative of layer norm. */
    @Benchmark
    public Tensor layerNormBackward() {
        return Normalization.layerNormBackward(x, weight, norm.mean(), norm.rstd(), dY);
    }

    /** GELU. */
    @Benchmark
    public Tensor gelu() {
        return Activation.gelu(x);
    }

    /** The derivative of GELU. */
    @Benchmark
    public Tensor geluBackward() {
        return Activation.geluBackward(x, dY);
    }
}
