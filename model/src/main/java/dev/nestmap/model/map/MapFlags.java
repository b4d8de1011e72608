package dev.nestmap.model.map;

/** The creation flags BPF_F_* of all types (linux/bpf.h). */
public final class MapFlags {
    /** Hash: allocate elements one by one. */
    public static final int NO_PREALLOC = 1;
    /** LRU: a list for each CPU instead of one; max_entries is rounded up to a multiple of the possible CPUs. */
    public static final int NO_COMMON_LRU = 1 << 1;
    /** Allocate on the map's numa_node. */
    public static final int NUMA_NODE = 1 << 2;
    /** The returned file descriptor cannot write; not kept in the map. */
    public static final int RDONLY = 1 << 3;
    /** The returned file descriptor cannot read; not kept in the map. */
    public static final int WRONLY = 1 << 4;
    /** Stack trace: build ids and offsets instead of addresses. */
    public static final int STACK_BUILD_ID = 1 << 5;
    /** Hash: seed 0, so that the order of buckets is reproducible; a node wants CAP_SYS_ADMIN for it. */
    public static final int ZERO_SEED = 1 << 6;
    /** Programs cannot write. */
    public static final int RDONLY_PROG = 1 << 7;
    /** Programs cannot read. */
    public static final int WRONLY_PROG = 1 << 8;
    /** Local storage: copied to a socket that is accepted from a listening one. */
    public static final int CLONE = 1 << 9;
    /** Array: can be mapped into memory. */
    public static final int MMAPABLE = 1 << 10;
    /** Perf event array: entries outlive the descriptor through which they were set. */
    public static final int PRESERVE_ELEMS = 1 << 11;
    /** Array: as an inner map its max_entries need not match the template's. */
    public static final int INNER_MAP = 1 << 12;

    /** A token stands for the caller's rights. Every type is checked as if it were not there, then the token. */
    public static final int TOKEN_FD = 1 << 16;
    /** Arena: an access to a page that is not there ends the program with SIGSEGV. */
    public static final int SEGV_ON_FAULT = 1 << 17;
    /** Arena: pointers are not made into those of user space. */
    public static final int NO_USER_CONV = 1 << 18;

    /** Of the file descriptor that creation gives back. */
    static final int ACCESS = RDONLY | WRONLY;
    /** Of programs. */
    static final int PROGRAM_ACCESS = RDONLY_PROG | WRONLY_PROG;

    private MapFlags() {}
}
