package luthier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.tools.DocumentationTool;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation of the exported packages builds without an error or a warning: no dead link, no formula that is broken HTML. */
class JavadocTest {
    private static final List<String> MODULES = List.of("tensor-core", "autograd", "nn", "finetune");

    @TempDir
    Path folder;

    @Test
    void buildsWithoutAWarning() throws Exception {
        List<String> options = new ArrayList<>(List.of(
                "-quiet",
                "--release",
                "25",
                "--add-modules",
                "jdk.incubator.vector",
                "-Xdoclint:all,-missing",
                "-Werror",
                "-Xmaxerrs",
                "500",
                "-Xmaxwarns",
                "500",
                "-d",
                folder.toString(),
                "--module-path",
                annotationsAndVectors(),
                "--module",
                "luthier.tensor,luthier.autograd,luthier.nn,luthier.finetune"));
        for (String module : MODULES) {
            options.add("--module-source-path");
            options.add("luthier." + module.replace("tensor-core", "tensor") + "="
                    + Path.of("..", module, "src/main/java"));
        }
        DocumentationTool javadoc = ToolProvider.getSystemDocumentationTool();
        StringWriter log = new StringWriter();
        try (StandardJavaFileManager files = javadoc.getStandardFileManager(null, null, null)) {
            boolean built =
                    javadoc.getTask(log, files, null, null, options, null).call();
            assertEquals("", log.toString().strip());
            assertTrue(built);
        }
        String page = Files.readString(folder.resolve("luthier.tensor/luthier/tensor/Activation.html"));
        assertTrue(page.contains("P(X &lt;= x)"), "a formula must reach its page whole");
    }

    /** The jars beside the JDK's modules that the sources name: annotations, and JOML's vectors. */
    private static String annotationsAndVectors() {
        String jars = Arrays.stream((System.getProperty("java.class.path")
                                + File.pathSeparator
                                + System.getProperty("jdk.module.path", ""))
                        .split(File.pathSeparator))
                .filter(path -> path.matches(".*[/\\\\](jspecify|joml)-[\\d.]+\\.jar"))
                .reduce("", (list, jar) -> list + File.pathSeparator + jar);
        assertTrue(jars.contains("jspecify"), "jspecify must lie on the path");
        return jars.substring(1);
    }
}
