package luthier;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import luthier.autograd.Variable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps the house in order: which module and package may know which. */
class ArchitectureTest {
    private static final List<String> MODULES = List.of(
            "luthier.tensor",
            "luthier.autograd",
            "luthier.nn",
            "luthier.finetune",
            "luthier.app",
            "luthier.benchmarks");
    private static JavaClasses all;

    @BeforeAll
    static void importAll() {
        all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("luthier");
    }

    @Test
    void everyModuleIsSeen() {
        for (String module : MODULES) {
            long seen = all.stream()
                    .filter(type -> type.getPackageName().startsWith(module))
                    .count();
            assertTrue(seen > 5, module + " must be covered; classes seen: " + seen);
        }
    }

    @Test
    void importsPointDown() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("app")
                .definedBy("luthier.app..")
                .layer("benchmarks")
                .definedBy("luthier.benchmarks..")
                .layer("finetune")
                .definedBy("luthier.finetune..")
                .layer("nn")
                .definedBy("luthier.nn..")
                .layer("autograd")
                .definedBy("luthier.autograd..")
                .layer("tensor")
                .definedBy("luthier.tensor..")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("benchmarks")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("finetune")
                .mayOnlyBeAccessedByLayers("app", "benchmarks")
                .whereLayer("nn")
                .mayOnlyBeAccessedByLayers("finetune", "app", "benchmarks")
                .whereLayer("autograd")
                .mayOnlyBeAccessedByLayers("nn", "finetune", "app", "benchmarks")
                .because("a reader of one floor need not know those above it")
                .check(all);
    }

    @Test
    void packagesOfTheUpperModulesAreFreeOfCycles() {
        for (String module : List.of("luthier.nn", "luthier.finetune")) {
            slices().matching(module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .because("rooms that need each other are one room")
                    .check(all);
        }
    }

    private static final String[] METHODS = {
        "luthier.finetune.freeze..", "luthier.finetune.lora..", "luthier.finetune.reft..", "luthier.finetune.scale.."
    };

    @Test
    void aMethodKnowsTheContractAlone() {
        for (String method : METHODS) {
            noClasses()
                    .that(resideInAPackage(method))
                    .should()
                    .dependOnClassesThat(resideInAPackage("luthier.finetune..")
                            .and(resideInAPackage(method).negate())
                            .and(resideInAPackage("luthier.finetune.method..").negate()))
                    .because("a method is one room, taken away without a trace in any other")
                    .check(all);
        }
    }

    @Test
    void onlyTheDoorsKnowMethodsByName() {
        noClasses()
                .that(resideInAPackage("luthier..")
                        .and(resideInAPackage("luthier.finetune").negate())
                        .and(resideInAnyPackage(METHODS).negate()))
                .should()
                .dependOnClassesThat(resideInAnyPackage(METHODS))
                .because("files, training and the command line know what a method declares of itself")
                .check(all);
    }

    @Test
    void theContractAndTheFilesOfAdaptersKnowNoDoor() {
        noClasses()
                .that(resideInAnyPackage(
                        "luthier.finetune.method..",
                        "luthier.finetune.io..",
                        "luthier.finetune.task..",
                        "luthier.finetune.train..",
                        "luthier.finetune.weights.."))
                .should()
                .dependOnClassesThat(resideInAPackage("luthier.finetune"))
                .because("the doors open onto the rooms, and no room onto a door")
                .check(all);
    }

    @Test
    void picturesLookDownOnTheTape() {
        noClasses()
                .that(resideInAPackage("luthier.autograd..")
                        .and(resideInAPackage("luthier.autograd.view..").negate())
                        .and(not(equivalentTo(Variable.class))))
                .should()
                .dependOnClassesThat(resideInAPackage("luthier.autograd.view.."))
                .because("the tape does not know its pictures, but for the everyday door Variable.explain()")
                .check(all);
    }

    @Test
    void dataKnowNothingOfLayers() {
        noClasses()
                .that(resideInAPackage("luthier.nn.data.."))
                .should()
                .dependOnClassesThat(resideInAPackage("luthier.nn..")
                        .and(resideInAPackage("luthier.nn.data..").negate()))
                .because("rows, splits and batches serve any model")
                .check(all);
    }

    @Test
    void kernelsSeeOnlyTheJdk() {
        noClasses()
                .that(resideInAPackage("luthier.tensor.kernel.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("luthier..")
                        .and(resideInAPackage("luthier.tensor.kernel..").negate()))
                .because("a kernel is arrays, offsets and lengths")
                .check(all);
    }

    @Test
    void decompositionsStandOnTensors() {
        noClasses()
                .that()
                .resideInAPackage("luthier.tensor")
                .should()
                .dependOnClassesThat(resideInAPackage("luthier.tensor.linalg"))
                .because("decompositions are built from tensors, without a look into their storage")
                .check(all);
    }

    @Test
    void vectorCodeStaysInSimdClasses() {
        classes()
                .that(nameMatching("luthier\\..*"))
                .and()
                .haveNameNotMatching(".*(Simd|\\.Kernels)(\\$.*)?")
                .should(notDependOnTheVectorApi())
                .because(
                        "without the incubator module every other class must still load, and Kernels, which asks how wide vectors are, asks last")
                .check(all);
    }

    private static ArchCondition<JavaClass> notDependOnTheVectorApi() {
        return new ArchCondition<>("not depend on jdk.incubator.vector") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getDirectDependenciesFromSelf().stream()
                        .filter(d -> d.getTargetClass().getPackageName().startsWith("jdk.incubator.vector"))
                        .forEach(d -> events.add(SimpleConditionEvent.violated(type, d.getDescription())));
            }
        };
    }

    @Test
    void kernelsComputeTheirOwnTranscendentalFunctions() {
        classes()
                .that()
                .resideInAPackage("luthier.tensor..")
                .should(notCallPlatformDependentMath())
                .because("Math.exp and lanewise(EXP) give other bits on other machines and in other JIT states")
                .check(all);
    }

    private static ArchCondition<JavaClass> notCallPlatformDependentMath() {
        List<String> banned =
                List.of("exp", "log", "log10", "log1p", "expm1", "pow", "sin", "cos", "tan", "tanh", "sinh", "cosh");
        return new ArchCondition<>("not call Math's transcendental functions or order-dependent lane reductions") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
                    boolean math = call.getTargetOwner().isEquivalentTo(Math.class) && banned.contains(call.getName());
                    // Whole numbers give the same in any order.
                    boolean lanes = call.getName().equals("reduceLanes")
                            && List.of("FloatVector", "DoubleVector")
                                    .contains(call.getTargetOwner().getSimpleName());
                    if (math || lanes) {
                        events.add(SimpleConditionEvent.violated(type, call.getDescription()));
                    }
                }
            }
        };
    }
}
