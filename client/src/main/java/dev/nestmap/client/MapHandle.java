package dev.nestmap.client;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Result;
import java.util.List;
import java.util.Optional;

/**
 * The verbs of bpf(2) on one map; each waits for its answer and throws {@link NestmapException} where there is none or
 * it is a refusal. Holds no resources: make as many as you like. Safe for many threads.
 */
public final class MapHandle {
    private final AsyncMapHandle async;

    MapHandle(AsyncMapHandle async) {
        this.async = async;
    }

    /** What this handle names. */
    public MapRef ref() {
        return async.ref();
    }

    /** The same map with verbs that do not wait. */
    public AsyncMapHandle async() {
        return async;
    }

    /** The same map, read with another consistency. */
    public MapHandle reading(Consistency consistency) {
        return new MapHandle(async.reading(consistency));
    }

    /** Definition and state; ENOENT. */
    public Answer<MapDescription> describe() {
        return Wait.on(async.describe());
    }

    /** Unlinks the name; ENOENT. The map lives on while slots hold it. */
    public Answer<Deleted> delete() {
        return Wait.on(async.delete());
    }

    /** Refuses every later change of elements; ENOENT, EPERM where it is frozen already. */
    public Answer<Result.Done> freeze() {
        return Wait.on(async.freeze());
    }

    /**
     * Wants the map on other nodes; it keeps its id and its elements. ENOENT; EINVAL for a selector that is none,
     * and where a map that nodes want for its own sake is to follow outer maps only, or the other way round.
     */
    public Answer<Result.Done> place(Placement placement) {
        return Wait.on(async.place(placement));
    }

    /** The value under a key; ENOENT where there is none. Of a QUEUE or STACK, with an empty key, the next to be taken. */
    public Answer<Value> lookup(Bytes key) {
        return Wait.on(async.lookup(key));
    }

    /** Whether a BLOOM_FILTER has a value: ENOENT where it was not added. */
    public Answer<Value> lookupValue(Bytes value) {
        return Wait.on(async.lookupValue(value));
    }

    /** The same where absence is an answer like any other: ENOENT only where there is no such map. */
    public Answer<Found> find(Bytes key) {
        return Wait.on(async.find(key));
    }

    /** Creates or replaces an element. */
    public Answer<Result.Done> update(Bytes key, Value value) {
        return update(key, value, UpdateFlags.ANY);
    }

    /**
     * Writes an element.
     *
     * @param flags of {@link UpdateFlags}
     */
    public Answer<Result.Done> update(Bytes key, Value value, long flags) {
        return Wait.on(async.update(key, value, flags));
    }

    /** Deletes an element; ENOENT where there is none. */
    public Answer<Result.Done> deleteElem(Bytes key) {
        return Wait.on(async.deleteElem(key));
    }

    /** Reads and deletes an element; ENOENT where there is none. */
    public Answer<Value> lookupAndDelete(Bytes key) {
        return Wait.on(async.lookupAndDelete(key));
    }

    /** The key behind another, the first where none is given; ENOENT behind the last. */
    public Answer<Bytes> nextKey(Optional<Bytes> key) {
        return Wait.on(async.nextKey(key));
    }

    /**
     * Writes elements in one revision, in order, up to the first refusal. What was done before a refusal stays: look
     * at {@link Result.Batch#failure}.
     */
    public Answer<Result.Batch> updateBatch(List<Element> elements) {
        return Wait.on(async.updateBatch(elements));
    }

    /** Deletes keys in one revision, in order, up to the first refusal: look at {@link Result.Batch#failure}. */
    public Answer<Result.Batch> deleteBatch(List<Bytes> keys) {
        return Wait.on(async.deleteBatch(keys));
    }

    /**
     * One page of elements. Each page sees a revision of its own, unless the handle reads {@link Consistency#exactly} one.
     *
     * @param inBatch {@link ElementPage#outBatch} of the page before; empty: from the start
     * @param count at most so many; the server cuts pages at 1 MiB too
     */
    public Answer<ElementPage> lookupBatch(Bytes inBatch, int count) {
        return Wait.on(async.lookupBatch(inBatch, count));
    }

    /** All elements at one revision, in the map's order; nothing is sent before the first is asked for. */
    public Dump dump() {
        return dump(Dump.WhenGone.FAIL);
    }

    /** The same, with a choice for a stream that broke and whose revision is gone by then. */
    public Dump dump(Dump.WhenGone whenGone) {
        return async.dump(whenGone);
    }

    /** A new {@link #dump()} for each iteration; take that itself where the loop may be left early, and close it. */
    public Iterable<Element> elements() {
        return this::dump;
    }
}
