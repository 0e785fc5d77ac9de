package luthier.benchmarks.peers;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.blas_get_num_threads;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas.cblas_sgemv;

import java.util.Optional;
import luthier.benchmarks.compare.Contender;
import luthier.benchmarks.compare.Product;
import luthier.benchmarks.compare.Task;
import luthier.benchmarks.compare.Workload;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/** OpenBLAS, on operands outside the heap; it writes into a result that lies ready. A single row goes to its GEMV. */
public final class OpenBlas implements Contender {
    private static final String VERSION = "0.3.31";

    /** Made by the service loader; loads nothing yet. */
    public OpenBlas() {}

    @Override
    public String name() {
        return "openblas";
    }

    @Override
    public String version() {
        return "OpenBLAS " + VERSION + ", " + blas_get_num_threads() + " threads";
    }

    @Override
    public void start(int threads) {
        Loader.load(openblas.class);
        blas_set_num_threads(threads);
    }

    @Override
    public Optional<Task> prepare(Workload.Prepared workload) {
        return workload.product().map(Sgemm::new);
    }

    private static final class Sgemm implements Task {
        private final Product product;
        private final FloatPointer a;
        private final FloatPointer b;
        private final FloatPointer c;

        Sgemm(Product product) {
            this.product = product;
            a = new FloatPointer(product.a());
            b = new FloatPointer(product.b());
            c = new FloatPointer((long) product.batch() * product.m() * product.n());
        }

        @Override
        public void run(int times) {
            int m = product.m();
            int n = product.n();
            int k = product.k();
            for (int i = 0; i < times; i++) {
                if (m == 1 && product.batch() == 1) {
                    gemv(n, k);
                    continue;
                }
                for (long p = 0; p < product.batch(); p++) {
                    cblas_sgemm(
                            CblasRowMajor,
                            product.transposeA() ? CblasTrans : CblasNoTrans,
                            product.transposeB() ? CblasTrans : CblasNoTrans,
                            m,
                            n,
                            k,
                            1,
                            a.position(p * m * k),
                            product.transposeA() ? m : k,
                            b.position(p * n * k),
                            product.transposeB() ? k : n,
                            0,
                            c.position(p * m * n),
                            n);
                }
            }
        }

        private void gemv(int n, int k) {
            boolean t = product.transposeB();
            cblas_sgemv(
                    CblasRowMajor,
                    t ? CblasNoTrans : CblasTrans,
                    t ? n : k,
                    t ? k : n,
                    1,
                    b.position(0),
                    t ? k : n,
                    a.position(0),
                    1,
                    0,
                    c.position(0),
                    1);
        }

        @Override
        public float[] result() {
            run(1);
            float[] result = new float[product.batch() * product.m() * product.n()];
            c.position(0).get(result);
            return result;
        }

        @Override
        public void close() {
            a.position(0).close();
            b.position(0).close();
            c.position(0).close();
        }
    }
}
