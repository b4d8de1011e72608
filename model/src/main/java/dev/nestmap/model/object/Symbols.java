package dev.nestmap.model.object;

import dev.nestmap.model.object.ElfFile.Section;
import java.util.HashMap;
import java.util.Map;

/** The symbols of a file: where its variables are, and which one a relocation means. */
final class Symbols {
    private static final int SYMBOL_TABLE = 2;
    private static final int SYMBOL_BYTES = 24;

    private final ElfFile file;
    private final Section table;
    private final Section names;

    /**
     * A symbol.
     *
     * @param section the number of the section that it is in
     * @param value its place there
     * @param size bytes
     */
    record Symbol(String name, int section, long value, long size) {
        boolean covers(long place) {
            return place >= value && place - value < size;
        }
    }

    private Symbols(ElfFile file, Section table, Section names) {
        this.file = file;
        this.table = table;
        this.names = names;
    }

    static Symbols of(ElfFile file) throws ObjectException {
        for (Section section : file.all()) {
            if (section.type() == SYMBOL_TABLE && section.link() < file.all().size()) {
                return new Symbols(file, section, file.all().get((int) section.link()));
            }
        }
        throw new ObjectException("has no symbols");
    }

    /** The variables of a section by name. */
    Map<String, Symbol> in(Section section) {
        Map<String, Symbol> symbols = new HashMap<>();
        for (int i = 0; i < count(); i++) {
            Symbol symbol = get(i);
            if (symbol.section == section.number() && !symbol.name.isEmpty()) {
                symbols.putIfAbsent(symbol.name, symbol);
            }
        }
        return symbols;
    }

    private int count() {
        return table.size() / SYMBOL_BYTES;
    }

    /** The symbol with a number. */
    Symbol symbol(long number) throws ObjectException {
        if (number >= count()) {
            throw new ObjectException("has a relocation to symbol %d, there are %d".formatted(
                    number, count()));
        }
        return get((int) number);
    }

    private Symbol get(int number) {
        int at = table.from() + number * SYMBOL_BYTES;
        String name = file.text(names.from(), names.from() + names.size(), file.u32(at));
        return new Symbol(name, file.u16(at + 6), file.u64(at + 8), file.u64(at + 16));
    }
}
