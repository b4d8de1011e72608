package dev.nestmap.client.cache;

import dev.nestmap.client.MapChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All elements of a map, as an immutable value that a change replaces. What it does not hold, the map has not. */
final class TrieTable<V> implements Table<V> {
    /** The revision of all entries: it reaches no floor, so that the table's own freshness decides. */
    private static final long NEVER = -1;
    /** What the codec cannot read: whoever asks for it is told so by the store's answer. */
    private static final Object UNREADABLE = new Object();

    private final MapSpec spec;
    private final Entries<V> entries;
    private final Entry<V> absent = new Entry<>(null, NEVER, 0, 0);
    /** What indexes have that were never written; null where the type has no such. */
    private final @Nullable Object initial;
    // Written under the lock of Coherence. Null: the contents are not here, or were lost. Values, or UNREADABLE: entries are
    // made for each reader, as an object less to follow on a hit costs more time than making it.
    private volatile @Nullable HashTrie<Object> contents;

    TrieTable(MapSpec spec, Entries<V> entries) {
        this.spec = spec;
        this.entries = entries;
        this.initial = MapRules.isDense(spec.type())
                ? held(new Value.Data(Bytes.zeros(spec.valueSize())))
                : null;
    }

    @Override
    public @Nullable Entry<V> find(Bytes key) {
        HashTrie<Object> all = contents;
        return all == null ? null : find(all, key);
    }

    /** The same in contents that may be older; null where the codec cannot read it. */
    @Nullable
    Entry<V> find(HashTrie<Object> all, Bytes key) {
        Object held = all.get(key);
        return held == null ? unwritten(key) : readable(held);
    }

    /** Null where the codec cannot read it. */
    @Nullable
    @SuppressWarnings("unchecked") // it is what held() made
    Entry<V> readable(Object held) {
        return held == UNREADABLE ? null : new Entry<>((V) held, NEVER, 0, 0);
    }

    @Override
    public @Nullable Entry<V> peek(Bytes key) {
        return find(key);
    }

    /** Contents come from the watch alone. */
    @Override
    public void put(Bytes key, Entry<V> entry) {}

    @Override
    public Runnable prepare(List<MapChange> changes, Update update) {
        HashTrie<Object> before = contents;
        HashTrie<Object> after = switch (update.kind()) {
            case KEYS -> before == null ? null : edited(before, changes);
            case CONTENTS -> edited(HashTrie.empty(), changes);
            case ANY_KEY -> null;
        };
        return () -> contents = after;
    }

    private HashTrie<Object> edited(HashTrie<Object> trie, List<MapChange> changes) {
        HashTrie<Object> edited = trie;
        for (MapChange change : changes) {
            for (Element element : change.set()) {
                edited = edited.with(element.key(), held(element.value()));
            }
            for (Bytes key : change.deleted()) {
                edited = edited.without(key);
            }
        }
        return edited;
    }

    private Object held(Value value) {
        try {
            return entries.codec().fromValue(value);
        } catch (RuntimeException e) {
            return UNREADABLE;
        }
    }

    private @Nullable Entry<V> unwritten(Bytes key) {
        Object zeros = initial;
        return zeros != null && Integer.toUnsignedLong(key.intLe(0)) < spec.capacity()
                ? readable(zeros)
                : absent;
    }

    @Nullable
    HashTrie<Object> contents() {
        return contents;
    }
}
