import org.jspecify.annotations.NullMarked;

/** The command line: picocli, progress, report pages. */
@NullMarked
module luthier.app {
    requires luthier.finetune;
    requires info.picocli;
    requires java.management;
    requires org.snakeyaml.engine;
    requires static org.jspecify;

    opens luthier.app to
            info.picocli;
}
