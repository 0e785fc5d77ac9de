package luthier.tensor.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * A view of a storage: element {@code [i0, i1, ..]} is the storage's element {@code offset + i0 strides[0] + i1 strides[1] + ..}. All of them
 * lie inside the storage.
 */
record TorchTensor(TorchStorage storage, long offset, Shape shape, long[] strides) implements PickleValue {
    private static final int PIECE = TensorAssembly.UNIT << 20;
    private static final int MAX_RANK = 64;
    private static final int MAX_REPEAT = 16;

    /** Makes the error of a rule that a view breaks. */
    interface Fault {
        ModelFormatException error(String rule);
    }

    /** Checks a view against its storage. */
    static TorchTensor of(TorchStorage storage, long offset, long[] sizes, long[] strides, Fault fault) {
        Optional<String> broken = broken(storage, offset, sizes, strides);
        if (broken.isPresent()) {
            throw fault.error(broken.get() + "; got " + Arrays.toString(sizes) + " with strides "
                    + Arrays.toString(strides) + " at " + offset + " of " + storage.count() + " elements");
        }
        return new TorchTensor(storage, offset, Shape.of(sizes), strides);
    }

    /** Returns the rule that a view breaks, if it breaks one. */
    private static Optional<String> broken(TorchStorage storage, long offset, long[] sizes, long... strides) {
        if (sizes.length > MAX_RANK || sizes.length != strides.length) {
            return Optional.of("a tensor must have at most " + MAX_RANK + " axes, and a stride for each");
        }
        boolean negative = offset < 0;
        boolean empty = false;
        for (int i = 0; i < sizes.length; i++) {
            negative |= sizes[i] < 0 || strides[i] < 0;
            empty |= sizes[i] == 0;
        }
        if (negative) {
            return Optional.of("a tensor's offset, sizes and strides must not be negative");
        }
        try {
            long count = 1;
            long last = offset;
            for (int i = 0; i < sizes.length; i++) {
                // Zeros are left aside: one answer, wherever the zero stands.
                long size = Math.max(sizes[i], 1);
                count = Math.multiplyExact(count, size);
                last = Math.addExact(last, Math.multiplyExact(size - 1, strides[i]));
            }
            if (empty ? offset > storage.count() : last >= storage.count()) {
                return Optional.of("a tensor must lie inside its storage");
            }
            return empty || count <= MAX_REPEAT * storage.count()
                    ? Optional.empty()
                    : Optional.of("a tensor may repeat its storage at most " + MAX_REPEAT + " times");
        } catch (ArithmeticException overflow) {
            return Optional.of("a tensor's sizes and strides must stay below 2^63");
        }
    }

    long bytes() {
        return shape.elementCount() * storage.type().bits() / 8;
    }

    @Override
    public String kind() {
        return "a tensor";
    }

    /** Reads the elements out of the file. */
    Tensor read(MemorySegment file, ByteOrder order, TensorAssembly.Fault fault) {
        long span = shape.elementCount() == 0 ? 0 : 1;
        for (int i = 0; i < strides.length && span > 0; i++) {
            span += (shape.size(i) - 1) * strides[i];
        }
        TensorAssembly assembly = new TensorAssembly(storage.type(), Shape.of(span), fault);
        int width = storage.type().bits() / 8;
        long bytes = span * width;
        long start = storage.data() + offset * width;
        for (long done = 0; done < bytes; done += PIECE) {
            assembly.take(file.asSlice(start + done, Math.min(PIECE, bytes - done))
                    .asByteBuffer()
                    .order(order));
        }
        Tensor flat = assembly.tensor();
        return isRowMajor() ? flat.reshape(shape.toArray()) : gathered(flat, fault);
    }

    private boolean isRowMajor() {
        long expected = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            if (shape.size(i) != 1 && strides[i] != expected) {
                return false;
            }
            expected *= Math.max(shape.size(i), 1);
        }
        return true;
    }

    /** Puts the elements of a view in row-major order, a row of the last axis at a time. */
    private Tensor gathered(Tensor flat, TensorAssembly.Fault fault) {
        if (shape.elementCount() > Integer.MAX_VALUE - 8) {
            throw fault.error(0, "a tensor of " + shape.elementCount() + " elements does not fit a Java array");
        }
        Object from = flat.toArray();
        int count = (int) shape.elementCount();
        int row = (int) shape.size(-1);
        int stride = (int) strides[strides.length - 1];
        Object to = emptied(from, count);
        long[] index = new long[strides.length];
        long at = 0;
        for (int done = 0; done < count; done += row) {
            copy(from, (int) at, stride, to, done, row);
            for (int i = strides.length - 2; i >= 0; i--) {
                at += strides[i];
                if (++index[i] < shape.size(i)) {
                    break;
                }
                at -= strides[i] * index[i];
                index[i] = 0;
            }
        }
        return Tensor.wrap(flat.dtype(), to, shape);
    }

    private static Object emptied(Object like, int n) {
        return switch (like) {
            case double[] _ -> new double[n];
            case float[] _ -> new float[n];
            case long[] _ -> new long[n];
            case int[] _ -> new int[n];
            case short[] _ -> new short[n];
            default -> new byte[n];
        };
    }

    private static void copy(Object from, int at, int stride, Object to, int done, int n) {
        switch (from) {
            case double[] a -> {
                for (int i = 0; i < n; i++) {
                    ((double[]) to)[done + i] = a[at + i * stride];
                }
            }
            case float[] a -> {
                for (int i = 0; i < n; i++) {
                    ((float[]) to)[done + i] = a[at + i * stride];
                }
            }
            case long[] a -> {
                for (int i = 0; i < n; i++) {
                    ((long[]) to)[done + i] = a[at + i * stride];
                }
            }
            case int[] a -> {
                for (int i = 0; i < n; i++) {
                    ((int[]) to)[done + i] = a[at + i * stride];
                }
            }
            case short[] a -> {
                for (int i = 0; i < n; i++) {
                    ((short[]) to)[done + i] = a[at + i * stride];
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    ((byte[]) to)[done + i] = ((byte[]) from)[at + i * stride];
                }
            }
        }
    }
}
