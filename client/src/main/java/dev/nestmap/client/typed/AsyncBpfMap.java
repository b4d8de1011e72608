package dev.nestmap.client.typed;

import dev.nestmap.client.Answer;
import dev.nestmap.client.AsyncMapHandle;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.ValueCodec;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.state.Result;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@link BpfMap} without waiting. Futures end with {@link dev.nestmap.client.NestmapException} where the call fails and
 * with {@link IllegalArgumentException} where a codec cannot read what came; what cannot be written is thrown at once. They
 * complete on a thread of the connection: do not block in what hangs on them.
 */
public final class AsyncBpfMap<K, V> {
    private final Opened<K, V> opened;
    private final AsyncMapHandle handle;

    AsyncBpfMap(Opened<K, V> opened, AsyncMapHandle handle) {
        this.opened = opened;
        this.handle = handle;
    }

    /** {@link BpfMap#open}. */
    public static <K, V> CompletableFuture<AsyncBpfMap<K, V>> open(NestmapClient client,
            String name, Codec<K> keys, ValueCodec<V> values) {
        MapRef ref = new MapRef.ByName(client.options().namespace(), name);
        return client.async()
                .map(ref)
                .describe()
                .thenApply(answer -> new Opened<>(client, ref, answer.value(), keys, values))
                .thenApply(opened -> new AsyncBpfMap<>(opened,
                        client.async().map(opened.ref())));
    }

    /** {@link BpfMap#get}. */
    public CompletableFuture<Optional<V>> get(K key) {
        return handle.find(opened.keys().encode(key))
                .thenApply(answer -> Optional.ofNullable(answer.value().value())
                        .map(opened::value));
    }

    /** {@link BpfMap#put(Object, Object)}. */
    public CompletableFuture<Long> put(K key, V value) {
        return put(key, value, UpdateFlags.ANY);
    }

    /** {@link BpfMap#put(Object, Object, long)}. */
    public CompletableFuture<Long> put(K key, V value, long flags) {
        return handle.update(opened.keys().encode(key), opened.values().toValue(value), flags)
                .thenApply(Answer::revision);
    }

    /** {@link BpfMap#remove}. */
    public CompletableFuture<Long> remove(K key) {
        return handle.deleteElem(opened.keys().encode(key)).thenApply(Answer::revision);
    }

    /** {@link BpfMap#take}. */
    public CompletableFuture<V> take(K key) {
        return handle.lookupAndDelete(opened.keys().encode(key))
                .thenApply(answer -> opened.value(answer.value()));
    }

    /** {@link BpfMap#putAll}. */
    public CompletableFuture<Answer<Result.Batch>> putAll(Map<K, V> elements) {
        return handle.updateBatch(elements.entrySet()
                .stream()
                .map(entry -> opened.element(entry.getKey(), entry.getValue()))
                .toList());
    }

    /** {@link BpfMap#removeAll}. */
    public CompletableFuture<Answer<Result.Batch>> removeAll(Collection<K> keys) {
        return handle.deleteBatch(keys.stream().map(opened.keys()::encode).toList());
    }
}
