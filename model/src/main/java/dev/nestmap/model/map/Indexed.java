package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** What the types with an index for a key share: kernel/bpf/arraymap.c, and dev_map_get_next_key in devmap.c. */
abstract class Indexed implements TypeRules {
    static long index(Bytes key) {
        return Integer.toUnsignedLong(key.intLe(0));
    }

    static boolean inRange(MapSpec spec, Bytes key) {
        return index(key) < spec.capacity();
    }

    /** Big-endian, so that the order of bytes is the order of indexes. */
    @Override
    public final Bytes storedKey(Bytes key) {
        return Bytes.u32be(key.intLe(0));
    }

    @Override
    public final Bytes wireKey(Bytes storedKey) {
        return Bytes.of(storedKey.at(3), storedKey.at(2), storedKey.at(1), storedKey.at(0));
    }

    /** Every index in turn, whether it holds something or not; from an index out of range the first again. */
    @Override
    public final Outcome<Bytes> nextKey(MapSpec spec, Draft<Bytes> elements, Optional<Bytes> key) {
        if (key.isEmpty() || !inRange(spec, key.get())) {
            return Outcome.done(Bytes.u32le(0));
        }
        long next = index(key.get()) + 1;
        return next < spec.capacity()
                ? Outcome.done(Bytes.u32le((int) next))
                : Outcome.refused(Errno.ENOENT,
                        "getnext %s: index %d is the last".formatted(spec.ref(), next - 1));
    }

    /** The value at an index; {@code absent} where nothing is stored. */
    final Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key,
            Optional<Value> absent) {
        if (!inRange(spec, key)) {
            return new Outcome.Refused<>(
                    Refusals.outOfRange("lookup", spec, index(key), Errno.ENOENT).orElseThrow());
        }
        Bytes stored = elements.get(storedKey(key));
        if (stored != null) {
            return Outcome.done(valueForm().value(stored, spec.valueSize()));
        }
        return absent.<Outcome<Value>>map(Outcome::done)
                .orElseGet(() -> new Outcome.Refused<>(Refusals.notFound(spec, key)));
    }

    /** What an update looks at first: the flags, then the index. */
    static Optional<Refusal> checkUpdate(MapSpec spec, Bytes key, long flags) {
        if (Long.compareUnsigned(flags, UpdateFlags.EXIST) > 0) {
            return Refusals.unknownFlags(spec, flags);
        }
        return inRange(spec, key)
                ? Optional.empty()
                : Refusals.outOfRange("update", spec, index(key), Errno.E2BIG);
    }

    /** The same where the kernel refuses NOEXIST whether the index holds something or not. */
    static Optional<Refusal> checkDenseUpdate(MapSpec spec, Bytes key, long flags) {
        return checkUpdate(spec, key, flags).or(() -> flags == UpdateFlags.NOEXIST
                ? Refusals.of(Errno.EEXIST,
                        "update %s: %s refuses noexist for every index; use any or exist"
                                .formatted(spec.ref(), spec.type().one()))
                : Optional.empty());
    }

    /** Empties an index; one that is empty already is no mistake. */
    final Optional<Refusal> deleteIndex(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        if (!inRange(spec, key)) {
            return Refusals.outOfRange("delete from", spec, index(key), Errno.EINVAL);
        }
        elements.remove(storedKey(key));
        return Optional.empty();
    }

    /** Empties a slot as __fd_array_map_delete_elem does. */
    static Optional<Refusal> deleteSlot(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        if (!inRange(spec, key)) {
            return Refusals.outOfRange("delete from", spec, index(key), Errno.E2BIG);
        }
        Bytes stored = Bytes.u32be(key.intLe(0));
        if (!elements.containsKey(stored)) {
            return Optional.of(Refusals.notFound(spec, key));
        }
        elements.remove(stored);
        return Optional.empty();
    }
}
