package dev.nestmap.agent.kernel;

import java.util.List;

/**
 * A program and the maps that it holds.
 *
 * @param id the kernel's id of it
 * @param name the kernel's name of it; may be empty
 * @param mapIds kernel ids
 */
public record ProgramMaps(int id, String name, List<Integer> mapIds) {
    /** Copies the list. */
    public ProgramMaps {
        mapIds = List.copyOf(mapIds);
    }
}
