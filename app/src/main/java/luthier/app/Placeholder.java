package luthier.app;

final class Placeholder {
    private Placeholder() {}
}
