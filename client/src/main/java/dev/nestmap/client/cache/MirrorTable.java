package dev.nestmap.client.cache;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** All elements of a map, as an immutable value that a change replaces. What it does not hold, the map has not. */
@SuppressWarnings("NullableOptional") // as Table declares it
final class MirrorTable<K, V> implements Table<K, V> {
    /** The revision of all entries: it reaches no floor, so that the table's own freshness decides. */
    private static final long NEVER = -1;
    /** What the codec cannot read: whoever asks for it is told so by the store's answer. */
    private static final Object UNREADABLE = new Object();

    private final MapSpec spec;
    private final Codec<K> keys;
    private final boolean shortKeys;
    private final Entries<V> entries;
    /** What indexes have that were never written; null where the type has no such. */
    private final @Nullable Object initial;
    // Written under the lock of Coherence. Null: the contents are not here, or were lost. Values, or UNREADABLE, under the
    // numbers that short keys are, or as LongKeys holds them.
    private volatile @Nullable PageTable<Object> contents;

    MirrorTable(MapSpec spec, Codec<K> keys, Entries<V> entries) {
        this.spec = spec;
        this.keys = keys;
        this.shortKeys = keys.sizeBytes() <= Long.BYTES;
        this.entries = entries;
        this.initial = MapRules.isDense(spec.type())
                ? held(new Value.Data(Bytes.zeros(spec.valueSize())))
                : null;
    }

    @Override
    public @Nullable Optional<V> find(K key) {
        PageTable<Object> all = contents;
        return all == null ? null : find(all, key);
    }

    /** The same in contents that may be older; null where the codec cannot read it. */
    @Nullable
    Optional<V> find(PageTable<Object> all, K key) {
        return shortKeys ? findShort(all, keys.word(key)) : findLong(all, keys.encode(key));
    }

    private @Nullable Optional<V> findShort(PageTable<Object> all, long word) {
        Object held = all.get(word);
        return held == null ? unwritten(word) : readable(held);
    }

    private @Nullable Optional<V> findLong(PageTable<Object> all, Bytes key) {
        Object held = LongKeys.HASHED.get(all, key);
        return held == null ? Optional.empty() : readable(held);
    }

    /** Null where the codec cannot read it. Made for each reader: to follow one reference more takes longer than that. */
    @SuppressWarnings("unchecked") // what held() gave
    private @Nullable Optional<V> readable(Object held) {
        return held == UNREADABLE ? null : Optional.of((V) held);
    }

    @Override
    public @Nullable Entry<V> peek(Bytes key) {
        PageTable<Object> all = contents;
        if (all == null) {
            return null;
        }
        Optional<V> found = shortKeys ? findShort(all, key.head()) : findLong(all, key);
        return found == null ? null : new Entry<>(found, NEVER, 0, 0);
    }

    /** Contents come from the watch alone. */
    @Override
    public void put(Bytes key, Entry<V> entry) {}

    @Override
    public Runnable prepare(List<MapChange> changes, Update update) {
        PageTable<Object> before = contents;
        PageTable<Object> after = switch (update.kind()) {
            case KEYS -> before == null ? null : edited(before, changes);
            case CONTENTS -> edited(PageTable.empty(), changes);
            case ANY_KEY -> null;
        };
        return () -> contents = after;
    }

    private PageTable<Object> edited(PageTable<Object> before, List<MapChange> changes) {
        PageTable.Draft<Object> draft = before.edit();
        for (MapChange change : changes) {
            for (Element element : change.set()) {
                set(draft, element.key(), held(element.value()));
            }
            for (Bytes key : change.deleted()) {
                remove(draft, key);
            }
        }
        return draft.build();
    }

    private void set(PageTable.Draft<Object> draft, Bytes key, Object held) {
        if (shortKeys) {
            draft.set(key.head(), held);
        } else {
            LongKeys.HASHED.set(draft, key, held);
        }
    }

    private void remove(PageTable.Draft<Object> draft, Bytes key) {
        if (shortKeys) {
            draft.remove(key.head());
        } else {
            LongKeys.HASHED.remove(draft, key);
        }
    }

    private Object held(Value value) {
        try {
            return entries.codec().fromValue(value);
        } catch (RuntimeException e) {
            return UNREADABLE;
        }
    }

    /** What an index has by which nothing is held; keys of such maps are of four bytes. */
    private @Nullable Optional<V> unwritten(long index) {
        Object zeros = initial;
        return zeros != null && index < spec.capacity() ? readable(zeros) : Optional.empty();
    }

    /** Gives the elements of contents; no value where the codec cannot read it. */
    void forEach(PageTable<Object> all, BiConsumer<K, @Nullable Optional<V>> consumer) {
        all.forEach((word, held) -> {
            if (shortKeys) {
                consumer.accept(keys.decode(bytes(word)), readable(held));
            } else {
                consumer.accept(keys.decode(LongKeys.key(held)), readable(LongKeys.value(held)));
            }
        });
    }

    private Bytes bytes(long word) {
        return Bytes.u64le(word).slice(0, keys.sizeBytes());
    }

    @Nullable
    PageTable<Object> contents() {
        return contents;
    }
}
