package dev.nestmap.model.object;

import dev.nestmap.model.btf.Btf;
import dev.nestmap.model.btf.BtfType;
import dev.nestmap.model.object.ElfFile.Section;
import dev.nestmap.model.object.Symbols.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The section {@code .maps}: one variable for each map, its type saying what the map is. */
final class MapSection {
    private static final String NAME = ".maps";
    private static final int MAPS_LIMIT = 1024;
    private static final int SLOTS_LIMIT = 65_536;
    private static final int LINKAGE_STATIC = 0;
    private static final int LINKAGE_GLOBAL = 1;
    private static final int RELOCATIONS = 9;
    private static final int RELOCATION_BYTES = 16;
    private static final int POINTER_BYTES = 8;

    private final ElfFile file;
    private final Section section;
    private final Btf btf;
    private final Symbols symbols;
    private final Map<String, Symbol> places;

    MapSection(ElfFile file, Section section, Btf btf) throws ObjectException {
        this.file = file;
        this.section = section;
        this.btf = btf;
        this.symbols = Symbols.of(file);
        this.places = symbols.in(section);
    }

    /** What of a definition is known before its slots are. */
    private record Found(DefinitionReader.Definition definition, Symbol variable) {
        long slotsFrom() {
            return variable.value() + definition.valuesOffset();
        }
    }

    List<MapDefinition> definitions() throws ObjectException {
        List<Found> found = new ArrayList<>();
        for (int id : variables()) {
            found.add(read(id));
        }
        Map<String, SortedMap<Integer, String>> slots = slots(found);
        List<MapDefinition> definitions = new ArrayList<>();
        for (Found map : found) {
            definitions.add(map.definition.finish(
                    slots.getOrDefault(map.definition.name(), new TreeMap<>())));
        }
        return definitions;
    }

    private List<Integer> variables() throws ObjectException {
        for (int id = 1; id < btf.typeCount(); id++) {
            if (btf.type(id) instanceof BtfType.DataSection(String name, List<Integer> variables)
                    && name.equals(NAME)) {
                if (variables.size() > MAPS_LIMIT) {
                    throw new ObjectException("defines %d maps, at most %d are read".formatted(
                            variables.size(), MAPS_LIMIT));
                }
                return variables;
            }
        }
        throw new ObjectException("has no types of its maps; compile with -g");
    }

    private Found read(int id) throws ObjectException {
        if (!(btf.type(id) instanceof BtfType.Variable variable) || variable.name().isEmpty()) {
            throw new ObjectException("has something in \".maps\" that is no variable");
        }
        Symbol place = places.get(variable.name());
        if (variable.linkage() == LINKAGE_STATIC) {
            throw new ObjectException(
                    "map \"%s\" is a static variable, which libbpf does not load; leave \"static\" out"
                            .formatted(variable.name()));
        }
        if (variable.linkage() != LINKAGE_GLOBAL || place == null) {
            throw new ObjectException("map \"%s\" is declared and not defined in this file"
                    .formatted(variable.name()));
        }
        return new Found(new DefinitionReader(btf, variable.name()).read(variable.type()),
                place);
    }

    /** Initial values of slots are relocations: at this place, the address of that variable. */
    private Map<String, SortedMap<Integer, String>> slots(List<Found> found)
            throws ObjectException {
        Map<String, SortedMap<Integer, String>> slots = new TreeMap<>();
        int count = 0;
        for (Section relocations : file.all()) {
            if (relocations.type() != RELOCATIONS || relocations.info() != section.number()) {
                continue;
            }
            for (int i = 0; i < relocations.size() / RELOCATION_BYTES; i++) {
                if (++count > SLOTS_LIMIT) {
                    throw new ObjectException(
                            "fills more than %d slots".formatted(SLOTS_LIMIT));
                }
                int at = relocations.from() + i * RELOCATION_BYTES;
                slot(found, file.u64(at), symbols.symbol(file.u32(at + 12)), slots);
            }
        }
        return slots;
    }

    private void slot(List<Found> found, long place, Symbol target,
            Map<String, SortedMap<Integer, String>> slots) throws ObjectException {
        for (Found map : found) {
            long offset = place - map.slotsFrom();
            if (map.variable.covers(place)) {
                if (!map.definition.isOuter()) {
                    return;
                }
                boolean known = target.section() == section.number() && found.stream()
                        .anyMatch(other -> other.definition.name().equals(target.name()));
                if (offset < 0 || offset % POINTER_BYTES != 0 || !known) {
                    throw new ObjectException("map \"%s\" is given something that is no map"
                            .formatted(map.definition.name()));
                }
                slots.computeIfAbsent(map.definition.name(), _ -> new TreeMap<>())
                        .put((int) (offset / POINTER_BYTES), target.name());
                return;
            }
        }
    }
}
