package dev.nestmap.client;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import java.util.List;
import java.util.Optional;

/**
 * A map as the kernel of a node describes it.
 *
 * @param kernelId the kernel's own id
 * @param kernelName the kernel's name of it
 * @param pin where it is pinned; of a map in a slot: empty where no pin was found
 * @param spec the definition, without name, pin path and placement; empty where it could not be opened
 * @param frozen no system call can write it
 * @param typesHidden it has BTF which the agent may not read
 * @param inners the maps in its slots, each once
 * @param slots of a map in slots: their keys
 * @param trouble of a map in a slot: why it could not be opened
 * @param programs pins of programs that use it, as far as they were found
 * @param copied elements that an exchange copied
 */
public record PinnedMap(
        int kernelId,
        String kernelName,
        String pin,
        Optional<MapSpec> spec,
        boolean frozen,
        boolean typesHidden,
        List<PinnedMap> inners,
        List<Bytes> slots,
        String trouble,
        List<String> programs,
        long copied) {
    /** Copies the lists. */
    public PinnedMap {
        inners = List.copyOf(inners);
        slots = List.copyOf(slots);
        programs = List.copyOf(programs);
    }
}
