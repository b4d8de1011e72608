package dev.nestmap.agent.kernel.simulated;

import dev.nestmap.agent.kernel.KernelMapInfo;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A map as such, to which open maps, pins and slots refer. Guarded by the kernel's monitor. An empty answer is
 * success.
 */
final class StoredMap {
    static final Set<MapType> SIMULATED_HERE = Collections.unmodifiableSet(EnumSet.of(MapType.ARRAY,
            MapType.HASH, MapType.DEVMAP, MapType.DEVMAP_HASH, MapType.ARRAY_OF_MAPS,
            MapType.HASH_OF_MAPS));

    final KernelMapInfo info;
    final KernelMapSpec spec;
    private final @Nullable KernelMapSpec template;
    /** Ids of all maps that something refers to; this map takes itself off when nothing does. */
    private final Set<Integer> live;
    private final TreeMap<Bytes, Bytes> elements = new TreeMap<>();
    private final TreeMap<Bytes, StoredMap> slots = new TreeMap<>();
    /** For all types but the six that are simulated here. */
    private final @Nullable ModelledElements modelled;
    private int references;
    boolean frozen;

    StoredMap(KernelMapInfo info, @Nullable KernelMapSpec template, Set<Integer> live) {
        this.info = info;
        this.spec = info.spec();
        this.template = template;
        this.live = live;
        this.modelled = SIMULATED_HERE.contains(spec.type())
                ? null
                : new ModelledElements(spec, SimulatedKernel.POSSIBLE_CPUS);
        live.add(info.id());
    }

    void refer() {
        references++;
    }

    void letGo() {
        if (--references == 0) {
            live.remove(info.id());
            slots.values().forEach(StoredMap::letGo);
        }
    }

    Optional<Bytes> lookup(Bytes key) {
        if (modelled != null) {
            return modelled.lookup(key);
        }
        if (spec.type() == MapType.ARRAY && inRange(key)) {
            return Optional.of(elements.getOrDefault(key, Bytes.zeros(spec.valueSize())));
        }
        return spec.type().isOuter()
                ? Optional.ofNullable(slots.get(key)).map(inner -> Bytes.u32le(inner.info.id()))
                : Optional.ofNullable(elements.get(key));
    }

    /** Empty also where the type has no such verb. */
    Optional<Bytes> lookupAndDelete(Bytes key) {
        if (modelled != null) {
            return modelled.lookupAndDelete(key);
        }
        Optional<Bytes> value = lookup(key);
        elements.remove(key);
        return value;
    }

    Optional<Errno> update(Bytes key, Bytes value, long flags, Set<Integer> interfaces) {
        if (modelled != null) {
            return modelled.update(key, value, flags);
        }
        Optional<Errno> refusal = switch (spec.type()) {
            case ARRAY -> refuseIndexed(key, flags);
            case HASH -> refuseHashed(key, flags, elements);
            case DEVMAP ->
                refuseIndexed(key, flags).or(() -> refuseDevice(value, interfaces));
            case DEVMAP_HASH -> refuseDeviceHash(key, value, flags, interfaces);
            default -> Optional.of(Errno.EINVAL);
        };
        if (refusal.isEmpty() && spec.type() == MapType.DEVMAP && value.intLe(0) == 0) {
            elements.remove(key);
        } else if (refusal.isEmpty()) {
            elements.put(key, isDevices() ? withoutProgram(value) : value);
        }
        return refusal;
    }

    Optional<Errno> setSlot(Bytes key, StoredMap inner, long flags) {
        boolean matches = template != null && CreationRules.matches(template, inner.spec);
        Optional<Errno> mismatch = matches ? Optional.empty() : Optional.of(Errno.EINVAL);
        Optional<Errno> refusal = switch (spec.type()) {
            case ARRAY_OF_MAPS -> flags != UpdateFlags.ANY
                    ? Optional.of(Errno.EINVAL)
                    : refuseIndexed(key, flags).or(() -> mismatch);
            case HASH_OF_MAPS -> mismatch.or(() -> refuseHashed(key, flags, slots));
            default -> Optional.of(Errno.EINVAL);
        };
        if (refusal.isEmpty()) {
            inner.refer();
            StoredMap former = slots.put(key, inner);
            if (former != null) {
                former.letGo();
            }
        }
        return refusal;
    }

    Optional<Errno> delete(Bytes key) {
        if (modelled != null) {
            return modelled.delete(key);
        }
        return switch (spec.type()) {
            case ARRAY -> Optional.of(Errno.EINVAL);
            case DEVMAP -> {
                elements.remove(key);
                yield inRange(key) ? Optional.empty() : Optional.of(Errno.EINVAL);
            }
            case ARRAY_OF_MAPS ->
                inRange(key) ? absent(clearSlot(key)) : Optional.of(Errno.E2BIG);
            case HASH_OF_MAPS -> absent(clearSlot(key));
            default -> absent(elements.remove(key));
        };
    }

    private @Nullable StoredMap clearSlot(Bytes key) {
        StoredMap former = slots.remove(key);
        if (former != null) {
            former.letGo();
        }
        return former;
    }

    private static Optional<Errno> absent(@Nullable Object removed) {
        return removed == null ? Optional.of(Errno.ENOENT) : Optional.empty();
    }

    Optional<Bytes> nextKey(@Nullable Bytes key) {
        if (modelled != null) {
            return modelled.nextKey(key);
        }
        if (isIndexed()) {
            int next = key == null || !inRange(key) ? 0 : key.intLe(0) + 1;
            return Optional.of(Bytes.u32le(next)).filter(this::inRange);
        }
        TreeMap<Bytes, ?> keys = spec.type().isOuter() ? slots : elements;
        if (key == null || !keys.containsKey(key)) {
            return keys.isEmpty() ? Optional.empty() : Optional.of(keys.firstKey());
        }
        return Optional.ofNullable(keys.higherKey(key));
    }

    private boolean isIndexed() {
        return spec.type() == MapType.ARRAY || spec.type() == MapType.DEVMAP
                || spec.type() == MapType.ARRAY_OF_MAPS;
    }

    private boolean isDevices() {
        return spec.type() == MapType.DEVMAP || spec.type() == MapType.DEVMAP_HASH;
    }

    private boolean inRange(Bytes key) {
        return Integer.compareUnsigned(key.intLe(0), spec.maxEntries()) < 0;
    }

    private Optional<Errno> refuseIndexed(Bytes key, long flags) {
        if (unknown(flags)) {
            return Optional.of(Errno.EINVAL);
        }
        if (!inRange(key)) {
            return Optional.of(Errno.E2BIG);
        }
        // Every index exists, a DEVMAP's empty ones too.
        return flags == UpdateFlags.NOEXIST ? Optional.of(Errno.EEXIST) : Optional.empty();
    }

    private Optional<Errno> refuseHashed(Bytes key, long flags, Map<Bytes, ?> present) {
        if (unknown(flags)) {
            return Optional.of(Errno.EINVAL);
        }
        if (present.containsKey(key)) {
            return flags == UpdateFlags.NOEXIST ? Optional.of(Errno.EEXIST) : Optional.empty();
        }
        if (flags == UpdateFlags.EXIST) {
            return Optional.of(Errno.ENOENT);
        }
        return present.size() < Integer.toUnsignedLong(spec.maxEntries())
                ? Optional.empty()
                : Optional.of(Errno.E2BIG);
    }

    private Optional<Errno> refuseDeviceHash(Bytes key, Bytes value, long flags,
            Set<Integer> interfaces) {
        if (unknown(flags) || value.intLe(0) == 0) {
            return Optional.of(Errno.EINVAL);
        }
        boolean present = elements.containsKey(key);
        if (present && flags == UpdateFlags.NOEXIST) {
            return Optional.of(Errno.EEXIST);
        }
        // EXIST is not enforced by this type.
        return refuseDevice(value, interfaces)
                .or(() -> refuseHashed(key, UpdateFlags.ANY, elements));
    }

    /** Unknown interfaces and, as no programs are simulated, any program. */
    private static Optional<Errno> refuseDevice(Bytes value, Set<Integer> interfaces) {
        int index = value.intLe(0);
        boolean program = value.size() == 8 && value.intLe(4) > 0;
        return program || (index != 0 && !interfaces.contains(index))
                ? Optional.of(Errno.EINVAL)
                : Optional.empty();
    }

    private static Bytes withoutProgram(Bytes value) {
        return value.size() == 8 ? value.slice(0, 4).concat(Bytes.zeros(4)) : value;
    }

    private static boolean unknown(long flags) {
        return flags < UpdateFlags.ANY || flags > UpdateFlags.EXIST;
    }
}
