package dev.nestmap.model.object;

import dev.nestmap.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sections of a relocatable ELF file for BPF; everything that is asked of it was checked to lie inside. */
final class ElfFile {
    private static final int HEADER_BYTES = 64;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int TYPE_RELOCATABLE = 1;
    private static final int MACHINE_BPF = 247;
    private static final int SECTION_NO_BITS = 8;
    private static final int SECTION_LIMIT = 65_280;
    private static final int NAME_LIMIT = 512;

    private final Bytes data;
    private final List<Section> sections = new ArrayList<>();

    private ElfFile(Bytes data) {
        this.data = data;
    }

    /**
     * A section.
     *
     * @param type SHT_*
     * @param from its first byte in the file
     * @param size bytes; 0 where it takes no room in the file
     * @param link the number of the section that it belongs to
     * @param info of relocations: the number of the section that they change
     */
    record Section(int number, String name, int type, int from, int size, long link, long info) {}

    /** Reads the header and the table of sections. */
    static ElfFile read(Bytes data) throws ObjectException {
        ElfFile file = new ElfFile(data);
        file.header();
        file.sections();
        return file;
    }

    Bytes data() {
        return data;
    }

    List<Section> all() {
        return List.copyOf(sections);
    }

    Optional<Section> section(String name) {
        return sections.stream().filter(section -> section.name.equals(name)).findFirst();
    }

    Bytes bytes(Section section) {
        return data.slice(section.from, section.from + section.size);
    }

    private void header() throws ObjectException {
        boolean elf = data.size() >= HEADER_BYTES && data.at(0) == 0x7f && data.at(1) == 'E'
                && data.at(2) == 'L' && data.at(3) == 'F';
        if (!elf) {
            throw new ObjectException("is no object file: it does not begin with an ELF header");
        }
        if (data.at(4) != 2 || data.at(5) != 1) {
            throw new ObjectException(
                    "is not of 64 bits and little-endian; compile with clang -target bpfel");
        }
        int type = u16(16);
        int machine = u16(18);
        if (machine != MACHINE_BPF) {
            throw new ObjectException("is compiled for machine %d, not for BPF (%d); compile with "
                    .formatted(machine, MACHINE_BPF) + "clang -target bpf");
        }
        if (type != TYPE_RELOCATABLE) {
            throw new ObjectException("is ELF of type %d, not an object file (%d)".formatted(type,
                    TYPE_RELOCATABLE));
        }
    }

    private void sections() throws ObjectException {
        long table = u64(40);
        int count = u16(60);
        int nameTable = u16(62);
        if (count == 0 || count > SECTION_LIMIT || u16(58) != SECTION_HEADER_BYTES
                || nameTable >= count) {
            throw new ObjectException("has no table of sections that can be read");
        }
        requireInside(table, (long) count * SECTION_HEADER_BYTES, "the table of sections");
        int names = (int) table + nameTable * SECTION_HEADER_BYTES;
        requireInside(u64(names + 24), u64(names + 32), "the names of sections");
        int namesFrom = (int) u64(names + 24);
        int namesTo = namesFrom + (int) u64(names + 32);
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * SECTION_HEADER_BYTES;
            int type = data.intLe(at + 4);
            long from = u64(at + 24);
            long size = type == SECTION_NO_BITS ? 0 : u64(at + 32);
            // Section 0 is none, and may say anything.
            boolean empty = i == 0 || size == 0;
            if (!empty) {
                requireInside(from, size, "section %d".formatted(i));
            }
            sections.add(new Section(i, text(namesFrom, namesTo, u32(at)), type,
                    empty ? 0 : (int) from, empty ? 0 : (int) size, u32(at + 40), u32(at + 44)));
        }
    }

    /** The text at an offset of a string table, cut at some length, with what cannot be printed as question marks. */
    String text(int from, int to, long offset) {
        if (offset >= to - from) {
            return "";
        }
        int start = from + (int) offset;
        int end = start;
        while (end < to && end - start < NAME_LIMIT && data.at(end) != 0) {
            end++;
        }
        return new String(data.slice(start, end).toByteArray(), StandardCharsets.US_ASCII)
                .replaceAll("[^ -~]", "?");
    }

    private void requireInside(long from, long size, String what) throws ObjectException {
        if (from < 0 || size < 0 || from > data.size() || size > data.size() - from) {
            throw new ObjectException("is cut short or damaged: %s does not lie in its %d bytes"
                    .formatted(what, data.size()));
        }
    }

    int u16(int at) {
        return data.at(at) | data.at(at + 1) << 8;
    }

    long u32(int at) {
        return Integer.toUnsignedLong(data.intLe(at));
    }

    /** Negative where it is beyond any file. */
    long u64(int at) {
        return u32(at) | u32(at + 4) << Integer.SIZE;
    }
}
