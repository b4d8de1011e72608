package dev.nestmap.client.cache;

import dev.nestmap.client.Answer;
import dev.nestmap.client.Found;
import dev.nestmap.client.MapChange;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.Origin;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A store of one map that remembers all of its past. A value is the revision that wrote it. For one thread. */
final class SimulatedStore {
    static final String CLUSTER = "c";
    static final MapDescription MAP = new MapDescription(7,
            MapSpec.of("default", "m", MapType.HASH, 4, 8, 1000), false, false, 0, 0, 1, 1);
    static final MapIdentity IDENTITY = new MapIdentity(MAP.spec().ref(), MAP, CLUSTER);
    static final Codec<Bytes> KEYS = Codecs.bytes(4);
    static final Entries<Long> ENTRIES = new Entries<>(Codecs.u64(ByteOrder.LITTLE_ENDIAN));

    private final List<Long> commitNanos = new ArrayList<>(List.of(0L, 0L));
    /** What each revision changed; null: the key was deleted. Revision 1 made the map. */
    private final List<Map<Integer, Long>> commits = new ArrayList<>(List.of(Map.of(), Map.of()));

    static Bytes key(int key) {
        return Bytes.u32le(key);
    }

    long revision() {
        return commits.size() - 1L;
    }

    /** Writes keys; -1 deletes. No keys: another map was written. */
    long commit(long nowNanos, List<Integer> keys, Predicate<Integer> deletes) {
        long revision = commits.size();
        Map<Integer, Long> changes = new TreeMap<>();
        keys.forEach(key -> changes.put(key, deletes.test(key) ? -1 : revision));
        commits.add(changes);
        commitNanos.add(nowNanos);
        return revision;
    }

    /** The value of a key at a revision; -1: none. */
    long at(int key, long revision) {
        for (long r = revision; r > 0; r--) {
            Long value = commits.get((int) r).get(key);
            if (value != null) {
                return value;
            }
        }
        return -1;
    }

    /** What a lookup that sees the newest state answers. */
    Answer<Found> lookup(int key) {
        long value = at(key, revision());
        Value stored = value < 0 ? null : new Value.Data(Bytes.u64le(value));
        return new Answer<>(new Found(stored, MAP.id(), modifiedRevision(revision())),
                new Origin(CLUSTER, "m1", 1, revision()));
    }

    /**
     * The changes behind one revision, up to another; empty where there are none. Several are merged as the server merges
     * them, into the difference of two versions: a key that is again as it was is not in it.
     */
    Optional<WatchEvent> changes(long behind, long upTo) {
        if (modifiedRevision(upTo) <= behind) {
            return Optional.empty();
        }
        Map<Integer, Long> merged = new TreeMap<>();
        for (long r = behind + 1; r <= upTo; r++) {
            merged.putAll(commits.get((int) r));
        }
        merged.entrySet().removeIf(entry -> at(entry.getKey(), behind) == entry.getValue());
        return Optional.of(event(upTo, false, upTo > behind + 1, merged));
    }

    /** All there is at a revision. */
    WatchEvent snapshot(long revision) {
        Map<Integer, Long> all = new TreeMap<>();
        for (long r = 1; r <= revision; r++) {
            all.putAll(commits.get((int) r));
        }
        all.values().removeIf(value -> value < 0);
        return event(revision, true, false, all);
    }

    /** The last revision of those at which a key had a value, counted from a revision on; empty: it never has. */
    Optional<Long> lastHeld(int key, long value, long newest) {
        for (long r = newest; r > 0; r--) {
            if (at(key, r) == value) {
                return Optional.of(r);
            }
        }
        return Optional.empty();
    }

    /** The least revision at or above another at which a key has a value. */
    Optional<Long> firstHeld(int key, long value, long from) {
        for (long r = Math.max(1, from); r <= revision(); r++) {
            if (at(key, r) == value) {
                return Optional.of(r);
            }
        }
        return Optional.empty();
    }

    /** When a revision ceased to be the newest; {@link Long#MAX_VALUE}: it is. */
    long supersededNanos(long revision) {
        return revision == revision() ? Long.MAX_VALUE : commitNanos.get((int) revision + 1);
    }

    private long modifiedRevision(long revision) {
        for (long r = revision; r > 0; r--) {
            if (!commits.get((int) r).isEmpty()) {
                return r;
            }
        }
        return 1;
    }

    private static WatchEvent event(long revision, boolean snapshot, boolean coalesced,
            Map<Integer, Long> values) {
        List<Element> set = new ArrayList<>();
        List<Bytes> deleted = new ArrayList<>();
        values.forEach((key, value) -> {
            if (value < 0) {
                deleted.add(key(key));
            } else {
                set.add(new Element(key(key), new Value.Data(Bytes.u64le(value))));
            }
        });
        return new WatchEvent(revision, snapshot, coalesced,
                List.of(new MapChange(MAP.id(), snapshot ? MAP : null, false, set, deleted,
                        Map.of())));
    }

    /** A lookup on its way. */
    record Lookup(int key, CompletableFuture<Answer<Found>> future) {}
}
