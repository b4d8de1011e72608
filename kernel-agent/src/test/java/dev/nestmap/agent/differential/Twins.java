package dev.nestmap.agent.differential;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.libbpf.BareCalls;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.state.Transition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The same maps in the model and in a kernel. Every operation is done to both and both answers are given as text, so that they
 * can be compared: "ok", a value, or an errno.
 */
final class Twins implements AutoCloseable {
    /** A map id that no map has, and a file descriptor that is not open. */
    static final long NO_MAP = 1L << 40;
    private static final int NO_FD = 1_000_000;

    private final Kernel kernel;
    private final Map<Long, KernelMap> maps = new TreeMap<>();
    /** Map ids of the model by those of the kernel. */
    private final Map<Integer, Long> ids = new TreeMap<>();
    private FleetState state = FleetState.EMPTY;
    private int names;

    Twins(Kernel kernel) {
        this.kernel = kernel;
    }

    /** What both sides said. */
    record Answers(String model, String kernel) {
        boolean agree() {
            return model.equals(kernel);
        }
    }

    List<Long> ids() {
        return List.copyOf(maps.keySet());
    }

    MapState map(long id) {
        return Objects.requireNonNull(state.map(id));
    }

    Answers create(MapSpec shape, Optional<Long> template) {
        MapSpec spec = MapSpec
                .of("default", "m" + names++, shape.type(), shape.keySize(), shape.valueSize(),
                        shape.maxEntries())
                .withFlags(shape.flags());
        Result result = apply(new Command.Create(spec, template.<InnerSource>map(
                id -> new InnerSource.CopiedFrom(new MapRef.ById(id)))
                .orElseGet(InnerSource.None::new)));
        KernelMapSpec wanted = new KernelMapSpec(spec.type(), spec.keySize(), spec.valueSize(),
                spec.maxEntries(),
                spec.flags(), 0, 0);
        try {
            KernelMap map = unrestricted(wanted, template.map(maps::get).orElse(null));
            if (!(result instanceof Result.Created(long id))) {
                map.close();
                return new Answers(text(result), "created");
            }
            maps.put(id, map);
            ids.put(map.info().id(), id);
            return new Answers("created flags " + map(id).spec().flags(),
                    "created flags " + map.info().spec().flags());
        } catch (KernelException e) {
            return new Answers(text(result), text(e));
        }
    }

    Answers update(long map, Bytes key, Value value, long flags) {
        Result result = apply(new Command.Update(new MapRef.ById(map), key, value, flags));
        int errno = switch (value) {
            case Value.Data(Bytes bytes) -> errno(() -> kernel(map).update(key, bytes, flags));
            case Value.Slot(MapRef ref) -> BareCalls.updateWithFd(kernel(map), key, fd(ref), flags);
            case Value.Expression _,Value.PerCpu _ ->
                throw new IllegalArgumentException(value.toString());
        };
        return new Answers(text(result), errno == 0 ? "ok" : text(errno));
    }

    Answers lookup(long map, Bytes key) {
        String model = switch (Reads.lookup(state, new MapRef.ById(map), key, 0)) {
            case Outcome.Done<Value>(Value value) -> text(value);
            case Outcome.Refused<Value>(Refusal refusal) -> refusal.errno().name();
        };
        try {
            return new Answers(model,
                    kernel(map).lookup(key).map(bytes -> text(map, bytes)).orElse("ENOENT"));
        } catch (KernelException e) {
            return new Answers(model, text(e));
        }
    }

    Answers delete(long map, Bytes key) {
        Result result = apply(new Command.DeleteElem(new MapRef.ById(map), key));
        try {
            return new Answers(text(result), kernel(map).delete(key) ? "ok" : "ENOENT");
        } catch (KernelException e) {
            return new Answers(text(result), text(e));
        }
    }

    Answers lookupAndDelete(long map, Bytes key) {
        Result result = apply(new Command.LookupAndDelete(new MapRef.ById(map), key, 0));
        try {
            return new Answers(text(result),
                    kernel(map).lookupAndDelete(key)
                            .map(bytes -> text(map, bytes))
                            .orElse("ENOENT"));
        } catch (KernelException e) {
            return new Answers(text(result), text(e));
        }
    }

    /** Hashes iterate in an order of their own, so there only whether a key follows is compared where that does not depend on it. */
    Answers nextKey(long map, Optional<Bytes> key) {
        boolean ordered = map(map).spec().type().name().contains("ARRAY")
                || map(map).spec().type().name().equals("DEVMAP");
        boolean restarts = key.isEmpty() || Reads.lookup(state, new MapRef.ById(map), key.get(),
                0) instanceof Outcome.Refused;
        if (!ordered && !restarts) {
            return new Answers("", "");
        }
        String model = switch (Reads.nextKey(state, new MapRef.ById(map), key)) {
            case Outcome.Done<Bytes>(Bytes next) -> ordered ? next.toString() : "a key";
            case Outcome.Refused<Bytes>(Refusal refusal) -> refusal.errno().name();
        };
        try {
            return new Answers(model,
                    kernel(map).nextKey(key.orElse(null))
                            .map(next -> ordered ? next.toString() : "a key")
                            .orElse("ENOENT"));
        } catch (KernelException e) {
            return new Answers(model, text(e));
        }
    }

    Answers updateBatch(long map, List<Element> elements) {
        Result result = apply(new Command.UpdateBatch(new MapRef.ById(map), elements, 0));
        List<Bytes> values = elements.stream().map(element -> switch (element.value()) {
            case Value.Data(Bytes bytes) -> bytes;
            case Value.Slot(MapRef ref) -> Bytes.u32le(fd(ref));
            case Value.Expression _,Value.PerCpu _ ->
                throw new IllegalArgumentException(element.toString());
        }).toList();
        return new Answers(text(result),
                text(BareCalls.updateBatch(kernel(map),
                        elements.stream().map(Element::key).toList(), values)));
    }

    Answers deleteBatch(long map, List<Bytes> keys) {
        Result result = apply(new Command.DeleteBatch(new MapRef.ById(map), keys, 0));
        return new Answers(text(result), text(BareCalls.deleteBatch(kernel(map), keys)));
    }

    Answers freeze(long map) {
        Result result = apply(new Command.Freeze(new MapRef.ById(map)));
        try {
            kernel(map).freeze();
            return new Answers(text(result), "ok");
        } catch (KernelException e) {
            return new Answers(text(result), text(e));
        }
    }

    /** All elements, in the order of their keys. */
    Answers contents(long id) {
        MapState map = map(id);
        TreeMap<Bytes, String> model = new TreeMap<>();
        Optional<Bytes> key = next(id, Optional.empty());
        while (key.isPresent()) {
            if (Reads.lookup(state, new MapRef.ById(id), key.get(),
                    0) instanceof Outcome.Done<Value>(Value value)) {
                model.put(key.get(), text(value));
            }
            key = next(id, key);
        }
        TreeMap<Bytes, String> real = new TreeMap<>();
        try {
            for (KernelElement element : kernel(id).readAll()) {
                real.put(element.key(), text(id, element.value()));
            }
            return new Answers(map.frozen() + " " + model, kernel(id).frozen() + " " + real);
        } catch (KernelException e) {
            return new Answers(model.toString(), text(e));
        }
    }

    @Override
    public void close() {
        maps.values().forEach(KernelMap::close);
    }

    private Optional<Bytes> next(long id, Optional<Bytes> key) {
        return Reads.nextKey(state, new MapRef.ById(id),
                key) instanceof Outcome.Done<Bytes>(Bytes next)
                        ? Optional.of(next)
                        : Optional.empty();
    }

    private KernelMap kernel(long id) {
        return Objects.requireNonNull(maps.get(id));
    }

    /** RDONLY and WRONLY restrict the descriptor that is given back, which the store has not: go on with another. */
    private KernelMap unrestricted(KernelMapSpec wanted, @Nullable KernelMap template)
            throws KernelException {
        KernelMap first = kernel.create("twin", wanted, template);
        int restrictions = MapFlags.RDONLY | MapFlags.WRONLY;
        if ((wanted.flags() & restrictions) == 0) {
            return first;
        }
        first.close();
        return kernel.create("twin",
                KernelMapSpec.of(wanted.type(), wanted.keySize(), wanted.valueSize(),
                        wanted.maxEntries(),
                        wanted.flags() & ~restrictions),
                template);
    }

    private Result apply(Command command) {
        Transition transition = Transition.apply(state, command);
        state = transition.state();
        return transition.result();
    }

    private static String text(Result result) {
        return switch (result) {
            case Result.Refused(Refusal refusal) -> refusal.errno().name();
            case Result.Taken(Value value) -> text(value);
            case Result.Batch(int count, Optional<Refusal> failure) ->
                count + failure.map(refusal -> " " + refusal.errno().name()).orElse("");
            case Result.Created created -> created.toString();
            case Result.Done _,Result.Deleted _ -> "ok";
            case Result.TxnDone _,Result.TxnRefused _ ->
                throw new IllegalArgumentException("no transactions here");
        };
    }

    /** A batch that is refused as a whole says nothing of a count. */
    private static String text(BareCalls.Batch batch) {
        return batch.errno() == 0
                ? Integer.toString(batch.count())
                : batch.errno() == Errno.ENOTSUPP.number() || batch.errno() == Errno.EPERM.number()
                        ? text(batch.errno())
                        : batch.count() + " " + text(batch.errno());
    }

    private static String text(KernelException e) {
        return text(e.errnoNumber());
    }

    private static String text(int errno) {
        return Errno.ofNumber(errno).map(Enum::name).orElseGet(() -> Integer.toString(errno));
    }

    private interface KernelCall {
        void run() throws KernelException;
    }

    private static int errno(KernelCall call) {
        try {
            call.run();
            return 0;
        } catch (KernelException e) {
            return e.errnoNumber();
        }
    }

    private int fd(MapRef inner) {
        KernelMap map = maps.get(((MapRef.ById) inner).id());
        return map == null ? NO_FD : BareCalls.fd(map);
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> bytes.toString();
            case Value.Slot(MapRef ref) -> ref.toString();
            case Value.Expression(String text) -> text;
            case Value.PerCpu(List<Bytes> values) -> values.toString();
        };
    }

    private String text(long map, Bytes read) {
        return map(map).spec().type().isOuter() ? "id " + ids.get(read.intLe(0)) : read.toString();
    }
}
