package dev.nestmap.model.btf;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds what the kernel treats specially in a value (btf_parse_fields in kernel/bpf/btf.c): struct bpf_spin_lock, which this
 * version holds, and timers, work queues and kernel pointers, which it does not.
 */
public final class SpinLock {
    /** Of struct bpf_spin_lock. */
    public static final int SIZE_BYTES = 4;
    private static final String NAME = "bpf_spin_lock";
    private static final Set<String> NOT_HELD = Set.of("bpf_res_spin_lock", "bpf_timer", "bpf_wq",
            "bpf_task_work", "bpf_list_head", "bpf_rb_root", "bpf_refcount");
    private static final Set<String> KERNEL_POINTERS = Set.of("kptr", "kptr_untrusted",
            "percpu_kptr", "uptr");
    private static final int DEPTH_LIMIT = 32;

    private final Btf btf;
    private final Set<Integer> seen = new HashSet<>();
    /** Each type is decoded once, however many members are of it. */
    private final Map<Integer, BtfType> decoded = new HashMap<>();
    private OptionalInt lock = OptionalInt.empty();

    private SpinLock(Btf btf) {
        this.btf = btf;
    }

    /**
     * Where the lock is in the values of a type whose shape was found sound; empty where there is none.
     *
     * @return ENOTSUPP for what this version does not hold
     */
    public static Outcome<OptionalInt> find(Btf btf, int valueTypeId) {
        SpinLock search = new SpinLock(btf);
        int id = valueTypeId;
        while (search.type(id) instanceof BtfType.Altered altered) {
            id = altered.target();
        }
        try {
            if (search.type(id) instanceof BtfType.Composite composite
                    && composite.layout() == BtfType.Layout.STRUCT) {
                search.members(id, composite, 0, 0);
            }
        } catch (MisfitException e) {
            return Outcome.refused(Errno.ENOTSUPP, String.valueOf(e.getMessage()));
        }
        return Outcome.done(search.lock);
    }

    private BtfType type(int id) {
        return decoded.computeIfAbsent(id, btf::type);
    }

    /** A type that holds nothing special is not looked into a second time. */
    private boolean members(int id, BtfType.Composite struct, int at, int depth)
            throws MisfitException {
        if (depth > DEPTH_LIMIT || seen.contains(id)) {
            return false;
        }
        boolean found = false;
        for (BtfType.Member member : struct.members()) {
            found |= member(member, at + (int) (member.bitOffset() / Byte.SIZE), depth);
        }
        if (!found) {
            seen.add(id);
        }
        return found;
    }

    /** As the kernel does it: through arrays, but not through typedefs and qualifiers. */
    private boolean member(BtfType.Member member, int at, int depth) throws MisfitException {
        long count = 1;
        int id = member.type();
        int nested = 0;
        while (type(id) instanceof BtfType.Array array && nested++ < DEPTH_LIMIT) {
            count *= array.count();
            id = array.element();
        }
        return switch (type(id)) {
            case BtfType.Pointer(int target) -> {
                refuseKernelPointer(member, target);
                yield false;
            }
            case BtfType.Composite composite when composite.layout() == BtfType.Layout.STRUCT -> {
                if (NOT_HELD.contains(composite.name())) {
                    throw new MisfitException(
                            "the value has a struct %s in \"%s\", which this version does not hold"
                                    .formatted(composite.name(), member.name()));
                }
                if (count != 1) {
                    yield false;
                }
                if (!composite.name().equals(NAME)) {
                    yield members(id, composite, at, depth + 1);
                }
                if (lock.isPresent() || composite.sizeBytes() != SIZE_BYTES
                        || at % SIZE_BYTES != 0) {
                    throw new MisfitException(
                            "the value has more than one struct bpf_spin_lock, or one out of place, in \"%s\""
                                    .formatted(member.name()));
                }
                lock = OptionalInt.of(at);
                yield true;
            }
            default -> false;
        };
    }

    private void refuseKernelPointer(BtfType.Member member, int target) throws MisfitException {
        if (type(target) instanceof BtfType.Altered tag
                && tag.alteration() == BtfType.Alteration.TYPE_TAG
                && KERNEL_POINTERS.contains(tag.name())) {
            throw new MisfitException(
                    "the value has a %s in \"%s\", which this version does not hold".formatted(
                            tag.name(), member.name()));
        }
    }
}
