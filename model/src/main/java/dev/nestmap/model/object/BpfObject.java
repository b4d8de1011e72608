package dev.nestmap.model.object;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.Btf;
import dev.nestmap.model.object.ElfFile.Section;
import java.util.List;
import java.util.Optional;

/**
 * The maps of an object file.
 *
 * @param maps in the order of the file
 * @param skipped sections that libbpf makes maps of for the program's own variables ({@code .rodata}); no definitions
 */
public record BpfObject(List<MapDefinition> maps, List<String> skipped) {
    /** The largest file that is read. */
    public static final int SIZE_LIMIT_BYTES = 64 << 20;
    private static final List<String> VARIABLES = List.of(".data", ".rodata", ".bss", ".kconfig");

    /** Copies the lists. */
    public BpfObject {
        maps = List.copyOf(maps);
        skipped = List.copyOf(skipped);
    }

    /** Reads a file; EINVAL with one sentence, which goes on after the file's name, for whatever is no such file. */
    public static Outcome<BpfObject> parse(Bytes data) {
        if (data.size() > SIZE_LIMIT_BYTES) {
            return Outcome.refused(Errno.E2BIG, "has %d bytes, at most %d are read".formatted(
                    data.size(), SIZE_LIMIT_BYTES));
        }
        try {
            ElfFile file = ElfFile.read(data);
            Optional<Section> maps = file.section(".maps");
            List<String> skipped = file.all()
                    .stream()
                    .map(Section::name)
                    .filter(BpfObject::holdsVariables)
                    .toList();
            if (maps.isEmpty()) {
                throw new ObjectException(file.section("maps").isPresent()
                        ? "defines its maps in the old section \"maps\", which libbpf 1.x does not read either; "
                                + "define them in \".maps\""
                        : "defines no maps: it has no section \".maps\"");
            }
            Section types = file.section(".BTF")
                    .orElseThrow(() -> new ObjectException(
                            "has no BTF, which says what its maps are; compile with -g"));
            return switch (Btf.parse(file.bytes(types))) {
                case Outcome.Refused<Btf>(Refusal refusal) ->
                    throw new ObjectException("has damaged types: " + refusal.rule());
                case Outcome.Done<Btf>(Btf btf) -> Outcome.done(new BpfObject(
                        new MapSection(file, maps.get(), btf).definitions(), skipped));
            };
        } catch (ObjectException e) {
            return Outcome.refused(Errno.EINVAL, String.valueOf(e.getMessage()));
        }
    }

    private static boolean holdsVariables(String section) {
        return VARIABLES.stream()
                .anyMatch(name -> section.equals(name) || section.startsWith(name + "."));
    }
}
