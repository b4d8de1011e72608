package dev.nestmap.agent.kernel;

/**
 * What the kernel says that a map is (BPF_OBJ_GET_INFO_BY_FD). The same for the whole life of a map.
 *
 * @param id the kernel's own id of it: never 0, not used again while the machine runs (the counter would have
 *     to wrap)
 * @param name at most 15 bytes, possibly empty, not unique
 * @param spec as the kernel reports it, which is not always as it was asked for: DEVMAP and DEVMAP_HASH gain
 *     RDONLY_PROG, RDONLY and WRONLY are gone, LRU with NO_COMMON_LRU rounds max_entries up
 */
public record KernelMapInfo(int id, String name, KernelMapSpec spec) {}
