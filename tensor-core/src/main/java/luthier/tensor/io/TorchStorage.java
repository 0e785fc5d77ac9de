package luthier.tensor.io;

/** The numbers behind one or several tensors, an entry of the zip; its bytes begin at {@code data} in the file. */
record TorchStorage(String key, StoredType type, long count, long data) implements PickleValue {
    @Override
    public String kind() {
        return "a storage";
    }
}
