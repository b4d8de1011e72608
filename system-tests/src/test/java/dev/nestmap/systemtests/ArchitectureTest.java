package dev.nestmap.systemtests;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethod;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The arrows between modules and packages that docs/ARCHITECTURE.md draws. */
class ArchitectureTest {
    private static final String LIBBPF = "dev.nestmap.agent.libbpf..";

    /** A module: its folder and its root package. */
    enum Module {
        MODEL("model", "dev.nestmap.model"), PROTO("proto", "dev.nestmap.proto"), CLIENT("client",
                "dev.nestmap.client"), SERVER("server", "dev.nestmap.server"), AGENT("kernel-agent",
                        "dev.nestmap.agent"), CLI("cli", "dev.nestmap.cli");

        private final String folder;
        private final String rootPackage;

        Module(String folder, String rootPackage) {
            this.folder = folder;
            this.rootPackage = rootPackage;
        }

        Set<Module> mayKnow() {
            return switch (this) {
                case MODEL, PROTO -> Set.of();
                case CLIENT -> Set.of(MODEL, PROTO);
                case SERVER, AGENT -> Set.of(CLIENT, MODEL, PROTO);
                case CLI -> Set.of(SERVER, AGENT, CLIENT, MODEL, PROTO);
            };
        }

        String packages() {
            return rootPackage + "..";
        }

        /** A rule may only be without a class to look at as long as there is no source. */
        boolean isNotBuiltYet() {
            Path sources = Path.of("..", folder, "src", "main");
            if (!Files.isDirectory(sources)) {
                return true;
            }
            try (Stream<Path> files = Files.walk(sources)) {
                return files.noneMatch(file -> file.toString().endsWith(".java")
                        || file.toString().endsWith(".proto"));
            } catch (IOException e) {
                throw new UncheckedIOException("list " + sources, e);
            }
        }
    }

    private static JavaClasses everything;

    @BeforeAll
    static void readAllClasses() {
        everything = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("dev.nestmap");
    }

    @ParameterizedTest
    @EnumSource
    void aModuleKnowsOnlyTheModulesBelowIt(Module module) {
        String[] others = Arrays.stream(Module.values())
                .filter(other -> other != module)
                .filter(other -> !module.mayKnow().contains(other))
                .map(Module::packages)
                .toArray(String[]::new);
        if (others.length > 0) {
            check(module,
                    noClasses().that()
                            .resideInAPackage(module.packages())
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(others));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PROTO")
    void thePackagesOfAModuleHaveNoCycles(Module module) {
        check(module, slices().assignedFrom(packagesOf(module)).should().beFreeOfCycles());
    }

    @ParameterizedTest
    @EnumSource
    void everyClassOfAModuleLiesInItsPackage(Module module) {
        // Classes may come from the module's folder of classes or from its jar: both lie below it.
        // The one is written file:///path, the other jar:file:/path.
        String origin = Path.of("..", module.folder, "target").toAbsolutePath().normalize() + "/";
        check(module, classes().that(describe("come from " + origin,
                (JavaClass type) -> type.getSource()
                        .orElseThrow()
                        .getUri()
                        .toString()
                        .contains(origin)))
                .should()
                .resideInAPackage(module.packages()));
    }

    @Test
    void theModelDependsOnNothing() {
        check(Module.MODEL, classes().that()
                .resideInAPackage(Module.MODEL.packages())
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", Module.MODEL.packages()));
    }

    @Test
    void theModelHasNoClockNoRandomnessNoThreadsAndNoFiles() {
        check(Module.MODEL,
                noClasses().that()
                        .resideInAPackage(Module.MODEL.packages())
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.io..", "java.net..", "java.nio.file..",
                                "java.nio.channels..",
                                "java.time..", "java.util.concurrent..", "java.util.random..",
                                "java.util.logging..")
                        .orShould()
                        .dependOnClassesThat()
                        .belongToAnyOf(Thread.class, Random.class)
                        .orShould(callMethod(System.class, "nanoTime"))
                        .orShould(callMethod(System.class, "currentTimeMillis"))
                        .orShould(callMethod(Math.class, "random")));
    }

    @Test
    void theServerKnowsTheWireFormsOfTheClientAndNoMoreOfIt() {
        check(Module.SERVER,
                noClasses().that()
                        .resideInAPackage(Module.SERVER.packages())
                        .should()
                        .dependOnClassesThat(resideInAPackage(Module.CLIENT.packages())
                                .and(not(resideInAPackage("dev.nestmap.client.wire..")))));
    }

    @Test
    void theAgentKnowsNoTypedValuesAndNoCachesOfTheClient() {
        check(Module.AGENT,
                noClasses().that()
                        .resideInAPackage(Module.AGENT.packages())
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("dev.nestmap.client.cache..",
                                "dev.nestmap.client.typed..", "dev.nestmap.client.codec.."));
    }

    @Test
    void onlyTheServerKnowsRatis() {
        check(Module.MODEL,
                noClasses().that()
                        .resideOutsideOfPackage(Module.SERVER.packages())
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.apache.ratis.."));
    }

    @Test
    void onlyTheAgentKnowsLibbpf() {
        check(Module.MODEL,
                noClasses().that()
                        .resideOutsideOfPackage(Module.AGENT.packages())
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(LIBBPF));
    }

    @Test
    void foreignMemoryIsTouchedNowhereButInTheBindings() {
        // The client's codecs know its layouts and put them over arrays; its caches ask libc for the time.
        check(Module.MODEL,
                noClasses().that()
                        .resideOutsideOfPackages(LIBBPF, "dev.nestmap.client.codec..")
                        .and()
                        .haveNameNotMatching(
                                "dev\\.nestmap\\.client\\.cache\\.(CoarseClock|Scratch)")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("java.lang.foreign.."));
    }

    @Test
    void everyClassBelongsToAModule() {
        String[] packages = Arrays.stream(Module.values())
                .map(Module::packages)
                .toArray(String[]::new);
        assertEquals(Set.of(), everything.that(not(resideInAnyPackage(packages)))
                .stream()
                .map(JavaClass::getName)
                .collect(
                        Collectors.toSet()));
    }

    private static void check(Module module, ArchRule rule) {
        rule.allowEmptyShould(module.isNotBuiltYet()).check(everything);
    }

    private static SliceAssignment packagesOf(Module module) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                boolean ours = (type.getPackageName() + ".").startsWith(module.rootPackage + ".");
                return ours ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages of " + module.rootPackage;
            }
        };
    }
}
