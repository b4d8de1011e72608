package dev.nestmap.model.map;

/** The flags of the element verbs (linux/bpf.h). A u64 in the system call and here. */
public final class UpdateFlags {
    /** Create or replace. */
    public static final long ANY = 0;
    /** Create only. */
    public static final long NOEXIST = 1;
    /** Replace only. */
    public static final long EXIST = 2;
    /** Take the spin lock in the value. */
    public static final long LOCK = 4;

    private UpdateFlags() {}
}
