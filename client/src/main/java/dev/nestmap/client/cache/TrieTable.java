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
    /** The revision of what stands for many keys: it reaches no floor, so that the table's own freshness decides. */
    private static final long NEVER = -1;

    private final MapSpec spec;
    private final Entries<V> entries;
    private final Entry<V> absent;
    /** What the codec cannot read: whoever asks for it is told so by the store's answer. */
    private final Entry<V> unreadable;
    /** What indexes have that were never written; null where the type has no such. */
    private final @Nullable Entry<V> initial;
    // Written under the lock of Coherence. Null: the contents are not here, or were lost.
    private volatile @Nullable HashTrie<Entry<V>> contents;

    TrieTable(MapSpec spec, Entries<V> entries) {
        this.spec = spec;
        this.entries = entries;
        this.absent = new Entry<>(null, NEVER, 0, 0);
        this.unreadable = new Entry<>(null, NEVER, 0, 0);
        this.initial = MapRules.isDense(spec.type())
                ? entry(new Element(Bytes.empty(), new Value.Data(Bytes.zeros(spec.valueSize()))),
                        new Update(Update.Kind.CONTENTS, NEVER, NEVER, 0))
                : null;
    }

    @Override
    public @Nullable Entry<V> find(Bytes key) {
        HashTrie<Entry<V>> all = contents;
        return all == null ? null : find(all, key);
    }

    /** The same in contents that may be older; null where the codec cannot read it. */
    @Nullable
    Entry<V> find(HashTrie<Entry<V>> all, Bytes key) {
        Entry<V> entry = all.get(key);
        return entry == null ? unwritten(key) : readable(entry);
    }

    @Nullable
    @SuppressWarnings("ReferenceEquality") // one object stands for all that cannot be read
    Entry<V> readable(Entry<V> entry) {
        return entry == unreadable ? null : entry;
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
        HashTrie<Entry<V>> before = contents;
        HashTrie<Entry<V>> after = switch (update.kind()) {
            case KEYS -> before == null ? null : edited(before, changes, update);
            case CONTENTS -> edited(HashTrie.empty(), changes, update);
            case ANY_KEY -> null;
        };
        return () -> contents = after;
    }

    private HashTrie<Entry<V>> edited(HashTrie<Entry<V>> trie, List<MapChange> changes,
            Update update) {
        HashTrie<Entry<V>> edited = trie;
        for (MapChange change : changes) {
            for (Element element : change.set()) {
                edited = edited.with(element.key(), entry(element, update));
            }
            for (Bytes key : change.deleted()) {
                edited = edited.without(key);
            }
        }
        return edited;
    }

    private Entry<V> entry(Element element, Update update) {
        try {
            return entries.entry(element.key(), element.value(), update.revision(),
                    update.asOfNanos());
        } catch (RuntimeException e) {
            return unreadable;
        }
    }

    private @Nullable Entry<V> unwritten(Bytes key) {
        Entry<V> zeros = initial;
        return zeros != null && Integer.toUnsignedLong(key.intLe(0)) < spec.capacity()
                ? readable(zeros)
                : absent;
    }

    @Nullable
    HashTrie<Entry<V>> contents() {
        return contents;
    }
}
