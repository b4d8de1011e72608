package dev.nestmap.cli.manifest;

import dev.nestmap.cli.yaml.Yaml;
import dev.nestmap.cli.yaml.Yaml.Entry;
import dev.nestmap.cli.yaml.Yaml.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a mapping; each is asked for by name, and what nobody asked for is refused. One thread uses it. */
final class Fields {
    private final Field self;
    private final Map<String, Entry> left = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    Fields(Field self, Mapping mapping) {
        this.self = self;
        mapping.entries().forEach(entry -> left.put(entry.name(), entry));
    }

    /** The mapping itself. */
    Field self() {
        return self;
    }

    /** All names, for a mapping whose names are data. */
    List<String> names() {
        return List.copyOf(left.keySet());
    }

    /** A field that may be left out; one that is empty is left out. */
    Optional<Field> maybe(String name) {
        known.add(name);
        Entry entry = left.remove(name);
        if (entry == null || (entry.value() instanceof Yaml.Scalar scalar && scalar.isNothing())) {
            return Optional.empty();
        }
        return Optional.of(new Field(self.file(), path(name), entry.value()));
    }

    /** A field that must be there. */
    Field required(String name) throws ManifestException {
        return maybe(name).orElseThrow(() -> ManifestException.at(self.file(), self.place(),
                path(name), "is missing"));
    }

    /** Skips a field, whatever it holds. */
    void ignore(String name) {
        known.add(name);
        left.remove(name);
    }

    /** Refuses what nobody asked for. */
    void finish() throws ManifestException {
        for (Entry entry : left.values()) {
            throw ManifestException.at(self.file(), entry.place(), path(entry.name()),
                    "there is no such field; there are " + String.join(", ", known));
        }
    }

    private String path(String name) {
        return self.path().isEmpty() ? name : self.path() + "." + name;
    }
}
