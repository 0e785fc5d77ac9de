import org.jspecify.annotations.NullMarked;

/** Numbers: dense tensors, their operations on values, kernels, random numbers and file formats. */
@NullMarked
module luthier.tensor {
    requires jdk.incubator.vector;
    requires static org.joml;
    requires static org.jspecify;

    exports luthier.tensor;
    exports luthier.tensor.io;
    exports luthier.tensor.joml;
    exports luthier.tensor.linalg;
}
