package luthier.tensor;

/**
 * Tensors {@code [.., height, width]} as planes of doubles: what pools and resizes compute in, so that one loop serves F32 and F64
 * and sums of F32 lose nothing before the last rounding.
 */
record Planes(Tensor x, int count, int height, int width) {
    /** Views x as planes, or throws in the name of an operation. */
    static Planes of(String name, Tensor x) {
        Require.floating(name, x);
        ShapeRule.planes(2).require(() -> name + ": x must be [.., height, width]; got " + x.shape(), "x", x);
        if (x.size(-1) == 0 || x.size(-2) == 0) {
            throw Require.broken(name + ": height and width must not be empty; got " + x.shape(), x);
        }
        int plane = Shape.of(x.size(-2), x.size(-1)).arrayLength(name);
        return new Planes(x.contiguous(), (int) (x.elementCount() / plane), (int) x.size(-2), (int) x.size(-1));
    }

    /** Returns the shape with other last axes. */
    Shape with(long height, long width) {
        long[] sizes = x.shape().toArray();
        sizes[sizes.length - 2] = height;
        sizes[sizes.length - 1] = width;
        return Shape.of(sizes);
    }

    int size() {
        return height * width;
    }

    /** Copies one plane. */
    void read(int plane, double[] to) {
        int at = x.offset() + plane * size();
        if (x.dtype() == DType.F64) {
            System.arraycopy(x.doubles(), at, to, 0, size());
            return;
        }
        float[] from = x.floats();
        for (int i = 0; i < size(); i++) {
            to[i] = from[at + i];
        }
    }

    /** Rounds one plane into a contiguous tensor. */
    static void write(double[] from, Tensor to, int plane) {
        int at = plane * from.length;
        if (to.dtype() == DType.F64) {
            System.arraycopy(from, 0, to.doubles(), at, from.length);
            return;
        }
        float[] floats = to.floats();
        for (int i = 0; i < from.length; i++) {
            floats[at + i] = (float) from[i];
        }
    }

    /** The body of {@link #map}. */
    interface Body {
        void apply(double[] in, double[] out, int plane);
    }

    /** Returns planes of another size, each made from its own; {@code out} starts as zeros. */
    Tensor map(int outHeight, int outWidth, int workPerElement, Body body) {
        Tensor result = Tensor.zeros(x.dtype(), with(outHeight, outWidth));
        int work = (int) Math.min(Integer.MAX_VALUE, (long) workPerElement * Math.max(size(), outHeight * outWidth));
        Reduction.forRows(count, work, plane -> {
            double[] in = new double[size()];
            double[] out = new double[outHeight * outWidth];
            read(plane, in);
            body.apply(in, out, plane);
            write(out, result, plane);
        });
        return result;
    }
}
