package luthier.autograd.ops;

final class Placeholder {
    private Placeholder() {}
}
