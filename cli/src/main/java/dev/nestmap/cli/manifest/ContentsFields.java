package dev.nestmap.cli.manifest;

import dev.nestmap.cli.manifest.Manifest.Contents;
import dev.nestmap.cli.manifest.Manifest.Item;
import dev.nestmap.cli.manifest.Manifest.Others;
import dev.nestmap.cli.manifest.Manifest.Source;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code contents} of a document. */
final class ContentsFields {
    private ContentsFields() {}

    static Contents read(Fields fields, MapSpec spec, KnownTypes known)
            throws ManifestException {
        Optional<Field> prune = fields.maybe("prune");
        Others others = prune.isPresent() && prune.get().truth() ? Others.PRUNED : Others.KEPT;
        NamedForm named = new NamedForm(spec, known);
        List<Item> items = new ArrayList<>();
        Optional<Field> elements = fields.maybe("elements");
        if (elements.isPresent()) {
            Map<Bytes, Field> seen = new HashMap<>();
            for (Field element : elements.get().list()) {
                Item item = item(element, spec, named);
                Field first = seen.putIfAbsent(MapRules.identity(spec.type(), item.key()),
                        element);
                if (first != null) {
                    throw element.wrong(
                            "the key %s is given twice, first in line %d%s".formatted(item.key(),
                                    first.place().line(), spec.type() == MapType.LPM_TRIE
                                            ? " (bits behind the prefix do not count)"
                                            : ""));
                }
                items.add(item);
            }
        }
        fields.finish();
        return new Contents(others, items);
    }

    private static Item item(Field element, MapSpec spec, NamedForm named)
            throws ManifestException {
        Fields fields = element.mapping();
        Bytes key = DataForms.read(fields.required("key"), NamedForm.Part.KEY, named);
        Field value = fields.required("value");
        Item item = new Item(key, ValueForms.read(value, spec, named),
                new Source(element.file(), element.place().line(), element.place().column(),
                        element.path()));
        fields.finish();
        return item;
    }
}
