package dev.nestmap.agent.kernel;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.MapBtf;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One open map: a file descriptor. Whoever got it closes it; what is dropped without being closed stays open
 * until the process ends. Any number of threads may call; {@link #close} waits until the calls under way are
 * over, and a call after it throws IllegalStateException.
 *
 * <p>Keys are key_size bytes and values {@link #valueWidth()} bytes; another length is EINVAL and reaches no
 * kernel. Every errno not named below is the type's own: see the rule of that type in bpf(2). EPERM in a write:
 * the map is frozen.
 *
 * <p>A slot change of an outer map waits for an RCU grace period (about 8 ms, uninterruptible) where it
 * succeeds, and any write batch on an outer map does in any case. After the return, no program uses the former
 * inner map (sleepable programs excepted).
 */
public interface KernelMap extends AutoCloseable {
    /** What the kernel said when this was opened. */
    KernelMapInfo info();

    /**
     * The bytes of a value as the element verbs move it: value_size, but value_size rounded up to 8 for each
     * possible CPU, in CPU order, where the type is per-CPU.
     */
    int valueWidth();

    /**
     * The value of a key; empty where there is none (ENOENT). A slot's is the four-byte kernel id of the inner
     * map, a program's its id.
     */
    Optional<Bytes> lookup(Bytes key) throws KernelException;

    /**
     * Writes one element.
     *
     * @param flags of {@link dev.nestmap.model.map.UpdateFlags}
     * @throws KernelException EEXIST, ENOENT as the flags ask; E2BIG where full (LPM_TRIE ENOSPC) or past the
     *     end; EINVAL for an outer map: that is {@link #updateSlot}
     */
    void update(Bytes key, Bytes value, long flags) throws KernelException;

    /**
     * Puts a map into a slot, which then holds a reference of its own. Waits for a grace period.
     *
     * @throws KernelException EINVAL where the inner map does not match the template, where this is no outer
     *     map, or for any flag but ANY on an ARRAY_OF_MAPS; EEXIST, ENOENT on a HASH_OF_MAPS as the flags ask;
     *     E2BIG where full or past the end
     */
    void updateSlot(Bytes key, KernelMap inner, long flags) throws KernelException;

    /**
     * Removes one element. False where there was none (ENOENT).
     *
     * @throws KernelException EINVAL for every delete from an array; E2BIG or EINVAL past the end of other
     *     array-like types
     */
    boolean delete(Bytes key) throws KernelException;

    /**
     * The key behind another in the type's own order; the first for null and, in hash types, for a key that is
     * not there. Empty behind the last. Array-like types give every index, also of empty slots.
     */
    Optional<Bytes> nextKey(@Nullable Bytes key) throws KernelException;

    /**
     * Takes an element out; empty where there was none.
     *
     * @throws KernelException ENOTSUPP for all but the plain hash types, queues and stacks
     */
    Optional<Bytes> lookupAndDelete(Bytes key) throws KernelException;

    /**
     * Writes elements in the order given, by batches of bounded size where the type takes them and one by one
     * otherwise. Not atomic: what was done before a failure stays. A key may occur twice; the later wins. An
     * empty list is no system call. {@link PackedElements} are written without an object for each.
     *
     * <p>ENOMEM, and E2BIG from a hash with NO_PREALLOC, may pass: try again before believing them.
     *
     * @return how far it came; it does not throw for what the kernel refused
     */
    BatchOutcome updateBatch(List<KernelElement> elements);

    /**
     * Maps an ARRAY with BPF_F_MMAPABLE into memory, to be written with no system call for each element. Programs that have the map
     * see values half written. The caller closes it.
     *
     * @throws KernelException EINVAL for another array, ENOTSUPP for other types, EPERM where it is frozen, EACCES with
     *     BPF_F_RDONLY_PROG, ENOMEM (also where it is larger than 2 GiB): use {@link #updateBatch}
     */
    ArrayMemory mapForWriting() throws KernelException;

    /**
     * Maps an ARRAY with BPF_F_MMAPABLE into memory, to be read. The caller closes it.
     *
     * @throws KernelException EINVAL for another array, ENOTSUPP for other types, ENOMEM (also where it is larger than 2 GiB): use
     *     {@link #readPages}
     */
    ArrayMemory mapForReading() throws KernelException;

    /**
     * Puts maps into slots in the order given, by one system call that waits for one grace period. Programs see
     * each slot change whole, but for some microseconds they may see an earlier slot new and a later one old.
     * A kernel whose outer maps take no batches (before Linux 5.19) makes it one call and one grace period for
     * each. An empty list is no system call.
     *
     * @return how far it came; EINVAL as in {@link #updateSlot}
     */
    BatchOutcome updateSlots(List<Slot> slots);

    /**
     * Removes keys in the order given, by batches where the type takes them and one by one otherwise (an
     * ARRAY_OF_MAPS then waits for a grace period with each: use {@link #deleteSlots}). A missing key stops it with ENOENT. An
     * empty list is no system call.
     */
    BatchOutcome deleteBatch(List<Bytes> keys);

    /**
     * Empties slots, in no order; one that is empty is no failure. An ARRAY_OF_MAPS is asked by many threads at once, which share
     * grace periods. An empty list is no system call.
     *
     * @throws KernelException the first failure; other slots may be empty then
     */
    void deleteSlots(List<Bytes> keys) throws KernelException;

    /**
     * All elements, each key once, in the type's own order. Where others write meanwhile: an element that
     * nobody touched is in it; one that came or went, or in a DEVMAP_HASH was replaced, may be. Empty slots of
     * array-like types are left out, though a plain array's elements all exist. The list takes as much memory
     * as the map holds; the pages that it is read by are bounded.
     *
     * @throws KernelException EAGAIN where others write so fast that no walk comes to an end; ENOTSUPP, EINVAL
     *     for types that cannot be read
     */
    List<KernelElement> readAll() throws KernelException;

    /**
     * All elements in the type's own order, page by page, with no object for each. In hash types and LPM_TRIE a key may come twice
     * where others write meanwhile; otherwise as {@link #readAll}.
     *
     * @throws KernelException as {@link #readAll}
     */
    void readPages(PageReader reader) throws KernelException;

    /**
     * Begins to read all elements as {@link #readAll} does, in pages, so that a large map is never in memory whole. Asks the kernel
     * nothing before the first page.
     *
     * @param pageBytes about how much a page holds; a page has one element at least
     */
    ElementWalk walk(int pageBytes);

    /**
     * The types that the map was created with, as far as keys and values need them; empty for a map without.
     *
     * @throws KernelException EPERM without CAP_SYS_ADMIN; the errno of a rule where they are of no kind that is held here
     */
    Optional<MapBtf> types() throws KernelException;

    /** True where system calls can no longer write (also to be asked of a map that another process froze). */
    boolean frozen() throws KernelException;

    /**
     * Ends all writes by system calls, for ever, through every open map and pin.
     *
     * @throws KernelException EPERM where it is frozen already, EBUSY while it is mapped writable
     */
    void freeze() throws KernelException;

    /**
     * Pins at a path of a bpffs. A map may have several pins.
     *
     * @throws KernelException EEXIST where something is there, ENOENT without the parent directory, EPERM
     *     outside a bpffs and for a file name with a dot
     */
    void pin(Path path) throws KernelException;

    /** Lets go of the map. Closing twice does nothing. */
    @Override
    void close();
}
