package luthier.nn;

final class Placeholder {
    private Placeholder() {}
}
