package dev.nestmap.systemtests.differential;

import dev.nestmap.client.MapDescription;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.client.wire.RequestCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.differential.ModelSubject;
import dev.nestmap.model.differential.Operation;
import dev.nestmap.model.differential.Subject;
import dev.nestmap.model.differential.Words;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.BatchResponse;
import dev.nestmap.proto.v1.LookupRequest;
import dev.nestmap.proto.v1.MapServiceGrpc;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A store with all that is between it and a caller: the client, or for flags that the client has no words for a bare call;
 * every other write is a transaction. Its maps are in a namespace of their own.
 */
final class StoreSubject implements Subject {
    private static final int CPUS = 2;
    private static final Bytes CALLER = Bytes.zeros(RequestId.CLIENT_ID_BYTES);

    private final NestmapClient client;
    private final MapServiceGrpc.MapServiceBlockingStub bare;
    private final String namespace;
    private final TreeMap<Integer, Long> ids = new TreeMap<>();
    /** Also of maps without a name. */
    private final TreeMap<Integer, Long> created = new TreeMap<>();
    private final TreeMap<Long, Integer> numbers = new TreeMap<>();
    private final StoreReads reads;
    private final TransactionWrites transactions;
    private long calls;
    private long writes;

    /** Client and channel stay open. */
    StoreSubject(NestmapClient client, MapServiceGrpc.MapServiceBlockingStub bare,
            String namespace) {
        this.client = client;
        this.bare = bare;
        this.reads = new StoreReads(bare, this::text);
        this.transactions = new TransactionWrites(client);
        this.namespace = namespace;
    }

    static ModelSubject model() {
        return new ModelSubject(CPUS);
    }

    @Override
    public String perform(Operation operation) {
        try {
            if (operation instanceof Operation.Create create) {
                return create(create);
            }
            if (operation instanceof Operation.Alive(int number)) {
                return alive(number);
            }
            Long id = ids.get(operation.map());
            if (id == null) {
                return Words.NO_MAP;
            }
            MapRef ref = new MapRef.ById(id);
            Optional<Command.Step> step = TransactionWrites.step(operation, ref,
                    this::translated);
            return step.isPresent() && ++writes % 2 == 0
                    ? inTransaction(operation, step.get(), ref)
                    : perform(operation, ref);
        } catch (NestmapException e) {
            return e.errno().map(Errno::name).orElseThrow(() -> e);
        } catch (StatusRuntimeException e) {
            return ErrorCodec.refusal(e)
                    .map(refusal -> refusal.errno().name())
                    .orElseThrow(() -> e);
        }
    }

    @Override
    public void forget(int map) {
        Long id = ids.remove(map);
        if (id != null) {
            numbers.remove(id);
            created.remove(map);
        }
    }

    @Override
    public void close() {}

    private String create(Operation.Create create) {
        boolean outer = create.shape().type().isOuter();
        if (ids.containsKey(create.map())
                || (outer && create.template().filter(ids::containsKey).isEmpty())) {
            return Words.NO_MAP;
        }
        MapSpec named = ModelSubject.named(create);
        MapSpec spec = new MapSpec(namespace, named.name(), named.type(), named.keySize(),
                named.valueSize(), named.maxEntries(), named.flags(), named.mapExtra(),
                named.numaNode(), null, named.placement(), "", named.btf());
        InnerSource inner = create.template()
                .map(number -> inner(create, number))
                .orElseGet(InnerSource.None::new);
        MapDescription made = client.maps().create(spec, inner).value();
        ids.put(create.map(), made.id());
        created.put(create.map(), made.id());
        numbers.put(made.id(), create.map());
        return Words.created(made.spec().flags(), made.spec().maxEntries());
    }

    private InnerSource inner(Operation.Create create, int number) {
        MapRef template = new MapRef.ById(id(number));
        return create.form() == Operation.TemplateForm.GIVEN && ids.containsKey(number)
                ? new InnerSource.Given(
                        client.map(template).describe().value().spec().asTemplate())
                : new InnerSource.CopiedFrom(template);
    }

    private String alive(int number) {
        Long id = created.get(number);
        if (id == null) {
            return Words.NO_MAP;
        }
        try {
            var _ = client.map(new MapRef.ById(id)).describe();
            return Words.alive(true);
        } catch (NestmapException e) {
            return end(e).isPresent() ? "" : Words.alive(false);
        }
    }

    private String perform(Operation operation, MapRef ref) {
        MapHandle map = client.map(ref);
        return switch (operation) {
            case Operation.Create _,Operation.Alive _ ->
                throw new IllegalStateException("done before");
            case Operation.Lookup(_, Bytes key, Optional<Bytes> value, long flags) ->
                text(map, lookup(map, ref, key, value, flags));
            case Operation.Update(_, Element element, long flags) -> {
                map.update(element.key(), translated(element.value()), flags);
                yield Words.OK;
            }
            case Operation.Delete(_, Bytes key) -> {
                map.deleteElem(key);
                yield Words.OK;
            }
            case Operation.Take(_, Bytes key, long flags) ->
                text(map, lookupAndDelete(map, ref, key, flags));
            case Operation.NextKey(_, Optional<Bytes> key) ->
                Words.key(map.nextKey(key).value());
            case Operation.UpdateBatch(_, List<Element> elements, long flags) -> {
                List<Element> translated = elements.stream()
                        .map(element -> new Element(element.key(), translated(element.value())))
                        .toList();
                yield flags == 0
                        ? text(map.updateBatch(translated).value())
                        : text(bare.updateBatch(RequestCodec.write(nextId(),
                                new Command.UpdateBatch(ref, translated, flags)).getUpdateBatch()));
            }
            case Operation.DeleteBatch(_, List<Bytes> keys, long flags) -> flags == 0
                    ? text(map.deleteBatch(keys).value())
                    : text(bare.deleteBatch(RequestCodec.write(nextId(),
                            new Command.DeleteBatch(ref, keys, flags)).getDeleteBatch()));
            case Operation.LookupBatch batch -> reads.pages(map, ref, batch);
            case Operation.Unlink(int number) -> {
                map.delete();
                ids.remove(number);
                yield Words.OK;
            }
            case Operation.Freeze _ -> {
                map.freeze();
                yield Words.OK;
            }
            case Operation.Contents _ -> reads.contents(map);
        };
    }

    private String inTransaction(Operation operation, Command.Step step, MapRef ref) {
        List<Value> taken = transactions.write(step);
        if (operation instanceof Operation.Unlink(int number)) {
            ids.remove(number);
        }
        return operation instanceof Operation.Take
                ? text(client.map(ref), taken.getFirst())
                : Words.OK;
    }

    private Value lookup(MapHandle map, MapRef ref, Bytes key, Optional<Bytes> value, long flags) {
        if (flags == 0) {
            return value.isPresent()
                    ? map.lookupValue(value.get()).value()
                    : map.lookup(key).value();
        }
        LookupRequest.Builder request = LookupRequest.newBuilder()
                .setMap(MapRefCodec.ref(ref))
                .setKey(ElementCodec.bytes(key))
                .setFlags(flags);
        value.ifPresent(bytes -> request.setValue(ElementCodec.bytes(bytes)));
        return value(bare.lookup(request.build()).getValue());
    }

    private Value lookupAndDelete(MapHandle map, MapRef ref, Bytes key, long flags) {
        if (flags == 0) {
            return map.lookupAndDelete(key).value();
        }
        return value(bare.lookupAndDelete(RequestCodec.write(nextId(),
                new Command.LookupAndDelete(ref, key, flags)).getLookupAndDelete()).getValue());
    }

    static Value value(dev.nestmap.proto.v1.Value value) {
        try {
            return ElementCodec.value(value);
        } catch (InvalidMessageException e) {
            throw new IllegalStateException(e);
        }
    }

    static <T> Optional<T> end(NestmapException e) {
        if (e.is(Errno.ENOENT)) {
            return Optional.empty();
        }
        throw e;
    }

    private Value translated(Value value) {
        return value instanceof Value.Slot(MapRef.ById(long number))
                ? new Value.Slot(new MapRef.ById(id((int) number)))
                : value;
    }

    private long id(int number) {
        return ids.getOrDefault(number, ModelSubject.NO_MAP_ID);
    }

    private RequestId nextId() {
        return new RequestId(CALLER, Long.parseLong(namespace.substring(1)) << 32 | ++calls);
    }

    private String text(MapHandle map, Value value) {
        return ModelSubject.text(map.describe().value().spec(), value, CPUS, numbers);
    }

    private static String text(Result.Batch batch) {
        return Words.batch(batch.count(),
                batch.failure().map(Refusal::errno).map(Errno::name));
    }

    private static String text(BatchResponse batch) {
        return Words.batch(batch.getCount(), batch.hasFailure()
                ? Optional.of(Errno.ofNumber(batch.getFailure().getErrno()).orElseThrow().name())
                : Optional.empty());
    }
}
