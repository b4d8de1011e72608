package dev.nestmap.client.typed;

import dev.nestmap.client.Answer;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.state.Command.Compare;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A transaction being put together: conditions, then what to do where all of them hold, then what to do otherwise. {@link
 * #commit} runs it: one revision, all or nothing. For one thread; can be committed more than once, each time anew.
 */
public final class Transaction {
    private final NestmapClient client;
    private final List<Compare> conditions = new ArrayList<>();
    private final Steps then = new Steps();
    private final Steps otherwise = new Steps();

    private Transaction(NestmapClient client) {
        this.client = client;
    }

    /** An empty one, whose conditions hold. */
    public static Transaction on(NestmapClient client) {
        return new Transaction(client);
    }

    /** Only if there is such a map. */
    public Transaction ifExists(MapRef map) {
        return when(new Compare.MapExists(map, true));
    }

    /** Only if there is no such map. */
    public Transaction ifMissing(MapRef map) {
        return when(new Compare.MapExists(map, false));
    }

    /** Only if there is such a map and nothing of it was changed after this revision, such as that of an answer. */
    public Transaction ifUnchangedSince(MapRef map, long revision) {
        return when(new Compare.MapUnchangedSince(map, revision));
    }

    /** Only if there is such an element. */
    public <K> Transaction ifPresent(BpfMap<K, ?> map, K key) {
        return when(new Compare.ElementExists(map.ref(), map.keyCodec().encode(key), true));
    }

    /** Only if there is no such element. */
    public <K> Transaction ifAbsent(BpfMap<K, ?> map, K key) {
        return when(new Compare.ElementExists(map.ref(), map.keyCodec().encode(key), false));
    }

    /** Only if the element has this value. */
    public <K, V> Transaction ifEquals(BpfMap<K, V> map, K key, V value) {
        return when(new Compare.ElementEquals(map.ref(), map.keyCodec().encode(key),
                map.valueCodec().toValue(value)));
    }

    /** Only if this condition holds too. */
    public Transaction when(Compare condition) {
        conditions.add(condition);
        return this;
    }

    /** What to do where all conditions hold, in addition to what was said before. */
    public Transaction then(Consumer<Steps> steps) {
        steps.accept(then);
        return this;
    }

    /** What to do where a condition does not hold, in addition to what was said before. */
    public Transaction otherwise(Consumer<Steps> steps) {
        steps.accept(otherwise);
        return this;
    }

    /**
     * Runs it and waits. A refused operation is a value here: look at it, or call {@link TxnOutcome#orThrow}. Whether the
     * conditions held is {@link TxnOutcome#conditionsHeld}.
     */
    public Answer<TxnOutcome> commit() {
        return client.txn(conditions, then.steps(), otherwise.steps());
    }

    /** Runs it without waiting; the future as in {@link dev.nestmap.client.AsyncMapHandle}. */
    public CompletableFuture<Answer<TxnOutcome>> commitAsync() {
        return client.async().txn(conditions, then.steps(), otherwise.steps());
    }
}
