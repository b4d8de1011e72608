package dev.nestmap.model.map;

/** The creation flags BPF_F_* that the held types know (linux/bpf.h). */
public final class MapFlags {
    /** Hash: allocate elements one by one. */
    public static final int NO_PREALLOC = 1;
    /** Allocate on the map's numa_node. */
    public static final int NUMA_NODE = 1 << 2;
    /** The returned file descriptor cannot write; not kept in the map. */
    public static final int RDONLY = 1 << 3;
    /** The returned file descriptor cannot read; not kept in the map. */
    public static final int WRONLY = 1 << 4;
    /** Hash: seed 0, so that the order of buckets is reproducible. */
    public static final int ZERO_SEED = 1 << 6;
    /** Programs cannot write. */
    public static final int RDONLY_PROG = 1 << 7;
    /** Programs cannot read. */
    public static final int WRONLY_PROG = 1 << 8;
    /** Array: can be mapped into memory. */
    public static final int MMAPABLE = 1 << 10;
    /** Array: as an inner map its max_entries need not match the template's. */
    public static final int INNER_MAP = 1 << 12;

    private MapFlags() {}
}
