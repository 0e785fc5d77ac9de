package luthier.tensor;

/** Buffers of a thread, which live on from one convolution to the next: zeroing fresh ones costs a tenth of a product. */
final class ConvolutionScratch {
    private static final ThreadLocal<ConvolutionScratch> OF_THREAD = ThreadLocal.withInitial(ConvolutionScratch::new);

    private float[] patches = {};
    private float[] results = {};

    private ConvolutionScratch() {}

    static ConvolutionScratch ofThread() {
        return OF_THREAD.get();
    }

    float[] patches(int length) {
        if (patches.length < length) {
            patches = new float[length];
        }
        return patches;
    }

    float[] results(int length) {
        if (results.length < length) {
            results = new float[length];
        }
        return results;
    }
}
