package luthier.tensor;

import org.jspecify.annotations.Nullable;

/** The heap array that a tensor and all its views share, and how often it was written in place. */
final class Storage {
    private @Nullable Object array;
    private int version;
    private @Nullable Packings packings;

    Storage(Object array) {
        this.array = array;
    }

    /**
     * Returns the array.
     *
     * @throws IllegalStateException if it went back to its pool
     */
    Object array() {
        Object present = array;
        if (present == null) {
            throw new IllegalStateException(
                    "tensor: its memory went back to the pool when the pool's scope, or a section of it, ended; got a use"
                            + " after that; copy() or Pool.keep() inside the scope what must live on");
        }
        return present;
    }

    boolean isReleased() {
        return array == null;
    }

    int version() {
        return version;
    }

    /** Returns the packed forms of the matrices that were seen here. */
    Packings packings() {
        Packings present = packings;
        if (present == null) {
            // Two threads may both make one; the forms in the one that is lost are packed again.
            present = new Packings();
            packings = present;
        }
        return present;
    }

    /** Notes that the elements are about to be written. */
    void written() {
        version++;
    }

    /** Lets go of the array: every later look through a tensor is an error. */
    void release() {
        array = null;
    }
}
