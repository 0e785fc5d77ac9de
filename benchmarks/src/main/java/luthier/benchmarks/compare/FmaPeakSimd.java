package luthier.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What the processor could do at most: multiply-adds on registers alone, 12 independent chains. */
final class FmaPeakSimd {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int ROUNDS = 2_000_000;
    private static final int REPEATS = 5;

    private FmaPeakSimd() {}

    /** Billions of floating-point operations a second on {@code threads} threads at once; the best of a few short runs. */
    static double gigaflops(int threads) {
        double best = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int repeat = 0; repeat < REPEATS; repeat++) {
                List<Callable<Float>> loops = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    loops.add(() -> loop(ROUNDS));
                }
                long start = System.nanoTime();
                for (Future<Float> done : pool.invokeAll(loops)) {
                    Task.Sink.take(done.get());
                }
                double flops = 2.0 * CHAINS * SPECIES.length() * ROUNDS * threads;
                best = Math.max(best, flops / (System.nanoTime() - start));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        return best;
    }

    private static float loop(int rounds) {
        FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
        FloatVector y = FloatVector.broadcast(SPECIES, 1e-3f);
        FloatVector c0 = y, c1 = y, c2 = y, c3 = y, c4 = y, c5 = y, c6 = y, c7 = y, c8 = y, c9 = y, c10 = y, c11 = y;
        for (int i = 0; i < rounds; i++) {
            c0 = c0.fma(x, y);
            c1 = c1.fma(x, y);
            c2 = c2.fma(x, y);
            c3 = c3.fma(x, y);
            c4 = c4.fma(x, y);
            c5 = c5.fma(x, y);
            c6 = c6.fma(x, y);
            c7 = c7.fma(x, y);
            c8 = c8.fma(x, y);
            c9 = c9.fma(x, y);
            c10 = c10.fma(x, y);
            c11 = c11.fma(x, y);
        }
        FloatVector all = c0.add(c1)
                .add(c2)
                .add(c3)
                .add(c4)
                .add(c5)
                .add(c6)
                .add(c7)
                .add(c8)
                .add(c9)
                .add(c10)
                .add(c11);
        return all.lane(0);
    }
}
