package dev.nestmap.cli.manifest;

import dev.nestmap.cli.manifest.Manifest.Contents;
import dev.nestmap.cli.manifest.Manifest.Naming;
import dev.nestmap.cli.manifest.Manifest.Source;
import dev.nestmap.cli.yaml.Yaml;
import dev.nestmap.cli.yaml.Yaml.Place;
import dev.nestmap.cli.yaml.YamlDocuments;
import dev.nestmap.cli.yaml.YamlException;
import dev.nestmap.cli.yaml.YamlLimits;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads documents. Keeps what it has read, so that a map in two files is found. One thread uses it. */
public final class ManifestReader {
    private static final String VERSION = "nestmap/v1";
    private static final String KIND = "Map";

    private final String defaultNamespace;
    private final KnownTypes types;
    private final YamlLimits limits;
    private final List<Manifest> manifests = new ArrayList<>();
    private final Map<MapRef, Source> seen = new HashMap<>();

    /**
     * Knows nothing but the documents.
     *
     * @param defaultNamespace of a document without one
     */
    public ManifestReader(String defaultNamespace) {
        this(defaultNamespace, KnownTypes.NONE);
    }

    /**
     * Takes types that a document leaves out from elsewhere.
     *
     * @param defaultNamespace of a document without one
     */
    public ManifestReader(String defaultNamespace, KnownTypes types) {
        this(defaultNamespace, types, YamlLimits.DEFAULT);
    }

    ManifestReader(String defaultNamespace, KnownTypes types, YamlLimits limits) {
        this.types = types;
        this.defaultNamespace = defaultNamespace;
        this.limits = limits;
    }

    /** All that was read, in order. */
    public List<Manifest> manifests() {
        return List.copyOf(manifests);
    }

    /**
     * Reads all documents of a file.
     *
     * @param file its name for messages
     */
    public void read(String file, Reader reader) throws ManifestException {
        try {
            YamlDocuments documents = new YamlDocuments(reader, limits);
            for (Optional<Yaml> root = documents.next(); root.isPresent(); root = documents
                    .next()) {
                if (!(root.get() instanceof Yaml.Scalar scalar && scalar.isNothing())) {
                    add(document(new Field(file, "", root.get())));
                }
            }
        } catch (YamlException e) {
            throw ManifestException.at(file, e.place(), "", String.valueOf(e.getMessage()));
        }
    }

    private void add(Manifest manifest) throws ManifestException {
        Source source = manifest.source();
        Source first = seen.putIfAbsent(manifest.ref(), source);
        if (first != null) {
            throw ManifestException.at(source.file(), new Place(source.line(), source.column()),
                    "metadata.name", "the map %s is defined twice, first in %s:%d".formatted(
                            manifest.ref(), first.file(), first.line()));
        }
        manifests.add(manifest);
    }

    private Manifest document(Field root) throws ManifestException {
        Fields fields = root.mapping();
        constant(fields, "apiVersion", VERSION);
        constant(fields, "kind", KIND);
        Fields metadata = fields.required("metadata").mapping();
        String name = metadata.required("name").text();
        Optional<Field> namespace = metadata.maybe("namespace");
        String ofNamespace = namespace.isPresent() ? namespace.get().text() : defaultNamespace;
        Optional<Field> unlinked = metadata.maybe("unlinked");
        metadata.finish();
        SpecFields.Read spec = SpecFields.read(fields.required("spec").mapping(), ofNamespace,
                name);
        Naming naming = unlinked.isPresent() && unlinked.get().truth()
                ? Naming.UNLINKED
                : Naming.NAMED;
        if (naming == Naming.UNLINKED) {
            checkUnlinked(unlinked.get(), spec.spec());
        }
        Optional<Field> contents = fields.maybe("contents");
        Optional<Contents> read = contents.isPresent()
                ? Optional.of(ContentsFields.read(contents.get().mapping(), spec.spec(),
                        // The store's map of this name is another.
                        naming == Naming.NAMED ? types : KnownTypes.NONE))
                : Optional.empty();
        // What the store knew when somebody exported the map; nobody can want it.
        fields.ignore("status");
        fields.finish();
        return new Manifest(new Source(root.file(), root.place().line(), root.place().column(), ""),
                spec.spec(), spec.inner(), naming, spec.freezing(), spec.placing(), read);
    }

    private static void checkUnlinked(Field unlinked, MapSpec spec) throws ManifestException {
        if (spec.type().isOuter()) {
            throw unlinked.wrong(
                    "a map without a name lives by the slot that holds it, and no slot holds a map of type "
                            + spec.type().word());
        }
        if (!spec.pinPath().isEmpty()) {
            throw unlinked.wrong("stands beside spec.pinPath: a map without a name has no pin");
        }
    }

    private static void constant(Fields fields, String name, String only)
            throws ManifestException {
        Field field = fields.required(name);
        if (!field.text().equals(only)) {
            throw field.wrong(
                    "\"%s\" is not known: this version reads %s".formatted(field.text(), only));
        }
    }
}
