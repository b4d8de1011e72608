package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/**
 * BPF_MAP_TYPE_QUEUE and STACK (kernel/bpf/queue_stack_maps.c): update pushes, lookup peeks, lookup-and-delete pops. An
 * element is stored under its position, a number of eight bytes that grows with each push; as elements leave only at the
 * ends, positions have no gaps.
 */
final class QueueRules implements TypeRules {
    /** Which end an element is taken from. */
    enum Next {
        OLDEST, NEWEST
    }

    private static final long VALUE_LIMIT_BYTES = 4_194_304;
    private final Next next;

    QueueRules(Next next) {
        this.next = next;
    }

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .someEntries()
                .keySize(0)
                .someValue()
                .flags(MapFlags.NUMA_NODE | MapFlags.ACCESS | MapFlags.PROGRAM_ACCESS)
                .valueAtMost(VALUE_LIMIT_BYTES, Errno.E2BIG)
                .refusal();
    }

    @Override
    public Ownership ownership() {
        return Ownership.SEED;
    }

    @Override
    public int elementKeySize(MapSpec spec) {
        return Long.BYTES;
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        Bytes stored = elements.isEmpty() ? null : elements.get(next(elements));
        return stored == null
                ? Outcome.refused(Errno.ENOENT,
                        "%s: the %s is empty".formatted(spec.ref(), spec.type().word()))
                : Outcome.done(valueForm().value(stored, spec.valueSize()));
    }

    /** EXIST makes room in a full one by dropping the oldest element, whichever end is the next. */
    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        if (flags != UpdateFlags.ANY && flags != UpdateFlags.EXIST) {
            return Refusals.of(Errno.EINVAL,
                    "update %s: flags 0x%x: %s takes any (0), or exist (2) to drop the oldest element where it is full"
                            .formatted(spec.ref(), flags, spec.type().one()));
        }
        long pushed = elements.isEmpty() ? 0 : oldest(elements) + elements.size();
        if (elements.size() >= spec.capacity()) {
            if (flags == UpdateFlags.ANY) {
                return Refusals.of(Errno.E2BIG,
                        "update %s: the %s is full (max_entries %d); pop an element first, or push with exist"
                                .formatted(spec.ref(), spec.type().word(), spec.capacity()));
            }
            elements.remove(Bytes.u64be(oldest(elements)));
        }
        elements.put(Bytes.u64be(pushed), valueForm().stored(value));
        return Optional.empty();
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return Refusals.of(Errno.EINVAL, "delete from %s: %s has no keys; pop instead"
                .formatted(spec.ref(), spec.type().one()));
    }

    @Override
    public Outcome<Value> lookupAndDelete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        Outcome<Value> found = lookup(spec, elements, key);
        if (found instanceof Outcome.Done) {
            elements.remove(next(elements));
        }
        return found;
    }

    @Override
    public Outcome<Bytes> nextKey(MapSpec spec, Draft<Bytes> elements, Optional<Bytes> key) {
        return Outcome.refused(Errno.EINVAL, "getnext %s: %s has no keys; peek instead"
                .formatted(spec.ref(), spec.type().one()));
    }

    private Bytes next(Draft<Bytes> elements) {
        long oldest = oldest(elements);
        return Bytes.u64be(switch (next) {
            case OLDEST -> oldest;
            case NEWEST -> oldest + elements.size() - 1;
        });
    }

    private static long oldest(Draft<Bytes> elements) {
        Bytes first = elements.firstKey();
        if (first == null) {
            throw new IllegalStateException("nothing is in it");
        }
        return first.longBe(0);
    }
}
