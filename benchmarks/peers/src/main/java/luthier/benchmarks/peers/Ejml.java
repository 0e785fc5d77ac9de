package luthier.benchmarks.peers;

import java.util.Optional;
import luthier.benchmarks.compare.Contender;
import luthier.benchmarks.compare.Product;
import luthier.benchmarks.compare.Task;
import luthier.benchmarks.compare.Workload;
import org.ejml.EjmlVersion;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;

/** EJML, pure Java without the Vector API; it writes into a result that lies ready. */
public final class Ejml implements Contender {
    /** A larger product takes seconds. */
    private static final double LIMIT = 2.2e9;

    private boolean many;

    /** Made by the service loader. */
    public Ejml() {}

    @Override
    public String name() {
        return "ejml";
    }

    @Override
    public String version() {
        return "EJML " + EjmlVersion.VERSION + (many ? ", its concurrent operations" : "");
    }

    @Override
    public void start(int threads) {
        many = threads > 1;
        EjmlConcurrency.setMaxThreads(threads);
    }

    @Override
    public Optional<Task> prepare(Workload.Prepared workload) {
        return workload.product()
                .filter(product -> product.batch() == 1 && product.flops() <= LIMIT)
                .map(this::task);
    }

    private Task task(Product product) {
        boolean ta = product.transposeA();
        boolean tb = product.transposeB();
        int m = product.m();
        int n = product.n();
        int k = product.k();
        FMatrixRMaj a = FMatrixRMaj.wrap(ta ? k : m, ta ? m : k, product.a());
        FMatrixRMaj b = FMatrixRMaj.wrap(tb ? n : k, tb ? k : n, product.b());
        FMatrixRMaj c = new FMatrixRMaj(m, n);
        Runnable multiply;
        if (many) {
            multiply = ta
                    ? () -> CommonOps_MT_FDRM.multTransA(a, b, c)
                    : tb ? () -> CommonOps_MT_FDRM.multTransB(a, b, c) : () -> CommonOps_MT_FDRM.mult(a, b, c);
        } else {
            multiply = ta
                    ? () -> CommonOps_FDRM.multTransA(a, b, c)
                    : tb ? () -> CommonOps_FDRM.multTransB(a, b, c) : () -> CommonOps_FDRM.mult(a, b, c);
        }
        return Task.into(c.getData(), multiply);
    }
}
