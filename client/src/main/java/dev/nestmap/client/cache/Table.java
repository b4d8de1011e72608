package dev.nestmap.client.cache;

import dev.nestmap.client.MapChange;
import dev.nestmap.model.Bytes;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where entries are held. Readers are many; who changes it holds the lock of {@link Coherence}. */
interface Table<K, V> {
    /**
     * What is held of a key: its value, or that there is none; null where nothing is held. Never waits; counts as a use. {@link
     * IllegalArgumentException} where the codec does not take the key.
     */
    @SuppressWarnings("NullableOptional") // null is another answer than empty, and this is the hot path
    @Nullable
    Optional<V> find(K key);

    /** The entry that this is of; not counted. */
    @Nullable
    Entry<V> peek(Bytes key);

    /** Holds what a load gave, if it likes to. */
    void put(Bytes key, Entry<V> entry);

    /**
     * Makes ready to bring the entries from a revision to a later one.
     *
     * @param changes of the map
     * @param update what they do
     * @return does it; runs under the lock
     */
    Runnable prepare(List<MapChange> changes, Update update);

    /**
     * What changes do to entries.
     *
     * @param kind how much of the table they concern
     * @param behind what was so at this revision and is under no key in the changes is so at the later one. What was read in
     *        between need not be: a key that came and went is not in changes that were merged
     * @param revision the one they lead to; entries of a later revision have it in them and stay
     * @param asOfNanos what they say was so at some moment after this one
     */
    record Update(Kind kind, long behind, long revision, long asOfNanos) {
        /** How much of the table changes concern. */
        enum Kind {
            /** The keys in the changes. */
            KEYS,
            /** Any key: the changes say only that there was one. */
            ANY_KEY,
            /** All keys: the changes are the complete contents. */
            CONTENTS
        }
    }
}
