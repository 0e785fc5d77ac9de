package luthier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.SnippetTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the snippets of the public Javadoc. A snippet is a few statements; a line {@code expression; // text} or {@code Type name =
 * expression; // text} promises that the value prints as that text.
 *
 * <p>All snippets are compiled into one class, a method for each; what they may use without an import is in {@link #IMPORTS}.
 */
@Tag("slow")
class SnippetTest {
    private static final List<Path> SOURCES = Stream.of("tensor-core", "autograd", "nn", "finetune")
            .map(module -> Path.of("..", module, "src/main/java"))
            .toList();
    private static final String IMPORTS = """
            import java.nio.file.*;
            import java.time.LocalDateTime;
            import java.util.*;
            import java.util.function.*;
            import luthier.tensor.*;
            import luthier.tensor.Padding;
            import luthier.tensor.io.*;
            import luthier.tensor.linalg.*;
            import luthier.autograd.*;
            import luthier.autograd.Checkpoint;
            import luthier.autograd.ops.*;
            import luthier.autograd.scalar.*;
            import luthier.autograd.view.*;
            import luthier.nn.*;
            import luthier.nn.chat.*;
            import luthier.nn.data.*;
            import luthier.nn.generate.*;
            import luthier.nn.init.*;
            import luthier.nn.layers.*;
            import luthier.nn.models.*;
            import luthier.nn.models.llama.*;
            import luthier.nn.text.*;
            import luthier.finetune.*;
            import luthier.finetune.lora.*;
            import luthier.finetune.method.*;
            import luthier.finetune.task.*;
            import luthier.finetune.train.*;
            """;
    private static final Pattern PROMISE = Pattern.compile("(?s)(.*?);\\s*//\\s*(.*)");
    private static final Pattern DECLARATION = Pattern.compile(
            "(?s)(?:[A-Z][\\w.]*(?:<[^=]*>)?(?:\\[])*|var|int|long|double|float|boolean|byte)(?:\\[])*\\s+(\\w+)\\s*=.*");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> snippetsPrintWhatTheyPromise() throws Exception {
        Map<String, String> snippets = snippets();
        assertFalse(snippets.isEmpty(), "there must be snippets");
        StringBuilder source = new StringBuilder(IMPORTS)
                .append("public final class Snippets {\n")
                .append(
                        "static void check(String expected, Object value) { if (!expected.equals(String.valueOf(value)))")
                .append(" throw new AssertionError(\"must print \" + expected + \"; got \" + value); }\n");
        List<String> names = new ArrayList<>(snippets.keySet());
        for (int i = 0; i < names.size(); i++) {
            source.append("public static void run")
                    .append(i)
                    .append("() throws Exception { // ")
                    .append(names.get(i))
                    .append('\n')
                    .append(statements(snippets.get(names.get(i))))
                    .append("}\n");
        }
        compile(source.append("}\n").toString());
        URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, SnippetTest.class.getClassLoader());
        Class<?> compiled = loader.loadClass("Snippets");
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Method method = compiled.getMethod("run" + i);
            tests.add(DynamicTest.dynamicTest(names.get(i), () -> {
                try {
                    method.invoke(null);
                } catch (java.lang.reflect.InvocationTargetException e) {
                    throw e.getCause();
                }
            }));
        }
        return tests.stream();
    }

    /** A snippet of its own or a call in the snippet of its class. */
    @Test
    void everyOperationOnValuesHasOne() throws IOException {
        Set<String> without = new TreeSet<>();
        List<Path> list = sources(List.of(Path.of("../tensor-core/src/main/java/luthier/tensor")));
        try (StandardJavaFileManager files = compiler().getStandardFileManager(null, null, null)) {
            for (CompilationUnitTree unit : parse(files, list).units()) {
                if (unit.getPackageName().toString().matches("luthier\\.tensor(\\.linalg)?")) {
                    new Operations(without).scan(unit, null);
                }
            }
        }
        assertTrue(without.size() > 200, without.toString());
        Map<String, String> snippets = snippets();
        without.removeIf(operation -> {
            String type = operation.replaceAll("\\..*", "");
            String call = "." + operation.replaceAll(".*\\.", "") + "(";
            return snippets.containsKey(operation)
                    || snippets.getOrDefault(type, "").contains(call);
        });
        assertEquals(Set.of(), without);
    }

    /** A program in a comment that nothing runs is wrong one day: {@code <pre>} is for tables and commands. */
    @Test
    void everyProgramIsASnippet() throws IOException {
        List<String> programs = new ArrayList<>();
        for (Path path : sources(SOURCES)) {
            if (Files.readString(path).contains("<pre>{@code")) {
                programs.add(path.toString());
            }
        }
        assertEquals(List.of(), programs, "write them as {@snippet :}");
    }

    /** Returns the statements of a snippet, each promise as a check behind its line. */
    private static String statements(String body) {
        StringBuilder result = new StringBuilder();
        StringBuilder statement = new StringBuilder();
        for (String line : body.lines().toList()) {
            if (line.isBlank() || line.strip().startsWith("//")) {
                continue;
            }
            statement.append(line).append('\n');
            Matcher promise = PROMISE.matcher(statement.toString().strip());
            if (promise.matches()) {
                String code = promise.group(1).strip();
                String text =
                        '"' + promise.group(2).strip().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
                Matcher declaration = DECLARATION.matcher(code);
                result.append(
                        declaration.matches()
                                ? code + ";\ncheck(" + text + ", " + declaration.group(1) + ");\n"
                                : "check(" + text + ", " + code + ");\n");
                statement.setLength(0);
            } else if (line.strip().endsWith(";")
                    || line.strip().endsWith("}")
                    || line.strip().endsWith("{")) {
                result.append(statement);
                statement.setLength(0);
            }
        }
        return result.append(statement).toString();
    }

    private void compile(String source) throws IOException {
        StringWriter messages = new StringWriter();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        boolean compiled = compiler()
                .getTask(
                        messages,
                        null,
                        null,
                        List.of("-d", folder.toString(), "-cp", classPath, "-proc:none"),
                        null,
                        List.of(
                                new SimpleJavaFileObject(
                                        URI.create("string:///Snippets.java"), JavaFileObject.Kind.SOURCE) {
                                    @Override
                                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                                        return source;
                                    }
                                }))
                .call();
        assertTrue(compiled, messages + "\n" + source);
    }

    private static JavaCompiler compiler() {
        return ToolProvider.getSystemJavaCompiler();
    }

    /** Returns the snippets of all public methods and classes by place, {@code Class.method} or {@code Class}. */
    private static Map<String, String> snippets() throws IOException {
        Map<String, String> result = new LinkedHashMap<>();
        try (StandardJavaFileManager files = compiler().getStandardFileManager(null, null, null)) {
            Parsed parsed = parse(files, sources(SOURCES));
            for (CompilationUnitTree unit : parsed.units()) {
                new Collector(parsed.trees(), result).scan(unit, null);
            }
        }
        return result;
    }

    private static List<Path> sources(List<Path> folders) throws IOException {
        List<Path> list = new ArrayList<>();
        for (Path folder : folders) {
            try (Stream<Path> sources = Files.walk(folder)) {
                sources.filter(path -> path.toString().endsWith(".java"))
                        .sorted()
                        .forEach(list::add);
            }
        }
        return list;
    }

    private record Parsed(DocTrees trees, Iterable<? extends CompilationUnitTree> units) {}

    private static Parsed parse(StandardJavaFileManager files, List<Path> list) throws IOException {
        JavacTask task = (JavacTask) compiler()
                .getTask(null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(list));
        return new Parsed(DocTrees.instance(task), task.parse());
    }

    /** Collects what must have a snippet: public static methods of public classes and all methods of the two central classes. */
    private static final class Operations extends TreePathScanner<Void, Void> {
        private static final Set<String> CENTRAL = Set.of("Tensor", "Rng");

        private final Set<String> result;

        Operations(Set<String> result) {
            this.result = result;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            TreePath parent = getCurrentPath().getParentPath();
            Set<Modifier> flags = method.getModifiers().getFlags();
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
            if (parent.getLeaf() instanceof ClassTree type
                    && parent.getParentPath().getLeaf() instanceof CompilationUnitTree
                    && type.getModifiers().getFlags().contains(Modifier.PUBLIC)
                    && flags.contains(Modifier.PUBLIC)
                    && method.getReturnType() != null
                    && !overrides
                    && (flags.contains(Modifier.STATIC)
                            || CENTRAL.contains(type.getSimpleName().toString()))) {
                result.add(type.getSimpleName() + "." + method.getName());
            }
            return super.visitMethod(method, unused);
        }
    }

    private static final class Collector extends TreePathScanner<Void, Void> {
        private final DocTrees trees;
        private final Map<String, String> result;

        Collector(DocTrees trees, Map<String, String> result) {
            this.trees = trees;
            this.result = result;
        }

        @Override
        public Void visitPackage(PackageTree unit, Void unused) {
            collect(getCurrentPath(), unit.getPackageName().toString());
            return super.visitPackage(unit, unused);
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            collect(getCurrentPath(), type.getSimpleName().toString());
            return super.visitClass(type, unused);
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            if (method.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                ClassTree type = (ClassTree) getCurrentPath().getParentPath().getLeaf();
                collect(getCurrentPath(), type.getSimpleName() + "." + method.getName());
            }
            return super.visitMethod(method, unused);
        }

        private void collect(TreePath path, String place) {
            DocCommentTree comment = trees.getDocCommentTree(path);
            if (comment == null) {
                return;
            }
            for (DocTree part : comment.getFullBody()) {
                if (part instanceof SnippetTree snippet && snippet.getBody() != null) {
                    String name = place;
                    for (int i = 2; result.containsKey(name); i++) {
                        name = place + " " + i;
                    }
                    result.put(name, snippet.getBody().getBody());
                }
            }
        }
    }
}
