package dev.nestmap.client.cache;

import dev.nestmap.client.MapChange;
import dev.nestmap.model.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lookups on their way, and which of their answers a change has overtaken. Guarded by the lock of {@link Coherence}. */
final class Loads<V> {
    private final Map<Bytes, Load<V>> byKey = new HashMap<>();
    /** Any key may have changed then: an answer of an older revision is overtaken. */
    private long anyKeyChanged;

    /** The one that readers of a key may join; null where there is none. */
    @Nullable
    Load<V> of(Bytes key) {
        return byKey.get(key);
    }

    /** From now on readers of its key join this one. */
    void add(Load<V> load) {
        byKey.put(load.key(), load);
    }

    /** It has ended. */
    void remove(Load<V> load) {
        byKey.remove(load.key(), load);
    }

    /** Keys were changed in a revision. */
    void keysChanged(List<MapChange> changes, long revision) {
        if (!byKey.isEmpty()) {
            changes.forEach(change -> {
                change.set().forEach(element -> keyChanged(element.key(), revision));
                change.deleted().forEach(key -> keyChanged(key, revision));
            });
        }
    }

    private void keyChanged(Bytes key, long revision) {
        Load<V> load = byKey.get(key);
        if (load != null) {
            load.touch(revision);
        }
    }

    /** Any key may have been changed up to a revision. */
    void anyKeyChanged(long revision) {
        anyKeyChanged = Math.max(anyKeyChanged, revision);
    }

    /** Whether what a load brought, of a revision, is still what the key has, as far as is known; asked before it is removed. */
    boolean isCurrent(Load<V> load, long revision) {
        return byKey.get(load.key()) == load
                && revision >= Math.max(load.touched(), anyKeyChanged);
    }
}
