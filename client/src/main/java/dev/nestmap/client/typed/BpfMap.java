package dev.nestmap.client.typed;

import dev.nestmap.client.Answer;
import dev.nestmap.client.Consistency;
import dev.nestmap.client.Dump;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.ValueCodec;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.state.Result;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A map with Java values for keys and values. Opening finds it and checks that the codecs have its sizes; from then on it
 * is this very map, as a file descriptor is, also when its name goes to another. Each verb waits for its answer and throws
 * {@link dev.nestmap.client.NestmapException} where there is none or it is a refusal; {@link IllegalArgumentException}
 * where a codec cannot write or read a value. Holds no resources; safe for many threads, virtual ones too.
 */
public final class BpfMap<K, V> {
    private final Opened<K, V> opened;
    private final MapHandle handle;

    private BpfMap(Opened<K, V> opened, MapHandle handle) {
        this.opened = opened;
        this.handle = handle;
    }

    /**
     * Opens a map by its name in the client's namespace; ENOENT. {@link IllegalArgumentException} where a codec has
     * another size than the map, or can write no value of its type ({@link ValueCodec#fits}).
     */
    public static <K, V> BpfMap<K, V> open(NestmapClient client, String name, Codec<K> keys,
            ValueCodec<V> values) {
        return open(client, new MapRef.ByName(client.options().namespace(), name), keys, values);
    }

    /** Opens a map by whatever names it, such as what a slot gave. */
    public static <K, V> BpfMap<K, V> open(NestmapClient client, MapRef ref, Codec<K> keys,
            ValueCodec<V> values) {
        MapDescription description = client.map(ref).describe().value();
        return of(new Opened<>(client, ref, description, keys, values));
    }

    /** Creates a map whose sizes are those of the codecs, placed everywhere; EEXIST, and what the type asks for. */
    public static <K, V> BpfMap<K, V> create(NestmapClient client, String name, MapType type,
            int maxEntries, Codec<K> keys, ValueCodec<V> values) {
        MapSpec spec = MapSpec.of(client.options().namespace(), name, type, keys.sizeBytes(),
                values.sizeBytes(), maxEntries);
        return of(new Opened<>(client, spec.ref(), client.maps().create(spec).value(), keys,
                values));
    }

    /** Creates a map that is no outer map from a whole definition, whose sizes must be those of the codecs. */
    public static <K, V> BpfMap<K, V> create(NestmapClient client, MapSpec spec, Codec<K> keys,
            ValueCodec<V> values) {
        Opened.requireSizes(spec.ref(), spec, keys, values);
        return of(new Opened<>(client, spec.ref(), client.maps().create(spec).value(), keys,
                values));
    }

    private static <K, V> BpfMap<K, V> of(Opened<K, V> opened) {
        return new BpfMap<>(opened, opened.client().map(opened.ref()));
    }

    /** The client that it was opened with. */
    public NestmapClient client() {
        return opened.client();
    }

    /** How it was named when it was opened. */
    public MapRef openedAs() {
        return opened.name();
    }

    /** The map as it was when it was opened; {@link #handle} can ask again. */
    public MapDescription description() {
        return opened.description();
    }

    /** This map, whatever becomes of its name: what goes into a slot. */
    public MapRef ref() {
        return opened.ref();
    }

    /** The same map in bytes. */
    public MapHandle handle() {
        return handle;
    }

    /** How keys are written. */
    public Codec<K> keyCodec() {
        return opened.keys();
    }

    /** How values are written. */
    public ValueCodec<V> valueCodec() {
        return opened.values();
    }

    /** How keys and values are written. */
    public TypedCodecs<K, V> codecs() {
        return new TypedCodecs<>(opened.keys(), opened.values());
    }

    /** The same map with verbs that do not wait. */
    public AsyncBpfMap<K, V> async() {
        return new AsyncBpfMap<>(opened, handle.async());
    }

    /** The same map, read with another consistency. */
    public BpfMap<K, V> reading(Consistency consistency) {
        return new BpfMap<>(opened, handle.reading(consistency));
    }

    /** The value under a key; empty where there is none. */
    public Optional<V> get(K key) {
        return Optional.ofNullable(handle.find(opened.keys().encode(key)).value().value())
                .map(opened::value);
    }

    /** Creates or replaces an element; the revision that this made. */
    public long put(K key, V value) {
        return put(key, value, UpdateFlags.ANY);
    }

    /**
     * Writes an element; the revision that this made.
     *
     * @param flags of {@link UpdateFlags}: EEXIST with NOEXIST, ENOENT with EXIST
     */
    public long put(K key, V value, long flags) {
        return handle.update(opened.keys().encode(key), opened.values().toValue(value), flags)
                .revision();
    }

    /** Deletes an element; the revision that this made. ENOENT where there is none. */
    public long remove(K key) {
        return handle.deleteElem(opened.keys().encode(key)).revision();
    }

    /** Deletes an element and gives the value that it had; ENOENT where there is none. */
    public V take(K key) {
        return opened.value(handle.lookupAndDelete(opened.keys().encode(key)).value());
    }

    /**
     * Writes elements in one revision, in the map's order of iteration, up to the first refusal. What was done before it
     * stays: look at {@link Result.Batch#failure}.
     */
    public Answer<Result.Batch> putAll(Map<K, V> elements) {
        return handle.updateBatch(elements.entrySet()
                .stream()
                .map(entry -> opened.element(entry.getKey(), entry.getValue()))
                .toList());
    }

    /** Deletes keys in one revision, in order, up to the first refusal: look at {@link Result.Batch#failure}. */
    public Answer<Result.Batch> removeAll(Collection<K> keys) {
        return handle.deleteBatch(keys.stream().map(opened.keys()::encode).toList());
    }

    /**
     * All elements at one revision, in the map's order, as {@link MapHandle#dump()} fetches them: nothing is sent before the
     * stream is read, a few pages are held at a time. Close it where it may not be read to its end: until then, or until
     * nobody holds it any more, the server keeps its revision of the map. Reading it throws as {@link
     * dev.nestmap.client.Dump#hasNext}.
     */
    public Stream<TypedElement<K, V>> elements() {
        Dump dump = handle.dump();
        return StreamSupport
                .stream(Spliterators.spliteratorUnknownSize(dump,
                        Spliterator.ORDERED | Spliterator.NONNULL), false)
                .map(opened::element)
                .onClose(dump::close);
    }

    @Override
    public String toString() {
        return "%s of %s to %s".formatted(opened.name(), opened.keys(), opened.values());
    }
}
