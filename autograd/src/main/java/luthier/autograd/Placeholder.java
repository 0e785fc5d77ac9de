package luthier.autograd;

final class Placeholder {
    private Placeholder() {}
}
