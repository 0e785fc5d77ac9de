package luthier.benchmarks.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import luthier.benchmarks.compare.Contender;
import luthier.benchmarks.compare.Operand;
import luthier.benchmarks.compare.Task;
import luthier.benchmarks.compare.TorchScript;
import luthier.benchmarks.compare.Workload;

/**
 * libtorch through DJL's native library. A row is a TorchScript module whose loop runs inside libtorch, without DJL's arrays
 * around each operation, without autograd.
 */
public final class Libtorch implements Contender {
    private Optional<PtNDManager> root = Optional.empty();

    /** Made by the service loader; loads nothing yet. */
    public Libtorch() {}

    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public String version() {
        return "libtorch " + Engine.getEngine("PyTorch").getVersion() + " through DJL, " + JniUtils.getNumThreads()
                + " threads";
    }

    @Override
    public void start(int threads) {
        if (!(NDManager.newBaseManager(Device.cpu(), "PyTorch") instanceof PtNDManager manager)) {
            throw new IllegalStateException("libtorch: DJL must give its PyTorch engine");
        }
        root = Optional.of(manager);
        // The optimising executor unrolls the loop and computes what does not change once: it would measure itself.
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setNumThreads(threads);
    }

    @Override
    public Optional<Task> prepare(Workload.Prepared workload) {
        return workload.libtorch().map(script -> new Script(root.orElseThrow(), script));
    }

    private static final class Script implements Task {
        private final PtNDManager manager;
        private final PtSymbolBlock module;
        private final List<IValue> operands = new ArrayList<>();

        Script(PtNDManager root, TorchScript script) {
            manager = (PtNDManager) root.newSubManager();
            boolean given = false;
            for (Operand operand : script.operands()) {
                given |= operand.name().equals("out");
                operands.add(IValue.from(array(operand)));
            }
            if (!given) {
                operands.add(IValue.from((PtNDArray) manager.zeros(new Shape())));
            }
            try {
                module = JniUtils.loadModule(
                        manager, new ByteArrayInputStream(ScriptArchive.of(script.source())), false, false);
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        private PtNDArray array(Operand operand) {
            Shape shape = new Shape(operand.shape());
            return (PtNDArray)
                    switch (operand.data()) {
                        case float[] floats -> manager.create(floats, shape);
                        case long[] longs -> manager.create(longs, shape);
                        default ->
                            throw new IllegalArgumentException("operand: must be float[] or long[]; got "
                                    + operand.data().getClass().getSimpleName());
                    };
        }

        @Override
        public void run(int times) {
            call(times).close();
        }

        @Override
        public float[] result() {
            try (IValue value = call(1)) {
                return value.toTensor(manager).toFloatArray();
            }
        }

        private IValue call(int times) {
            try (IValue count = IValue.from((long) times)) {
                List<IValue> all = new ArrayList<>(operands);
                all.add(count);
                return module.forward(all.toArray(IValue[]::new));
            }
        }

        @Override
        public void close() {
            operands.forEach(IValue::close);
            module.close();
            manager.close();
        }
    }
}
