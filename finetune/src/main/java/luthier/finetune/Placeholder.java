package luthier.finetune;

final class Placeholder {
    private Placeholder() {}
}
