package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.state.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The model: a state, and apply(). */
public final class ModelSubject implements Subject {
    /** A slot that is to hold a map which is not there. */
    public static final long NO_MAP_ID = 1L << 40;

    private final int cpus;
    private final TreeMap<Integer, Long> ids = new TreeMap<>();
    /** Also of maps without a name. */
    private final TreeMap<Integer, Long> created = new TreeMap<>();
    private final TreeMap<Long, Integer> numbers = new TreeMap<>();
    private FleetState state = FleetState.EMPTY;

    /** A value for all CPUs is shown as so many. */
    public ModelSubject(int cpus) {
        this.cpus = cpus;
    }

    /** The numbers of the maps that are there. */
    public List<Integer> maps() {
        return List.copyOf(ids.keySet());
    }

    /** The map with a number; null where there is none. */
    public @Nullable MapState map(int number) {
        Long id = ids.get(number);
        return id == null ? null : state.map(id);
    }

    /** The number of CPUs for which per-CPU types have values. */
    public int cpus() {
        return cpus;
    }

    @Override
    public String perform(Operation operation) {
        if (operation instanceof Operation.Create create) {
            return create(create);
        }
        if (operation instanceof Operation.Alive(int number)) {
            Long id = created.get(number);
            return id == null ? Words.NO_MAP : Words.alive(state.map(id) != null);
        }
        MapState map = map(operation.map());
        if (map == null) {
            return Words.NO_MAP;
        }
        MapRef ref = new MapRef.ById(map.id());
        return switch (operation) {
            case Operation.Create _,Operation.Alive _ ->
                throw new IllegalStateException("done above");
            case Operation.Lookup(_, Bytes key, Optional<Bytes> value, long flags) ->
                text(map.spec(), Reads.lookup(state, ref, key, value, flags));
            case Operation.Update(_, Element element, long flags) -> apply(map, new Command.Update(
                    ref, element.key(), translated(element.value()), flags));
            case Operation.Delete(_, Bytes key) -> apply(map, new Command.DeleteElem(ref, key));
            case Operation.Take(_, Bytes key, long flags) ->
                apply(map, new Command.LookupAndDelete(ref, key, flags));
            case Operation.NextKey(_, Optional<Bytes> key) ->
                switch (Reads.nextKey(state, ref, key)) {
                    case Outcome.Done<Bytes>(Bytes next) -> Words.key(next);
                    case Outcome.Refused<Bytes>(Refusal refusal) -> refusal.errno().name();
                };
            case Operation.UpdateBatch(_, List<Element> elements, long flags) ->
                apply(map, new Command.UpdateBatch(ref, elements.stream()
                        .map(element -> new Element(element.key(), translated(element.value())))
                        .toList(), flags));
            case Operation.DeleteBatch(_, List<Bytes> keys, long flags) ->
                apply(map, new Command.DeleteBatch(ref, keys, flags));
            case Operation.LookupBatch batch -> pages(map.spec(), ref, batch);
            case Operation.Unlink(int number) -> {
                String answer = apply(map, new Command.Delete(ref));
                ids.remove(number);
                yield answer;
            }
            case Operation.Freeze _ -> apply(map, new Command.Freeze(ref));
            case Operation.Contents _ -> contents(map, ref);
        };
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

    /** The spec that a create makes, with a name of its own. */
    public static MapSpec named(Operation.Create create) {
        MapSpec shape = create.shape();
        return new MapSpec("default", "m" + create.map(), shape.type(), shape.keySize(),
                shape.valueSize(), shape.maxEntries(), shape.flags(), shape.mapExtra(),
                shape.numaNode(), null, shape.placement(), "", shape.btf());
    }

    private String create(Operation.Create create) {
        boolean outer = create.shape().type().isOuter();
        if (ids.containsKey(create.map())
                || (outer && create.template().filter(ids::containsKey).isEmpty())) {
            return Words.NO_MAP;
        }
        InnerSource inner = create.template()
                .map(number -> inner(create, new MapRef.ById(number(number)), map(number)))
                .orElseGet(InnerSource.None::new);
        Result result = run(new Command.Create(named(create), inner));
        if (!(result instanceof Result.Created(long id))) {
            return ((Result.Refused) result).refusal().errno().name();
        }
        ids.put(create.map(), id);
        created.put(create.map(), id);
        numbers.put(id, create.map());
        MapSpec spec = Reads.map(state,
                new MapRef.ById(id)) instanceof Outcome.Done<MapState>(MapState map)
                        ? map.spec()
                        : create.shape();
        return Words.created(spec.flags(), spec.maxEntries());
    }

    /** A template as the operation has it said; where there is no such map only its name can be said. */
    private static InnerSource inner(Operation.Create create, MapRef ref,
            @Nullable MapState template) {
        return create.form() == Operation.TemplateForm.GIVEN && template != null
                ? new InnerSource.Given(template.spec().asTemplate())
                : new InnerSource.CopiedFrom(ref);
    }

    private long number(int map) {
        return ids.getOrDefault(map, NO_MAP_ID);
    }

    private Value translated(Value value) {
        return value instanceof Value.Slot(MapRef.ById(long number))
                ? new Value.Slot(new MapRef.ById(number((int) number)))
                : value;
    }

    private String contents(MapState map, MapRef ref) {
        if (!Words.canBeRead(map.spec())) {
            return Words.NOTHING;
        }
        TreeMap<Bytes, String> elements = new TreeMap<>();
        Optional<Bytes> key = Optional.empty();
        while (Reads.nextKey(state, ref, key) instanceof Outcome.Done<Bytes>(Bytes next)) {
            if (Reads.lookup(state, ref, next, 0) instanceof Outcome.Done<Value>(Value value)) {
                elements.put(next, text(map.spec(), value));
            }
            key = Optional.of(next);
        }
        return Words.contents(map.frozen(), elements);
    }

    private String pages(MapSpec spec, MapRef ref, Operation.LookupBatch batch) {
        List<Integer> sizes = new ArrayList<>();
        List<String> elements = new ArrayList<>();
        Bytes position = batch.from().orElse(Bytes.empty());
        while (true) {
            switch (Reads.lookupBatch(state, ref, position, batch.count(), Long.MAX_VALUE,
                    batch.elemFlags())) {
                case Outcome.Refused<Reads.Page>(Refusal refusal) -> {
                    return refusal.errno().name();
                }
                case Outcome.Done<Reads.Page>(Reads.Page page) -> {
                    if (!page.elements().isEmpty()) {
                        sizes.add(page.elements().size());
                    }
                    for (Element element : page.elements()) {
                        elements.add(Words.element(element.key(), text(spec, element.value())));
                    }
                    if (page.end() || batch.count() == 0) {
                        return Words.pages(spec.type(), sizes, elements, Optional.empty());
                    }
                    position = page.outBatch();
                }
            }
        }
    }

    private String apply(MapState map, Command command) {
        return switch (run(command)) {
            case Result.Refused(Refusal refusal) -> refusal.errno().name();
            case Result.Taken(Value value) -> text(map.spec(), value);
            case Result.Batch(int count, Optional<Refusal> failure) ->
                Words.batch(count, failure.map(refusal -> refusal.errno().name()));
            case Result.Done _,Result.Deleted _ -> Words.OK;
            case Result.Created _,Result.TxnDone _,Result.TxnRefused _,Result.Forgotten _ ->
                throw new IllegalStateException("not asked for");
        };
    }

    private Result run(Command command) {
        Transition transition = Transition.apply(state, command);
        state = transition.state();
        return transition.result();
    }

    private String text(MapSpec spec, Outcome<Value> outcome) {
        return switch (outcome) {
            case Outcome.Done<Value>(Value value) -> text(spec, value);
            case Outcome.Refused<Value>(Refusal refusal) -> refusal.errno().name();
        };
    }

    private String text(MapSpec spec, Value value) {
        return text(spec, value, cpus, numbers);
    }

    /** A value as it is shown by every subject that has the model's own values. */
    public static String text(MapSpec spec, Value value, int cpus, Map<Long, Integer> numbers) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> MapRules.isPerCpu(spec.type())
                    ? Words.values(bytes, cpus)
                    : Words.value(bytes);
            case Value.PerCpu(List<Bytes> values) -> Words.values(new ArrayList<>(values));
            case Value.Slot(MapRef.ById(long id)) -> Words.slot(numbers.getOrDefault(id, -1));
            case Value.Slot slot -> slot.toString();
            case Value.Expression(String text) -> text;
        };
    }
}
